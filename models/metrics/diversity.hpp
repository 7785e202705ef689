// How differently the members of an ensemble err.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/metrics/truth.hpp"

namespace jury {

/// What members said of the same rows. Only spans. Each row counts once, whatever it weighs elsewhere.
struct MemberLabels {
  std::size_t num_classes = 0;
  std::span<const std::int32_t> truth = {};   ///< (rows), in [0, num_classes)
  std::span<const std::int32_t> labels = {};  ///< (members, rows), in [0, num_classes), -1: did not predict it

  std::size_t num_members() const noexcept { return truth.empty() ? 0 : labels.size() / truth.size(); }
};

/// Measures of two members, each a matrix (members, members), symmetric. Of a pair only the rows count that both
/// predicted. What is 0 / 0 is NaN; so is everything of a pair without such rows.
struct PairwiseDiversity {
  std::size_t num_members = 0;
  std::vector<std::int32_t> rows;    ///< that both predicted
  std::vector<double> disagreement;  ///< share where just one is right
  std::vector<double> double_fault;  ///< share where both are wrong
  std::vector<double> q;             ///< Yule 1900, in [-1, 1]: 0 for independent members
  std::vector<double> correlation;   ///< of right and wrong, in [-1, 1]
  std::vector<double> kappa;         ///< agreement of the labels beyond chance (Cohen 1960)
  std::vector<double> mean_error;    ///< of the two: kappa against it is the diagram of Margineantu and Dietterich 1997
};

/// With n11, n10, n01 and n00 the rows that both, only the first, only the second and neither have right, of n
/// (Kuncheva and Whitaker 2003):
///
///   disagreement = (n10 + n01) / n        double_fault = n00 / n        mean_error = (n10 + n01 + 2 n00) / (2 n)
///   q            = (n11 n00 - n10 n01) / (n11 n00 + n10 n01)
///   correlation  = (n11 n00 - n10 n01) / sqrt((n11 + n10) (n01 + n00) (n11 + n01) (n10 + n00))
///   kappa        = (a - e) / (1 - e),  a the share of equal labels, e = sum_c p_first(c) p_second(c)
///
/// Of M members O(M^2 rows classes / 64) word operations and about 64 M^2 bytes. Expects whole members, and
/// labels within range. 1,000 members, 10,000 rows and 10 classes take a second, or two where members miss rows.
PairwiseDiversity pairwise_diversity(const MemberLabels& members);

/// Means over the pairs of different members; pairs whose measure is NaN are left out of it.
struct MeanDiversity {
  double disagreement, double_fault, q, correlation, kappa, mean_error;
};
MeanDiversity mean_over_pairs(const PairwiseDiversity& pairs) noexcept;

/// Measures of all members at once, over the rows that at least two predicted (their number is L_i, the right ones
/// l_i).
struct OverallDiversity {
  std::size_t rows;      ///< that at least two predicted
  double mean_accuracy;  ///< p = sum l_i / sum L_i
  double entropy;        ///< mean min(l_i, L_i - l_i) / floor(L_i / 2), in [0, 1] (E of Kuncheva and Whitaker 2003)
  double
      label_entropy;  ///< mean -sum_c P_i(c) log P_i(c) of the shares of labels, in nats (Cunningham and Carney 2000)
  double kohavi_wolpert;    ///< mean l_i (L_i - l_i) / L_i^2
  double interrater_kappa;  ///< 1 - sum l_i (L_i - l_i) / L_i / (rows (L - 1) p (1 - p)), L the mean L_i (Fleiss and
                            ///< Cuzick 1979)
  double generalised_diversity;  ///< 1 - p(2) / p(1), p(k) the chance that k members drawn without replacement all fail
  double coincident_failure;     ///< mean over rows where one fails of l_i / (L_i - 1); 0 where none ever fails
  double difficulty;             ///< variance over rows of l_i / L_i (theta, Hansen and Salamon 1990); low is diverse
};

/// Definitions after Kuncheva and Whitaker 2003; generalised diversity and coincident failure are of Partridge and
/// Krzanowski 1997. Where every member predicts every row they are the published ones, and
///
///   kohavi_wolpert = (L - 1) / (2 L) mean disagreement,   interrater_kappa = 1 - mean disagreement / (2 p (1 - p)).
///
/// NaN without rows, and where 0 / 0 (no failure, no success). A member at a time: memory (rows, classes).
class LabelCounts {
 public:
  /// `truth`: (rows), in [0, num_classes), which must outlive this.
  LabelCounts(std::size_t num_classes, std::span<const std::int32_t> truth);
  /// (rows) what a member takes each row for, in [0, num_classes), -1: it did not predict it.
  void add(std::span<const std::int32_t> labels);
  OverallDiversity diversity() const;

 private:
  std::size_t num_classes_;
  std::span<const std::int32_t> truth_;
  std::vector<std::uint32_t> counts_;  // (rows, classes)
};

/// The same of members that are all there. Expects as pairwise_diversity().
OverallDiversity overall_diversity(const MemberLabels& members);

/// Measures of two members' errors f - y, each a matrix (members, members), symmetric, over the rows both predicted.
struct ErrorDiversity {
  std::size_t num_members = 0;
  std::vector<double>
      covariance;  ///< mean over targets of the weighted mean product of deviations (divisor: the weights' sum)
  std::vector<double> correlation;  ///< mean over targets; NaN where an error does not vary
  double mean_variance;             ///< mean of the diagonal
  double mean_covariance;           ///< mean over pairs of different members; NaN of fewer than two
  double mean_correlation;          ///< likewise; NaN pairs are left out
};

/// Of predictions (members, rows, truth.width()) of values; means and variances count as their means. Where every
/// member predicts every row, the variance over rows of the error of the mean of M members is mean_variance / M + (1 -
/// 1 / M) mean_covariance: what is independent averages out, what is shared stays.
///
/// Beside it stands the ambiguity (Krogh and Vedelsby 1995), which ambiguity_of() reads off a BiasVariance whose
/// replicates are the members. O(members^2 rows num_outputs), about 1 ns each, 2 where members miss rows. Expects
/// values and whole members.
ErrorDiversity error_diversity(const Truth& truth, Predictions members);

}  // namespace jury
