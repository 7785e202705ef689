#include "models/ensemble/step_length.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "models/ensemble/weighted_quantile.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// A row of one target, as far as it has a say: r = y - F, and h is not 0.
struct Pull {
  double weight, r, h;
};

std::vector<Pull> pulls_of(const Truth& truth, std::span<const double> values, Predictions h, std::size_t k) {
  std::vector<Pull> pulls;
  for (std::size_t i = k, row = 0; i < values.size(); i += truth.num_outputs, ++row)
    if (h[i] != 0.0F && truth.weight(row) > 0)
      pulls.push_back({truth.weight(row), truth.values[i] - values[i], static_cast<double>(h[i])});
  return pulls;
}

double squared_step(const std::vector<Pull>& pulls) {
  double along = 0, curvature = 0;
  for (const auto& [weight, r, h] : pulls) {
    along += weight * r * h;
    curvature += weight * h * h;
  }
  return curvature > 0 ? along / curvature : 0;
}

// rho_q(r - g h) is |h| rho_q(r/h - g), with 1 - q for q where h < 0: far to the left the slope is minus
// `pull`, and at each r/h it rises by w |h|.
double quantile_step(const std::vector<Pull>& pulls, double q) {
  std::vector<WeightedValue> kinks;
  double pull = 0, total = 0;
  for (const auto& [weight, r, h] : pulls) {
    kinks.push_back({r / h, weight * std::abs(h)});
    pull += (h > 0 ? q : 1 - q) * kinks.back().weight;
    total += kinks.back().weight;
  }
  return weighted_quantile(std::move(kinks), std::min(pull / total, 1.0));
}

double huber_step(const std::vector<Pull>& pulls, double delta) {
  std::vector<std::pair<double, double>> kinks;  // where, and by how much the curvature changes there
  double slope = 0, curvature = 0;
  for (const auto& [weight, r, h] : pulls) {
    slope -= weight * delta * std::abs(h);
    kinks.emplace_back(r / h - delta / std::abs(h), weight * h * h);
    kinks.emplace_back(r / h + delta / std::abs(h), -weight * h * h);
  }
  std::ranges::sort(kinks);
  double at = kinks.front().first;
  for (const auto& [next, change] : kinks) {
    const double rise = curvature * (next - at);
    if (curvature > 0 && slope + rise >= 0) return at - slope / curvature;
    slope += rise;
    curvature += change;
    at = next;
  }
  return at;
}

// Of the loss along h, at some step length.
struct Bend {
  double slope = 0, curvature = 0;
};

Bend bend_at(double g, const GradientRule& rule, const Truth& truth, std::span<const double> values, Predictions h) {
  const std::size_t width = rule.width();
  std::vector<double> p(width);
  Bend bend;
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const auto direction = [&](std::size_t k) { return static_cast<double>(h[row * width + k]); };
    for (std::size_t k = 0; k < width; ++k) p[k] = values[row * width + k] + g * direction(k);
    to_probabilities(rule, p);
    double mean = 0, square = 0;  // of h under p; that of class 0 is 0 with logistic
    for (std::size_t k = 0; k < width; ++k) {
      mean += p[k] * direction(k);
      square += p[k] * direction(k) * direction(k);
    }
    const auto label = static_cast<std::size_t>(truth.labels[row]);
    const double own = rule.loss == GradientLoss::softmax ? direction(label) : label == 1 ? direction(0) : 0;
    bend.slope += truth.weight(row) * (mean - own);
    bend.curvature += truth.weight(row) * (square - mean * mean);
  }
  return bend;
}

// Where the slope of a convex function is 0, going from 0 to `largest` either way at most.
template <class BendAt>
double newton(const BendAt& bend_at, double largest) {
  constexpr int kMostSteps = 100;
  constexpr double kAccuracy = 1e-10;
  Bend bend = bend_at(0.0);
  if (bend.slope == 0) return 0;
  const bool rightwards = bend.slope < 0;
  double near = 0, far = rightwards ? largest : -largest, g = 0;
  if ((bend_at(far).slope < 0) == rightwards) return far;
  for (int i = 0; i < kMostSteps; ++i) {
    double next = g - bend.slope / bend.curvature;
    if (!(next > std::min(near, far) && next < std::max(near, far))) next = std::midpoint(near, far);
    const bool close = std::abs(next - g) <= kAccuracy * std::abs(next);
    g = next;
    if (close) break;
    bend = bend_at(g);
    if (bend.slope == 0) break;
    ((bend.slope < 0) == rightwards ? near : far) = g;
  }
  return g;
}

double value_step(const GradientRule& rule, std::size_t k, const std::vector<Pull>& pulls) {
  if (pulls.empty()) return 0;
  switch (rule.loss) {
    case GradientLoss::absolute:
      return quantile_step(pulls, 0.5);
    case GradientLoss::quantile:
      return quantile_step(pulls, rule.quantile);
    case GradientLoss::huber:
      return huber_step(pulls, rule.deltas[k]);
    default:
      return squared_step(pulls);
  }
}

}  // namespace

std::vector<double> step_lengths(const GradientRule& rule, const Truth& truth, std::span<const double> values,
                                 Predictions h) {
  JURY_EXPECTS(h.size() == values.size() && values.size() == truth.num_rows() * rule.width());
  std::vector<double> steps(rule.width());
  if (rule.of_values()) {
    for (std::size_t k = 0; k < steps.size(); ++k) steps[k] = value_step(rule, k, pulls_of(truth, values, h, k));
    return steps;
  }
  double largest = 0;
  for (const float value : h) largest = std::max(largest, std::abs(static_cast<double>(value)));
  if (largest == 0) return steps;
  const auto along = [&](double g) { return bend_at(g, rule, truth, values, h); };
  std::ranges::fill(steps, newton(along, kLargestMove / largest));
  return steps;
}

}  // namespace jury
