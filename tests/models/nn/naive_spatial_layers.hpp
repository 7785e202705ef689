// References of the layers that know places: pooling, normalisation over channels, channel dropout.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "naive_layers.hpp"

namespace jury {

/// The option as one number for each dimension.
inline std::vector<std::int32_t> naive_extents(const NaiveCall& call, const char* option, std::int32_t otherwise) {
  const std::size_t rank = call.src().shape.size() - 1;
  const Config* value = call.options.find(option);
  const auto* list = value == nullptr ? nullptr : value->as<Config::List>();
  std::vector<std::int32_t> all(rank, list ? 0 : static_cast<std::int32_t>(call.number(option, otherwise)));
  for (std::size_t k = 0; list && k < rank; ++k) all[k] = static_cast<std::int32_t>(*(*list)[k].as<std::int64_t>());
  return all;
}

/// The coordinates of each place of a (channels, extents...) shape, in order.
inline std::vector<std::vector<std::int32_t>> naive_places(const Shape& shape) {
  std::vector<std::vector<std::int32_t>> all{{}};
  for (std::size_t k = 1; k < shape.size(); ++k) {
    std::vector<std::vector<std::int32_t>> longer;
    for (const auto& place : all)
      for (std::int32_t at = 0; at < shape[k]; ++at) {
        longer.push_back(place);
        longer.back().push_back(at);
      }
    all = longer;
  }
  return all;
}

/// f(values of a channel that the window at each place of dst sees).
template <class F>
Values naive_pool(const NaiveCall& call, F f) {
  const Values& src = call.src();
  const auto size = naive_extents(call, "size", 2), pad = naive_extents(call, "padding", 0);
  const auto stride = call.options.find("stride") ? naive_extents(call, "stride", 0) : size;
  Shape shape{src.shape.front()};
  for (std::size_t k = 0; k < size.size(); ++k)
    shape.push_back((src.shape[k + 1] + 2 * pad[k] - size[k]) / stride[k] + 1);
  const auto from = naive_places(src.shape), to = naive_places(shape);
  return filled(Values(shape, src.rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    std::vector<double> seen;
    for (std::size_t q = 0; q < from.size(); ++q) {
      bool inside = true;
      for (std::size_t k = 0; k < size.size(); ++k) {
        const std::int32_t within = from[q][k] - (to[p][k] * stride[k] - pad[k]);
        inside &= within >= 0 && within < size[k];
      }
      if (inside) seen.push_back(src.at(row, c, q));
    }
    return f(seen);
  });
}

inline double naive_mean(const std::vector<double>& numbers) {
  double sum = 0;
  for (const double x : numbers) sum += x;
  return sum / static_cast<double>(numbers.size());
}
inline double naive_largest(const std::vector<double>& numbers) {
  return *std::max_element(numbers.begin(), numbers.end());
}

inline Values naive_max_pool(const NaiveCall& call) { return naive_pool(call, naive_largest); }
inline Values naive_average_pool(const NaiveCall& call) { return naive_pool(call, naive_mean); }

inline Values naive_global_pool(const NaiveCall& call) {
  const Values& src = call.src();
  return filled(Values({src.shape.front()}, src.rows), [&](std::size_t row, std::size_t c, std::size_t) {
    std::vector<double> all;
    for (std::size_t p = 0; p < src.places(); ++p) all.push_back(src.at(row, c, p));
    return call.text("kind", "average") == "max" ? naive_largest(all) : naive_mean(all);
  });
}

inline Values naive_local_response_norm(const NaiveCall& call) {
  const Values& src = call.src();
  const auto size = static_cast<std::ptrdiff_t>(call.number("size", 5));
  return filled(Values(src.shape, src.rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    double sum = 0;
    for (std::ptrdiff_t j = 0; j < size; ++j) {
      const std::ptrdiff_t neighbour = static_cast<std::ptrdiff_t>(c) - size / 2 + j;
      if (neighbour < 0 || neighbour >= src.shape.front()) continue;
      const double x = src.at(row, static_cast<std::size_t>(neighbour), p);
      sum += x * x;
    }
    const double divisor = call.number("k", 1) + call.number("alpha", 1e-4) / static_cast<double>(size) * sum;
    return src.at(row, c, p) * std::pow(divisor, -call.number("beta", 0.75));
  });
}

inline Values naive_layer_norm(const NaiveCall& call) {
  const Values& src = call.src();
  return filled(Values(src.shape, src.rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    std::vector<double> all;
    for (std::size_t k = 0; k < src.channels(); ++k) all.push_back(src.at(row, k, p));
    const double mean = naive_mean(all);
    for (double& x : all) x = (x - mean) * (x - mean);
    const double x = (src.at(row, c, p) - mean) / std::sqrt(naive_mean(all) + call.number("epsilon", 1e-5));
    return x * call.params[0][c] + call.params[1][c];
  });
}

inline Values naive_dropout2d(const NaiveCall& call) {
  const Values& src = call.src();
  return filled(Values(src.shape, src.rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    return src.at(row, c, p) * naive_dropout_factor(call, row * src.channels() + c, src.rows * src.channels());
  });
}

/// Box and Muller 1958; which words make which number is that of add_normal_noise().
inline Values naive_gaussian_noise(const NaiveCall& call) {
  const Values& src = call.src();
  return filled(Values(src.shape, src.rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    const std::size_t i = src.index_in_plan(row, c, p), quarter = i / 16 % 4;
    const auto words = philox({static_cast<std::uint32_t>(i / 64 * 16 + i % 16), call.lane,
                               static_cast<std::uint32_t>(call.step), static_cast<std::uint32_t>(call.step >> 32)},
                              {static_cast<std::uint32_t>(call.key), static_cast<std::uint32_t>(call.key >> 32)});
    const double a = static_cast<double>(words[quarter < 2 ? 0 : 2] >> 8),
                 b = static_cast<double>(words[quarter < 2 ? 1 : 3] >> 8);
    const double angle = 2 * std::numbers::pi * b * 0x1.0p-24;
    const double normal =
        std::sqrt(-2 * std::log((a + 1) * 0x1.0p-24)) * (quarter % 2 == 0 ? std::cos(angle) : std::sin(angle));
    return src.at(row, c, p) + call.number("deviation", 0.1) * normal;
  });
}

}  // namespace jury
