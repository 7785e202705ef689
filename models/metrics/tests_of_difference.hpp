// Is one learner better than another? Tests that suit folds, test sets and collections of data sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/metrics/interval.hpp"
#include "models/metrics/scores.hpp"

namespace jury {

// All p-values are two-sided. A difference is the first learner's score minus the second's. NaN differences are left
// out. Without any difference at all (each is 0) the statistic is 0, p is 1 and the effect 0; with too few numbers
// for a test, its statistic, p and effect are NaN.
//
// Scores that are equal on paper may differ in their last digits. So numbers within kTieTolerance of each other,
// relative to the largest of those that are ranked together, have the same rank.
inline constexpr double kTieTolerance = 1e-10;

/// A t test over the folds or resamples of one data set.
struct CorrectedTTest {
  double statistic;           ///< mean_difference / standard_error; infinite where the differences do not vary
  double degrees_of_freedom;  ///< count - 1
  double p_value;
  double mean_difference;
  double standard_error;  ///< corrected
  Interval interval;      ///< of mean_difference, at the level asked for
  double effect_size;     ///< mean / deviation of the differences (Cohen 1988, d of paired samples)
  std::size_t count;      ///< differences that are not NaN
};

/// Corrected resampled t test (Nadeau and Bengio 2003). Training sets of folds overlap, so that the plain t test finds
/// differences where there are none; the variance of the mean of J differences is taken as
///
///   (1 / J + n_test / n_train) s^2,   s^2 with divisor J - 1,
///
/// for (repeated) cross-validation as well (Bouckaert and Frank 2004). `test_to_train` is n_test / n_train: 1 / (k - 1)
/// for k folds; 0 gives the plain paired t test. NaN but for the mean with fewer than two differences.
/// Expects test_to_train >= 0 and 0 < level < 1.
CorrectedTTest corrected_t_test(std::span<const double> differences, double test_to_train, double level = 0.95);

/// The combined 5x2cv F test.
struct FiveByTwoTest {
  double statistic;
  double numerator_degrees;    ///< 10
  double denominator_degrees;  ///< 5
  double p_value;
  double mean_difference;
  double effect_size;  ///< mean / deviation of the ten differences
};

/// Combined 5x2cv F test (Alpaydin 1999) of the differences (5 repeats, 2 folds) of five times two-fold
/// cross-validation:
///
///   F = sum_ij p_ij^2 / (2 sum_i s_i^2),   s_i^2 = (p_i1 - p_i2)^2 / 2.
///
/// NaN where one of them is NaN. Expects ten differences.
FiveByTwoTest five_by_two_test(std::span<const double> differences);

/// McNemar's test of two learners on the same test rows.
struct McNemarTest {
  std::size_t first_only;  ///< rows that only the first has right
  std::size_t second_only;
  double statistic;  ///< chi-squared with 1 degree of freedom; the smaller count where exact
  double p_value;
  double odds_ratio;  ///< first_only / second_only: infinite at 0 below, NaN where both are 0
  bool exact;
};

/// McNemar 1947: exact binomial below 25 rows on which just one is right, else
/// max(0, |first_only - second_only| - 1)^2 / (first_only + second_only) (Edwards 1948). It covers the choice of test
/// rows only, not that of the training rows.
McNemarTest mcnemar_test(std::size_t first_only, std::size_t second_only);

/// The same from labels, (rows) each; rows that either did not predict (-1) are left out. Expects equal sizes.
McNemarTest mcnemar_test(std::span<const std::int32_t> truth, std::span<const std::int32_t> first,
                         std::span<const std::int32_t> second);

/// Wilcoxon's signed ranks.
struct WilcoxonTest {
  double statistic;       ///< the smaller of the two sums
  double positive_ranks;  ///< sum of the ranks of positive differences
  double negative_ranks;
  double p_value;
  double
      effect_size;    ///< matched rank-biserial correlation, (positive - negative) / (positive + negative) (Kerby 2014)
  std::size_t count;  ///< differences that are not NaN
  std::size_t zeros;  ///< of them
  bool exact;
};

/// Wilcoxon's signed rank test (1945), of differences that are independent: of data sets, not of folds. Equal sizes
/// share their mean rank. Zeros are ranked and their ranks then dropped (Pratt 1959), so that more zeros never make a
/// difference more certain; Demsar 2006 gives half of those ranks to either side, with nearly the same result.
///
/// Up to 50 differences p is exact, given the ranks, ties and zeros included: all signs are equally likely. Beyond, the
/// sum is normal with mean sum r / 2 and variance sum r^2 / 4, which holds the corrections for ties and zeros.
WilcoxonTest wilcoxon_test(std::span<const double> differences);

/// Friedman's test of k learners on N data sets.
struct FriedmanTest {
  std::vector<double> ranks;  ///< (k) mean rank of each; the best has 1
  std::size_t num_sets;       ///< data sets without a NaN
  double statistic;           ///< chi-squared, corrected for ties
  double degrees_of_freedom;  ///< k - 1
  double p_value;
  double f_statistic;            ///< of Iman and Davenport; infinite where all sets agree
  double f_numerator_degrees;    ///< k - 1
  double f_denominator_degrees;  ///< (k - 1) (N - 1)
  double f_p_value;
  double effect_size;  ///< Kendall's W = chi-squared / (N (k - 1)): 0 no agreement, 1 all sets rank alike
};

/// Friedman 1937 over scores (sets, learners): with mean ranks R_j,
///
///   chi2 = 12 N / (k (k + 1)) (sum R_j^2 - k (k + 1)^2 / 4) / (1 - sum (t^3 - t) / (N k (k^2 - 1))),
///
/// t the sizes of groups of ties, and the sharper F = (N - 1) chi2 / (N (k - 1) - chi2) (Iman and Davenport 1980). Sets
/// with a NaN are left out. NaN without a set, F also with only one. Expects num_learners >= 2 and whole sets.
FriedmanTest friedman_test(std::span<const double> scores, std::size_t num_learners, Direction direction);

/// Mean ranks further apart than this differ at `alpha` (Nemenyi 1963, Demsar 2006): q sqrt(k (k + 1) / (6 N)), q the
/// studentised range of k at infinite degrees of freedom over sqrt 2. Expects num_learners >= 2, num_sets >= 1, 0 <
/// alpha < 1.
double nemenyi_critical_difference(std::size_t num_learners, std::size_t num_sets, double alpha = 0.05);

/// Nemenyi's p-value of every pair, (k, k) with 1 on the diagonal; they need no further correction. NaN without a set.
std::vector<double> nemenyi_p_values(const FriedmanTest& friedman);

/// Holm's step-down adjustment (1979): the i-th smallest of m becomes the largest of min(1, (m - j + 1) p_j) over j <=
/// i. Those at most alpha are rejected with a family-wise error of at most alpha, whatever their dependence. NaN stays
/// and does not count.
std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace jury
