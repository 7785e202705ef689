// Tests that may be looked at after every fold and acted upon at any time: which trials have lost a race.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace jury {

struct EvidenceOptions {
  double effect = 2;         ///< size of effects looked for, in deviations of the differences; above 0
  double test_to_train = 0;  ///< test over training rows of a fold; 0: folds tell of this data set alone
};

/// log of the e-value that speaks against "the mean of these differences is at most 0", of differences between two trials on
/// the same folds: the one-sided t test that may be looked at at any time, by the right Haar prior on the unknown deviation
/// (Perez-Ortiz, Lardy, de Heide, Grunwald 2024; the two-sided closed form is Gonen, Johnson, Lu, Westfall 2005). It knows no
/// scale, so losses of any kind will do. With n differences of sum S and sum of squares Q, g = effect^2, h = test_to_train,
/// G = g + h and T_n the distribution function of Student's t,
///
///   e = 2 T_n(a sqrt(n)) m(G) / m(h),   m(v) = (1 + n v)^(-1/2) (Q - S^2 v / (1 + n v))^(-n/2),
///   a^2 = g G S^2 / ((1 + n G) (h (1 + n G) + g) (Q - S^2 G / (1 + n G))), a with the sign of S:
///
/// the prior on effects is the right half of a normal density of deviation `effect`. While the statement is true, e of more
/// and more folds ever reaches 1 / alpha with probability at most alpha (Ville 1939), however often one looks. That holds for
/// normal differences, and being a function of t that grows with it, for every mean below 0 too. With h the folds of one data
/// set have a common error of variance h sigma^2, since their training rows overlap (Nadeau and Bengio 2003), and the
/// statement is of new data sets; without, of all folds that this one could be cut into. A race asks the latter.
///
/// Normal is what differences of means over some ten rows and more are. Single rows (leave one out) and means of few are not:
/// four equal steps convince it that there are no others. See log_evidence_of_signs().
///
/// 0 where no difference is other than 0. Differences that are not finite are left out. Equal numbers give equal bits.
double log_evidence_above_zero(std::span<const double> differences, const EvidenceOptions& options = {});

/// The same for differences that are symmetric about a centre with one peak, and need not be normal or alike: given how large
/// they are, their signs are fair coins when that centre is 0, so that
///
///   e = mean over bets b of prod_t (1 + tanh(b d_t / s_t)),   s_t^2 = mean of d_1^2 .. d_t^2
///
/// is a martingale (Ramdas, Ruf, Larsson, Koolen 2020 on symmetric distributions; de la Pena 1999), over b in {1/4, 1/2, 1, 2, 4}.
/// It is at most 2^n, so five folds never convince it at 1 %.
double log_evidence_of_signs(std::span<const double> differences);

enum class RaceTest : std::uint8_t { t, signs };

struct RaceOptions {
  double alpha = 0.05;        ///< of the race: that it ever drops the trial that is best
  std::size_t num_trials = 0; ///< that race, from first to last; 0: those of the table
  RaceTest test = RaceTest::t;
  EvidenceOptions evidence = {};
};

/// Which trials have lost: positions, ascending, of those that some other beats with e >= (num_trials - 1) / alpha on the
/// folds both have. `losses` is (trials, folds), less being better, folds in the order they are done, NaN where there is none.
/// Trials that were dropped before may be left out, or NaN.
///
/// By the union over rivals the trial whose losses are least in the long run is dropped with probability at most alpha by
/// all looks together, in whatever order folds and trials come as long as no fold is chosen for its result. Rungs of epochs are
/// other losses: each is a race with its share of alpha. O(trials^2 folds).
/// Expects 0 < alpha < 1 and whole trials.
std::vector<std::size_t> losers_of_race(std::span<const double> losses, std::size_t num_folds, const RaceOptions& options = {});

}  // namespace jury
