#include "models/nn/apply_head.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/data/target_scaler.hpp"
#include "models/nn/kernels.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

using Row = std::span<float>;
using Sums = std::span<const float>;

// x - x is NaN unless x is finite: what the functions of an infinity would hide stays visible.
double logistic(double x) noexcept { return 1 / (1 + std::exp(-x)) + (x - x); }
// log(logistic(x)), also where that is 0.
double log_logistic(double x) noexcept { return std::min(x, 0.0) - std::log1p(std::exp(-std::abs(x))) + (x - x); }
double rate(double x) noexcept { return std::exp(x) + (x - x); }

void sigmoid_classes(Sums sums, Row out) {
  double top = -std::numeric_limits<double>::infinity(), total = 0;
  for (const float x : sums) top = std::max(top, log_logistic(static_cast<double>(x)));
  for (const float x : sums) total += std::exp(log_logistic(static_cast<double>(x)) - top);
  for (std::size_t k = 0; k < out.size(); ++k)
    out[k] = static_cast<float>(std::exp(log_logistic(static_cast<double>(sums[k])) - top) / total);
}

void linear_classes(Sums sums, Row out) {
  double total = 0;
  for (const float x : sums) total += static_cast<double>(x - x) + static_cast<double>(std::clamp(x, 0.0F, 1.0F));
  for (std::size_t k = 0; k < out.size(); ++k)
    out[k] = static_cast<float>(total == 0 ? 1 / static_cast<double>(out.size())
                                           : static_cast<double>(std::clamp(sums[k], 0.0F, 1.0F)) / total);
}

// Variances of targets in tiny units stay above 0, where a float still holds all its digits.
void means_and_variances(const TargetScaler& scaler, Sums sums, Row out) {
  const std::size_t targets = sums.size() / 2;
  for (std::size_t k = 0; k < targets; ++k) {
    out[k] = static_cast<float>(scaler.original(static_cast<double>(sums[k]), k));
    const double variance =
        variance_of(static_cast<double>(sums[targets + k])) * scaler.deviation[k] * scaler.deviation[k];
    out[targets + k] = static_cast<float>(std::max(variance, static_cast<double>(std::numeric_limits<float>::min())));
  }
}

template <class F>
void each_row(std::size_t outputs, Sums sums, Row out, F&& apply) {
  for (std::size_t at = 0; at < out.size(); at += outputs) apply(sums.subspan(at, outputs), out.subspan(at, outputs));
}

template <class F>
void each_value(Sums sums, Row out, F&& apply) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(apply(static_cast<double>(sums[i])));
}

}  // namespace

void apply_head(const NetworkSpec& spec, const TargetScaler* scaler, Sums sums, Row out) {
  const auto outputs = static_cast<std::size_t>(spec.outputs);
  const bool classes = spec.task == TaskKind::classification;
  JURY_EXPECTS((scaler != nullptr) == (!classes && scales_targets(spec.head)));
  JURY_EXPECTS(sums.size() == out.size() && out.size() % outputs == 0);
  switch (spec.head) {
    case Head::softmax:
      return softmax(sums.data(), out.data(), out.size() / outputs, outputs);
    case Head::sigmoid:
      return classes ? each_row(outputs, sums, out, sigmoid_classes) : each_value(sums, out, logistic);
    case Head::linear:
      if (classes) return each_row(outputs, sums, out, linear_classes);
      return each_row(outputs, sums, out, [&](Sums x, Row y) {
        for (std::size_t k = 0; k < y.size(); ++k)
          y[k] = static_cast<float>(scaler->original(static_cast<double>(x[k]), k));
      });
    case Head::mean_variance:
      return each_row(outputs, sums, out, [&](Sums x, Row y) { means_and_variances(*scaler, x, y); });
    case Head::exponential:
      return each_value(sums, out, rate);
  }
}

}  // namespace jury
