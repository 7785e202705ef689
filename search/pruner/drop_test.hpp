// When a trial is proven worse than the best one: tests that may be looked at after every fold.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace jury {

/// What a trial and the best complete one reported on the same folds, in order: of each fold its value, then whatever
/// else was reported (losses of the fold's rows). Minimised.
struct ComparedFolds {
  std::span<const std::vector<double>> trial;
  std::span<const std::vector<double>> best;  ///< as many
};

/// True: the trial is worse, drop it. Asked again after each fold.
using DropTest = std::function<bool(const ComparedFolds&)>;

/// Evidence against "the mean of these numbers is at most 0": an e-process, whatever the variance. 1 without numbers.
///
/// The right-Haar t-test (Perez-Ortiz, Lardy, de Heide, Gruenwald 2024): the likelihood ratio of all that does not
/// depend on the scale, with a half-normal prior of variance g = 4 on the effect mean / deviation > 0. With r = sum x /
/// sqrt(sum x^2) and v = g / (1 + n g)
///   E_n = 2 (1 + n g)^(-1/2) (1 - v r^2)^(-n/2) F_n(r sqrt(n v / (1 - v r^2)))
/// where F_n is Student's t distribution function of n degrees of freedom. Under independent normal x of mean 0 it is a
/// martingale that starts at 1, so by Ville's inequality the chance that it ever reaches 1 / alpha is at most alpha,
/// however often one looks. A mean below 0 shifts all x down, which lowers every E_n: the same bound holds. Numbers
/// that are all 0 are no evidence: 1.
double evidence_of_positive_mean(std::span<const double> x);

/// Drops a trial when the evidence that its fold values exceed the best one's in the mean reaches 1 / alpha.
///
/// Paired differences of folds are not quite independent (training sets overlap), and the best is the best by some luck
/// on these very folds: alpha bounds the false drops of one comparison with a rival that was fixed beforehand. Three
/// folds are the fewest that can drop a trial at alpha = 0.05. Differences that are not finite drop nothing.
DropTest fold_values_test(double alpha);

/// Drops a trial when in at least 1 - alpha of `bootstraps` resamples of the rows its mean loss exceeds the best one's:
/// the rule of BBCD-CV (Tsamardinos, Greasidou, Borboudakis 2018, there alpha = 0.01 and 1,000 resamples). Wants the
/// losses of the fold's rows behind each fold's value. Rows are drawn from all folds together, the same ones for both
/// and, with equal numbers of rows, for every trial. Not corrected for looking again.
DropTest row_losses_test(double alpha, std::int32_t bootstraps, std::uint64_t seed);

}  // namespace jury
