// References of the layers that rearrange values or bring several inputs together.
#pragma once

#include <algorithm>

#include "naive_layers.hpp"

namespace jury {

/// Row-major, channels first: what the file has.
inline Values naive_flatten(const NaiveCall& call) {
  const Values& src = call.src();
  return filled(
      Values({static_cast<std::int32_t>(volume(src.shape))}, src.rows),
      [&](std::size_t row, std::size_t i, std::size_t) { return src.at(row, i / src.places(), i % src.places()); });
}

inline Values naive_add(const NaiveCall& call) {
  return filled(Values(call.src().shape, call.src().rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    double sum = 0;
    for (const Values& src : call.srcs) sum += src.at(row, c, p);
    return sum;
  });
}

inline Values naive_concat(const NaiveCall& call) {
  Shape shape = call.src().shape;
  for (const Values& src : call.srcs.subspan(1)) shape[0] += src.shape[0];
  return filled(Values(shape, call.src().rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    std::size_t of = 0;
    for (; c >= call.srcs[of].channels(); ++of) c -= call.srcs[of].channels();
    return call.srcs[of].at(row, c, p);
  });
}

inline Values naive_scale(const NaiveCall& call) {
  return filled(Values(call.src().shape, call.src().rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    return call.src().at(row, c, p) * call.srcs[1].at(row, c, 0);
  });
}

/// Codes that a table does not have become zeros.
inline Values naive_embedding(const NaiveCall& call) {
  const Values& src = call.src();
  const auto whole = [](const Config& number) { return static_cast<std::size_t>(*number.as<std::int64_t>()); };
  const auto& columns = *call.options.find("columns")->as<Config::List>();
  const auto dim = static_cast<std::size_t>(call.number("dim", 1));
  std::vector<std::size_t> plain;
  for (std::size_t i = 0; i < src.channels(); ++i)
    if (std::ranges::none_of(columns, [&](const Config& column) { return whole(column) == i; })) plain.push_back(i);
  const auto width = static_cast<std::int32_t>(plain.size() + columns.size() * dim);
  return filled(Values({width}, src.rows), [&](std::size_t row, std::size_t c, std::size_t) {
    if (c < plain.size()) return src.at(row, plain[c], 0);
    const std::size_t k = (c - plain.size()) / dim, place = (c - plain.size()) % dim;
    const auto at = static_cast<std::size_t>(src.at(row, whole(columns[k]), 0)) * dim + place;
    return at < call.params[k].size() ? call.params[k][at] : 0;
  });
}

}  // namespace jury
