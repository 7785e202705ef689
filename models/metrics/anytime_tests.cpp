#include "models/metrics/anytime_tests.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "models/metrics/distributions.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr std::array kBets = {0.25, 0.5, 1.0, 2.0, 4.0};

// Sums of the finite differences, in units of the largest, so that no square over- or underflows.
struct Sums {
  double count = 0, sum = 0, squares = 0;
};

Sums sums_of(std::span<const double> differences) {
  double largest = 0;
  for (const double d : differences)
    if (std::isfinite(d)) largest = std::max(largest, std::abs(d));
  Sums sums;
  for (const double d : differences) {
    if (!std::isfinite(d)) continue;
    const double unit = largest > 0 ? d / largest : 0;
    sums.count += 1;
    sums.sum += unit;
    sums.squares += unit * unit;
  }
  return sums;
}

// Q - S^2 v / (1 + n v): never 0 where Q is not.
double rest(const Sums& sums, double v) noexcept {
  return sums.squares - sums.sum * sums.sum * (v / (1 + sums.count * v));
}

double log_marginal(const Sums& sums, double v) noexcept {
  return -0.5 * std::log1p(sums.count * v) - 0.5 * sums.count * std::log(rest(sums, v));
}

double log_student_t_below(double t, double degrees_of_freedom) {
  const double tails = student_t_two_sided(t, degrees_of_freedom);
  return t < 0 ? std::log(tails / 2) : std::log1p(-tails / 2);
}

}  // namespace

double log_evidence_above_zero(std::span<const double> differences, const EvidenceOptions& options) {
  JURY_EXPECTS(options.effect > 0 && options.test_to_train >= 0);
  const Sums sums = sums_of(differences);
  if (!(sums.squares > 0)) return 0;
  const double n = sums.count, g = options.effect * options.effect, h = options.test_to_train, both = g + h;
  const double a = sums.sum * std::sqrt(g * both / ((1 + n * both) * (h * (1 + n * both) + g) * rest(sums, both)));
  return std::numbers::ln2 + log_student_t_below(a * std::sqrt(n), n) + log_marginal(sums, both) - log_marginal(sums, h);
}

double log_evidence_of_signs(std::span<const double> differences) {
  std::array<double, kBets.size()> logs{};
  double count = 0, scale = 0, squares = 0;  // squares in units of scale^2, the largest so far
  for (const double d : differences) {
    if (!std::isfinite(d)) continue;
    count += 1;
    if (d == 0) continue;
    if (std::abs(d) > scale) {
      squares *= scale / d * (scale / d);
      scale = std::abs(d);
    }
    squares += d / scale * (d / scale);
    const double standard = d / scale / std::sqrt(squares / count);
    // log(1 + tanh x) without losing what is left of it at large negative x.
    for (std::size_t i = 0; i < kBets.size(); ++i) logs[i] += std::numbers::ln2 - std::log1p(std::exp(-2 * kBets[i] * standard));
  }
  const double largest = std::ranges::max(logs);
  double sum = 0;
  for (const double value : logs) sum += std::exp(value - largest);
  return largest + std::log(sum / static_cast<double>(kBets.size()));
}

std::vector<std::size_t> losers_of_race(std::span<const double> losses, std::size_t num_folds, const RaceOptions& options) {
  JURY_EXPECTS(options.alpha > 0 && options.alpha < 1);
  JURY_EXPECTS(num_folds > 0 && losses.size() % num_folds == 0);
  const std::size_t trials = losses.size() / num_folds, num_trials = std::max(trials, options.num_trials);
  const double enough = std::log(static_cast<double>(num_trials - 1) / options.alpha);
  std::vector<std::size_t> losers;
  std::vector<double> differences(num_folds);
  const auto beaten = [&](std::size_t trial, std::size_t rival) {
    for (std::size_t fold = 0; fold < num_folds; ++fold)
      differences[fold] = losses[trial * num_folds + fold] - losses[rival * num_folds + fold];
    return (options.test == RaceTest::t ? log_evidence_above_zero(differences, options.evidence)
                                        : log_evidence_of_signs(differences)) >= enough;
  };
  for (std::size_t trial = 0; trial < trials; ++trial) {
    bool lost = false;
    for (std::size_t rival = 0; rival < trials && !lost; ++rival) lost = rival != trial && beaten(trial, rival);
    if (lost) losers.push_back(trial);
  }
  return losers;
}

}  // namespace jury
