// Tests of ranks: Wilcoxon, Friedman, Nemenyi.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "models/metrics/distributions.hpp"
#include "models/metrics/tests_of_difference.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostExact = 50;  // 2^50 signs still count exactly in double

double largest_size(std::span<const double> values) {
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

struct Ranks {
  std::vector<double> of;  // 1 for the smallest; equal values share their mean rank
  double ties = 0;         // sum of t^3 - t over groups of t equal values
};

Ranks ranks_of(std::span<const double> values) {
  const double tolerance = kTieTolerance * largest_size(values);
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return values[i]; });
  Ranks ranks{.of = std::vector<double>(values.size())};
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    while (last < order.size() && values[order[last]] - values[order[first]] <= tolerance) ++last;
    const double mean = static_cast<double>(first + last + 1) / 2;
    for (std::size_t i = first; i < last; ++i) ranks.of[order[i]] = mean;
    const auto size = static_cast<double>(last - first);
    ranks.ties += size * size * size - size;
  }
  return ranks;
}

// P(sum of a random half of `ranks` <= sum), each rank in or out with probability 1/2: counts the subsets by
// twice their sum, which is whole.
double exact_lower(std::span<const double> ranks, double sum) {
  std::vector<double> subsets = {1};
  for (const double rank : ranks) {
    const auto twice = static_cast<std::size_t>(std::lround(2 * rank));
    subsets.resize(subsets.size() + twice);
    for (std::size_t s = subsets.size(); s-- > twice;) subsets[s] += subsets[s - twice];
  }
  const auto end = static_cast<std::ptrdiff_t>(std::lround(2 * sum)) + 1;
  return std::ldexp(std::accumulate(subsets.begin(), subsets.begin() + end, 0.0), -static_cast<int>(ranks.size()));
}

}  // namespace

WilcoxonTest wilcoxon_test(std::span<const double> differences) {
  std::vector<double> given;
  for (const double difference : differences)
    if (!std::isnan(difference)) given.push_back(difference);
  if (given.empty()) return {kNaN, kNaN, kNaN, kNaN, kNaN, 0, 0, true};

  std::vector<double> sizes(given.size());
  std::ranges::transform(given, sizes.begin(), [](double d) { return std::abs(d); });
  const Ranks all = ranks_of(sizes);
  const double tolerance = kTieTolerance * largest_size(sizes);
  WilcoxonTest test{.statistic = 0,
                    .positive_ranks = 0,
                    .negative_ranks = 0,
                    .p_value = 1,
                    .effect_size = 0,
                    .count = given.size(),
                    .zeros = 0,
                    .exact = given.size() <= kMostExact};
  std::vector<double> ranks;
  double squares = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (sizes[i] <= tolerance) {
      ++test.zeros;
      continue;
    }
    ranks.push_back(all.of[i]);
    squares += all.of[i] * all.of[i];
    (given[i] > 0 ? test.positive_ranks : test.negative_ranks) += all.of[i];
  }
  if (ranks.empty()) return test;
  const double total = test.positive_ranks + test.negative_ranks;
  test.statistic = std::min(test.positive_ranks, test.negative_ranks);
  test.effect_size = (test.positive_ranks - test.negative_ranks) / total;
  test.p_value = test.exact ? std::min(1.0, 2 * exact_lower(ranks, test.statistic))
                            : normal_two_sided((test.statistic - total / 2) / std::sqrt(squares / 4));
  return test;
}

FriedmanTest friedman_test(std::span<const double> scores, std::size_t num_learners, Direction direction) {
  JURY_EXPECTS(num_learners >= 2 && scores.size() % num_learners == 0);
  const auto k = static_cast<double>(num_learners);
  FriedmanTest test{.ranks = std::vector<double>(num_learners),
                    .num_sets = 0,
                    .statistic = kNaN,
                    .degrees_of_freedom = k - 1,
                    .p_value = kNaN,
                    .f_statistic = kNaN,
                    .f_numerator_degrees = k - 1,
                    .f_denominator_degrees = kNaN,
                    .f_p_value = kNaN,
                    .effect_size = kNaN};
  double ties = 0;
  for (std::size_t at = 0; at < scores.size(); at += num_learners) {
    std::vector<double> row(scores.begin() + static_cast<std::ptrdiff_t>(at),
                            scores.begin() + static_cast<std::ptrdiff_t>(at + num_learners));
    if (std::ranges::any_of(row, [](double s) { return std::isnan(s); })) continue;
    if (direction == Direction::maximize)
      for (double& score : row) score = -score;
    const Ranks ranks = ranks_of(row);
    for (std::size_t j = 0; j < num_learners; ++j) test.ranks[j] += ranks.of[j];
    ties += ranks.ties;
    ++test.num_sets;
  }
  const auto n = static_cast<double>(test.num_sets);
  for (double& rank : test.ranks) rank /= n;  // NaN without a set
  if (test.num_sets == 0) return test;

  double spread = 0;  // sum R^2 - k (k + 1)^2 / 4, without its cancellation
  for (const double rank : test.ranks) spread += (rank - (k + 1) / 2) * (rank - (k + 1) / 2);
  const double untied = 1 - ties / (n * k * (k * k - 1));
  // In ranks that are whole or half the correction is 0 exactly where all are tied.
  test.statistic = untied > 0 ? std::min(12 * n / (k * (k + 1)) * spread / untied, n * (k - 1)) : 0.0;
  test.p_value = chi_squared_upper(test.statistic, k - 1);
  test.effect_size = test.statistic / (n * (k - 1));
  if (test.num_sets == 1) return test;
  test.f_denominator_degrees = (k - 1) * (n - 1);
  test.f_statistic = (n - 1) * test.statistic / (n * (k - 1) - test.statistic);
  test.f_p_value = f_upper(test.f_statistic, k - 1, test.f_denominator_degrees);
  return test;
}

double nemenyi_critical_difference(std::size_t num_learners, std::size_t num_sets, double alpha) {
  JURY_EXPECTS(num_sets >= 1);
  const auto k = static_cast<double>(num_learners);
  return studentised_range_quantile(alpha, num_learners) / std::numbers::sqrt2 *
         std::sqrt(k * (k + 1) / (6 * static_cast<double>(num_sets)));
}

std::vector<double> nemenyi_p_values(const FriedmanTest& friedman) {
  const std::size_t learners = friedman.ranks.size();
  const auto k = static_cast<double>(learners);
  const double unit = std::sqrt(k * (k + 1) / (12 * static_cast<double>(friedman.num_sets)));
  std::vector<double> p(learners * learners);
  for (std::size_t i = 0; i < learners; ++i)
    for (std::size_t j = 0; j < learners; ++j)
      p[i * learners + j] = studentised_range_upper(std::abs(friedman.ranks[i] - friedman.ranks[j]) / unit, learners);
  return p;
}

}  // namespace jury
