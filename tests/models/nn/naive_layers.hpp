// What layers compute, in double and one number at a time, channels first: the references that
// layers_test.cpp holds the layers against.
#pragma once

#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/nn/plan_builder.hpp"
#include "models/nn/shape.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

inline double naive_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// (rows, channels, places), where places are all other extents of `shape`, row-major.
struct Values {
  Values(Shape of_sample, std::size_t num_rows)
      : shape(std::move(of_sample)), rows(num_rows), numbers(rows * volume(shape)) {}

  std::size_t channels() const { return static_cast<std::size_t>(shape.front()); }
  std::size_t places() const { return volume(shape) / channels(); }
  double& at(std::size_t row, std::size_t channel, std::size_t place) {
    return numbers[(row * channels() + channel) * places() + place];
  }
  double at(std::size_t row, std::size_t channel, std::size_t place) const {
    return const_cast<Values&>(*this).at(row, channel, place);
  }
  /// Where plans have it: (rows, places, channels).
  std::size_t index_in_plan(std::size_t row, std::size_t channel, std::size_t place) const {
    return (row * places() + place) * channels() + channel;
  }

  Shape shape;  ///< of one sample
  std::size_t rows;
  std::vector<double> numbers;
};

/// dst(row, channel, place) = f(row, channel, place) for all of `dst`.
template <class F>
Values filled(Values dst, F f) {
  for (std::size_t row = 0; row < dst.rows; ++row)
    for (std::size_t c = 0; c < dst.channels(); ++c)
      for (std::size_t p = 0; p < dst.places(); ++p) dst.at(row, c, p) = f(row, c, p);
  return dst;
}

/// All that a layer's dst is a function of.
struct NaiveCall {
  const Config& options;
  std::span<const Values> srcs;
  std::span<const std::vector<double>> params;  ///< one per tensor, in canonical order
  PlanKind kind = PlanKind::training;
  std::uint64_t key = 0, step = 0;  ///< of the random streams
  std::uint32_t lane = 0;

  const Values& src() const { return srcs.front(); }
  double number(const char* option, double otherwise) const {
    const Config* value = options.find(option);
    if (value == nullptr) return otherwise;
    if (const auto* whole = value->as<std::int64_t>()) return static_cast<double>(*whole);
    return *value->as<double>();
  }
  std::string text(const char* option, const std::string& otherwise) const {
    const Config* value = options.find(option);
    return value == nullptr ? otherwise : *value->as<std::string>();
  }
};

/// dst of a layer.
using Naive = Values (*)(const NaiveCall&);

/// A value of options(): a number, a text or a list.
struct OptionValue {
  OptionValue(int number) : config(std::int64_t{number}) {}
  OptionValue(double number) : config(number) {}
  OptionValue(const char* text) : config(std::string(text)) {}
  OptionValue(bool on) : config(on) {}
  OptionValue(Config value) : config(std::move(value)) {}
  OptionValue(std::initializer_list<int> numbers) {
    Config::List list;
    for (const int number : numbers) list.emplace_back(std::int64_t{number});
    config = Config(std::move(list));
  }

  Config config;
};

/// A layer's options: options({{"size", {3, 2}}, {"stride", 2}}).
inline Config options(std::initializer_list<std::pair<const char*, OptionValue>> entries) {
  Config table;
  for (const auto& [key, value] : entries) table.set(key, value.config);
  return table;
}

inline double naive_activation(const std::string& kind, double x) {
  if (kind == "relu") return std::max(x, 0.0);
  if (kind == "tanh") return std::tanh(x);
  if (kind == "sigmoid") return 1 / (1 + std::exp(-x));
  if (kind == "leaky_relu") return x > 0 ? x : 0.01 * x;
  if (kind == "elu") return x > 0 ? x : std::exp(x) - 1;
  if (kind == "gelu") return x * 0.5 * std::erfc(-x / std::sqrt(2.0));
  if (kind == "swish") return x / (1 + std::exp(-x));
  if (kind == "softplus") return std::log(1 + std::exp(x));
  if (kind == "softsign") return x / (1 + std::abs(x));
  return x;
}

inline Values naive_activation_layer(const NaiveCall& call) {
  return filled(Values(call.src().shape, call.src().rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    return naive_activation(call.text("kind", "relu"), call.src().at(row, c, p));
  });
}

inline Values naive_dense(const NaiveCall& call) {
  const Values& src = call.src();
  const auto& weights = call.params[0];
  const auto units = static_cast<std::int32_t>(weights.size() / src.channels());
  return filled(Values({units}, src.rows), [&](std::size_t row, std::size_t unit, std::size_t) {
    double sum = call.params.size() > 1 ? call.params[1][unit] : 0;
    for (std::size_t i = 0; i < src.channels(); ++i) sum += weights[unit * src.channels() + i] * src.at(row, i, 0);
    return naive_activation(call.text("activation", "identity"), sum);
  });
}

/// Factor i of `size` of a dropout layer; see DropoutMask.
inline double naive_dropout_factor(const NaiveCall& call, std::size_t i, std::size_t size) {
  const std::size_t quarter = (size + 63) / 64 * 16;
  const auto words = philox({static_cast<std::uint32_t>(i % quarter), call.lane, static_cast<std::uint32_t>(call.step),
                             static_cast<std::uint32_t>(call.step >> 32)},
                            {static_cast<std::uint32_t>(call.key), static_cast<std::uint32_t>(call.key >> 32)});
  const double uniform = static_cast<double>(words[i / quarter] >> 8) * 0x1.0p-24;
  const double rate = call.number("rate", 0.5);
  return uniform < rate ? 0 : 1 / (1 - rate);
}

inline Values naive_dropout(const NaiveCall& call) {
  const Values& src = call.src();
  return filled(Values(src.shape, src.rows), [&](std::size_t row, std::size_t c, std::size_t p) {
    return src.at(row, c, p) * naive_dropout_factor(call, src.index_in_plan(row, c, p), src.numbers.size());
  });
}

}  // namespace jury
