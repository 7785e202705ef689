// Tests over folds and over test rows. Those of ranks are in rank_tests.cpp.
#include "models/metrics/tests_of_difference.hpp"

#include <algorithm>
#include <cmath>

#include "models/metrics/distributions.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

struct Moments {
  std::size_t count = 0;
  double mean = 0;
  double deviation = kNaN;  // divisor count - 1
};

Moments moments_of(std::span<const double> values) {
  Moments moments;
  double spread = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    ++moments.count;
    const double delta = value - moments.mean;
    moments.mean += delta / static_cast<double>(moments.count);
    spread += delta * (value - moments.mean);
  }
  if (moments.count == 0) moments.mean = kNaN;
  if (moments.count > 1) moments.deviation = std::sqrt(spread / static_cast<double>(moments.count - 1));
  return moments;
}

// a / b where 0 / 0 stands for no difference at all.
double ratio(double a, double b) { return a == 0 && b == 0 ? 0.0 : a / b; }

}  // namespace

CorrectedTTest corrected_t_test(std::span<const double> differences, double test_to_train, double level) {
  JURY_EXPECTS(test_to_train >= 0 && level > 0 && level < 1);
  const Moments m = moments_of(differences);
  if (m.count < 2) return {kNaN, kNaN, kNaN, m.mean, kNaN, {kNaN, kNaN}, kNaN, m.count};
  const auto count = static_cast<double>(m.count);
  const double error = std::sqrt(1 / count + test_to_train) * m.deviation;
  const double t = ratio(m.mean, error);
  const double reach = student_t_quantile(0.5 + level / 2, count - 1) * error;
  return {.statistic = t,
          .degrees_of_freedom = count - 1,
          .p_value = student_t_two_sided(t, count - 1),
          .mean_difference = m.mean,
          .standard_error = error,
          .interval = {m.mean - reach, m.mean + reach},
          .effect_size = ratio(m.mean, m.deviation),
          .count = m.count};
}

FiveByTwoTest five_by_two_test(std::span<const double> differences) {
  JURY_EXPECTS(differences.size() == 10);
  double squares = 0;
  double variances = 0;
  for (std::size_t repeat = 0; repeat < 5; ++repeat) {
    const double a = differences[2 * repeat];
    const double b = differences[2 * repeat + 1];
    squares += a * a + b * b;
    variances += (a - b) * (a - b) / 2;
  }
  const double f = ratio(squares, 2 * variances);
  const Moments m = moments_of(differences);
  const double effect = std::isnan(f) ? kNaN : ratio(m.mean, m.deviation);
  return {f, 10, 5, f_upper(f, 10, 5), std::isnan(f) ? kNaN : m.mean, effect};
}

McNemarTest mcnemar_test(std::size_t first_only, std::size_t second_only) {
  const std::size_t discordant = first_only + second_only;
  const std::size_t smaller = std::min(first_only, second_only);
  const double odds = static_cast<double>(first_only) / static_cast<double>(second_only);
  if (discordant < 25)
    return {first_only, second_only, static_cast<double>(smaller), sign_test(smaller, discordant), odds, true};
  const double distance = std::max(0.0, static_cast<double>(discordant - 2 * smaller) - 1);
  const double chi_squared = distance * distance / static_cast<double>(discordant);
  return {first_only, second_only, chi_squared, chi_squared_upper(chi_squared, 1), odds, false};
}

McNemarTest mcnemar_test(std::span<const std::int32_t> truth, std::span<const std::int32_t> first,
                         std::span<const std::int32_t> second) {
  JURY_EXPECTS(first.size() == truth.size() && second.size() == truth.size());
  std::size_t first_only = 0;
  std::size_t second_only = 0;
  for (std::size_t row = 0; row < truth.size(); ++row) {
    if (first[row] < 0 || second[row] < 0) continue;
    const bool first_right = first[row] == truth[row];
    const bool second_right = second[row] == truth[row];
    first_only += first_right && !second_right ? 1U : 0U;
    second_only += second_right && !first_right ? 1U : 0U;
  }
  return mcnemar_test(first_only, second_only);
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < p_values.size(); ++i)
    if (!std::isnan(p_values[i])) order.push_back(i);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return p_values[i]; });

  std::vector<double> adjusted(p_values.size(), kNaN);
  double largest = 0;
  for (std::size_t j = 0; j < order.size(); ++j) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - j) * p_values[order[j]]));
    adjusted[order[j]] = largest;
  }
  return adjusted;
}

}  // namespace jury
