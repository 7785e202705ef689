#include "models/ensemble/gradient_loss.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "models/ensemble/weighted_quantile.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

using Values = std::span<const double>;

constexpr std::array<std::string_view, 6> kNames = {"squared", "absolute", "huber", "quantile", "logistic", "softmax"};

double total_weight(const Truth& truth) {
  double sum = 0;
  for (std::size_t i = 0; i < truth.num_rows(); ++i) sum += truth.weight(i);
  if (!(sum > 0) || !std::isfinite(sum))
    throw DataError(fmt::format("the weights of the training rows sum to {} (there must be some to learn from)", sum));
  return sum;
}

double mean_of(const Truth& truth, std::size_t k) {
  double sum = 0;
  for (std::size_t i = 0; i < truth.num_rows(); ++i) sum += truth.weight(i) * truth.values[i * truth.num_outputs + k];
  return sum / total_weight(truth);
}

double quantile_of(const Truth& truth, std::size_t k, double share) {
  std::vector<WeightedValue> values;
  for (std::size_t i = 0; i < truth.num_rows(); ++i)
    values.push_back({truth.values[i * truth.num_outputs + k], truth.weight(i)});
  return weighted_quantile(std::move(values), share);
}

// The share of each class in the weights, none below kSmallestProbability.
std::vector<double> class_shares(const Truth& truth) {
  std::vector<double> shares(truth.num_outputs);
  for (std::size_t i = 0; i < truth.num_rows(); ++i)
    shares[static_cast<std::size_t>(truth.labels[i])] += truth.weight(i);
  const double total = total_weight(truth);
  for (double& share : shares) share = std::max(share / total, kSmallestProbability);
  return shares;
}

double value_loss(const GradientRule& rule, std::size_t k, double r) {
  switch (rule.loss) {
    case GradientLoss::absolute:
      return std::abs(r);
    case GradientLoss::quantile:
      return r > 0 ? rule.quantile * r : (rule.quantile - 1) * r;
    case GradientLoss::huber: {
      const double d = rule.deltas[k];
      return std::abs(r) <= d ? 0.5 * r * r : d * (std::abs(r) - 0.5 * d);
    }
    default:
      return 0.5 * r * r;
  }
}

double value_pull(const GradientRule& rule, std::size_t k, double r) {
  const double sign = r > 0 ? 1 : r < 0 ? -1 : 0;
  switch (rule.loss) {
    case GradientLoss::absolute:
      return sign;
    case GradientLoss::quantile:
      return sign * (r > 0 ? rule.quantile : 1 - rule.quantile);
    case GradientLoss::huber:
      return std::clamp(r, -rule.deltas[k], rule.deltas[k]);
    default:
      return r;
  }
}

// log(1 + exp(x))
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

double class_loss(const GradientRule& rule, std::int32_t label, Values f) {
  if (rule.loss == GradientLoss::logistic) return softplus(label == 1 ? -f[0] : f[0]);
  const double top = *std::ranges::max_element(f);
  double sum = 0;
  for (const double value : f) sum += std::exp(value - top);
  return top - f[static_cast<std::size_t>(label)] + std::log(sum);
}

void expect_fitting(const GradientRule& rule, const Truth& truth, Values values) {
  JURY_EXPECTS(truth.num_outputs == rule.num_outputs && (truth.outcome == Outcome::values) == rule.of_values());
  JURY_EXPECTS(values.size() == truth.num_rows() * rule.width());
}

}  // namespace

std::string_view name(GradientLoss loss) noexcept { return kNames[static_cast<std::size_t>(loss)]; }

GradientLoss resolve_gradient_loss(const GradientBoostingOptions& options, Outcome outcome, std::size_t num_outputs) {
  const bool values = outcome == Outcome::values;
  if (options.loss == "auto") {
    if (values) return GradientLoss::squared;
    return num_outputs == 2 ? GradientLoss::logistic : GradientLoss::softmax;
  }
  const auto found = std::ranges::find(kNames, options.loss);
  JURY_EXPECTS(found != kNames.end());
  const GradientRule rule{.loss = static_cast<GradientLoss>(found - kNames.begin())};
  if (rule.of_values() && !values)
    throw ConfigError(fmt::format("ensemble.gradient.loss = '{}' is for regression (the data has classes) use {}",
                                  options.loss, num_outputs == 2 ? "logistic or softmax" : "softmax"));
  if (!rule.of_values() && values)
    throw ConfigError(
        fmt::format("ensemble.gradient.loss = '{}' is for classification (the data has values) use squared, "
                    "absolute, huber or quantile",
                    options.loss));
  if (rule.loss == GradientLoss::logistic && num_outputs != 2)
    throw ConfigError(fmt::format("ensemble.gradient.loss = 'logistic' needs two classes (the data has {}) use softmax",
                                  num_outputs));
  return rule.loss;
}

std::vector<double> initial_values(const GradientRule& rule, const Truth& truth) {
  total_weight(truth);
  std::vector<double> initial;
  if (rule.of_values()) {
    for (std::size_t k = 0; k < rule.num_outputs; ++k)
      initial.push_back(rule.loss == GradientLoss::squared
                            ? mean_of(truth, k)
                            : quantile_of(truth, k, rule.loss == GradientLoss::quantile ? rule.quantile : 0.5));
    return initial;
  }
  const std::vector<double> shares = class_shares(truth);
  if (rule.loss == GradientLoss::logistic) return {std::log(shares[1]) - std::log(shares[0])};
  for (const double share : shares) initial.push_back(std::log(share));
  return initial;
}

void to_probabilities(const GradientRule& rule, std::span<double> row) {
  if (rule.loss == GradientLoss::logistic) {
    row[0] = 1 / (1 + std::exp(-row[0]));
    return;
  }
  const double top = *std::ranges::max_element(row);
  double sum = 0;
  for (double& value : row) sum += value = std::exp(value - top);
  for (double& value : row) value /= sum;
}

std::vector<double> huber_deltas(const Truth& truth, std::span<const double> values, double share) {
  const std::size_t width = truth.num_outputs;
  std::vector<double> deltas;
  for (std::size_t k = 0; k < width; ++k) {
    std::vector<WeightedValue> sizes;
    double least = 0;
    for (std::size_t i = k; i < values.size(); i += width) {
      const double size = std::abs(truth.values[i] - values[i]), weight = truth.weight(i / width);
      if (size > 0 && weight > 0 && (least == 0 || size < least)) least = size;
      sizes.push_back({size, weight});
    }
    const double delta = weighted_quantile(std::move(sizes), share);
    deltas.push_back(delta > 0 ? delta : least);
  }
  return deltas;
}

std::vector<double> negative_gradient(const GradientRule& rule, const Truth& truth, std::span<const double> values) {
  expect_fitting(rule, truth, values);
  const std::size_t width = rule.width();
  std::vector<double> pulls(values.begin(), values.end());
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const std::span<double> f = std::span(pulls).subspan(row * width, width);
    if (rule.of_values()) {
      for (std::size_t k = 0; k < width; ++k) f[k] = value_pull(rule, k, truth.values[row * width + k] - f[k]);
      continue;
    }
    const std::int32_t label = truth.labels[row];
    to_probabilities(rule, f);
    for (std::size_t k = 0; k < width; ++k) f[k] = -f[k];
    if (rule.loss == GradientLoss::softmax) f[static_cast<std::size_t>(label)] += 1;
    if (rule.loss == GradientLoss::logistic && label == 1) f[0] += 1;
  }
  return pulls;
}

std::vector<double> output_losses(const GradientRule& rule, const Truth& truth, std::span<const double> values) {
  expect_fitting(rule, truth, values);
  const std::size_t width = rule.width();
  std::vector<double> losses(rule.of_values() ? width : 1);
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const Values f = values.subspan(row * width, width);
    if (!rule.of_values()) {
      losses[0] += truth.weight(row) * class_loss(rule, truth.labels[row], f);
      continue;
    }
    for (std::size_t k = 0; k < width; ++k)
      losses[k] += truth.weight(row) * value_loss(rule, k, truth.values[row * width + k] - f[k]);
  }
  const double total = total_weight(truth);
  for (double& loss : losses) loss /= total;
  return losses;
}

double mean_loss(const GradientRule& rule, const Truth& truth, std::span<const double> values) {
  const std::vector<double> losses = output_losses(rule, truth, values);
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
}

}  // namespace jury
