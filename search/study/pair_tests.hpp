// Tests of pairs of runs or learners, and what they come to in words.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "models/metrics/scores.hpp"
#include "models/metrics/tests_of_difference.hpp"

namespace jury {

/// One test of one pair. A difference is the first's number minus the second's; numbers that a test does not have are
/// NaN.
struct PairTest {
  std::string test;        ///< corrected_t, 5x2cv_f, mcnemar, wilcoxon, nemenyi
  std::string over;        ///< "10 folds", "300 test rows, their log_loss"
  std::string scope = {};  ///< what it does not cover, for the verdict
  std::size_t count = 0;
  double difference = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN(), high = low;  ///< interval of the difference
  double statistic = low, p = low;
  double p_holm = low;  ///< over all pairs
  double effect = low;
  std::string effect_name = {};  ///< cohen_d, odds_ratio, rank_biserial
  int favours = 0;               ///< 1 the first, -1 the second, 0 neither
};

/// All that can be said of a pair, given by position.
struct PairComparison {
  std::size_t first = 0, second = 0;
  std::vector<PairTest> tests = {};        ///< the verdict is that of the first with a p-value
  std::vector<std::string> left_out = {};  ///< what was not compared, and why
  std::string verdict = {};
};

/// 1 when a difference speaks for the first, -1 for the second, 0 for neither.
int favoured(double difference, Direction direction) noexcept;

PairTest to_pair_test(const CorrectedTTest& test, Direction direction);
PairTest to_pair_test(const FiveByTwoTest& test, Direction direction);
PairTest to_pair_test(const McNemarTest& test, std::size_t num_rows);  ///< difference: of the accuracies
PairTest to_pair_test(const WilcoxonTest& test, Direction direction);

/// Sets p_holm: for every kind of test over all pairs that have it. A test whose p-values hold for all pairs at once
/// (nemenyi) keeps its own.
void correct_for_pairs(std::span<PairComparison> pairs);

struct VerdictOptions {
  std::span<const std::string> labels;
  std::string_view metric;
  double alpha = 0.05;
};

/// One line: "a is better than b by 0.012 of accuracy (p = 0.003, corrected t test over 10 folds)", or "no difference
/// shown between a and b (p = 0.31, ...)": a test that finds none does not show that there is none.
std::string verdict_of(const PairComparison& pair, const VerdictOptions& options);

}  // namespace jury
