// Bias and variance of a learner, from its predictions after training on several training sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/metrics/decomposition.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// Takes the expected loss apart over T replicates (training sets), in one pass over them: moments,
/// class counts and mean logarithms per row, in double, in the order the replicates are added.
/// Memory is (rows, num_outputs) whatever T.
///
/// For a row with truth y and predictions f_1..f_T (f_t its label where a 0-1 loss is meant):
///
///   squared         values. main = mean f_t; loss = (main - y)^2 + mean (f_t - main)^2, averaged over
///                   targets. With f*: bias = (main - f*)^2, noise = (y - f*)^2, cross = 2 (main - f*)(f* - y).
///   brier           classes. The same on the probability simplex, summed over classes, y one-hot and
///                   f* the posterior.
///   domingos        Domingos 2000. main = mode (ties to the lowest class); bias = [main != y],
///                   variance = P(f_t != main); loss = bias + variance_unbiased - variance_biased.
///   kohavi_wolpert  Kohavi and Wolpert 1996. With Q the shares of the labels and P the posterior
///                   (one-hot y when unknown): bias = 1/2 sum (P - Q)^2, variance = 1/2 (1 - sum Q^2),
///                   noise = 1/2 (1 - sum P^2); they sum to the 0-1 loss expected under P.
///   breiman         Breiman 1998, where the Bayes label y* is known. noise = [y* != y];
///                   [y* = y] - P(f_t = y) is bias where main != y*, variance where main = y*.
///   log             Heskes 1998. main = normalised geometric mean; bias = -log main(y),
///                   variance = mean KL(main || f_t). Probabilities are clipped once at 1e-12 and
///                   renormalised, in the loss as in the parts.
///
/// A row may be missed by a replicate (NaN): its T is then smaller. So the members of one bagged
/// run, each with its out-of-bag rows, give the decomposition of the single member (estimator
/// "oob"). Members of one ensemble added as replicates give the ambiguity decomposition (Krogh and
/// Vedelsby 1995): see ambiguity_of().
class BiasVariance {
 public:
  /// The spans of both must outlive this. Expects shapes that agree and labels within range.
  explicit BiasVariance(const Truth& truth, const NoiseFree& known = {});

  /// Adds the predictions of one replicate, (rows, truth.width()); of means and variances the means
  /// count. Expects that size.
  void add_replicate(Predictions predictions);

  std::size_t num_replicates() const noexcept { return num_replicates_; }

  /// Every decomposition that applies, in the order above. `interval_key`: a stream_key of
  /// Purpose::interval. May be called between replicates. O(rows * (num_outputs + resamples)).
  std::vector<Decomposition> finish(std::uint64_t interval_key, const IntervalOptions& intervals = {}) const;

 private:
  void add_moments(std::size_t row, Predictions predictions);
  void add_label(std::size_t row, Predictions predictions);
  void add_logs(std::size_t row, Predictions predictions);

  Parts squared(std::size_t row) const;
  Parts domingos(std::size_t row) const;
  Parts kohavi_wolpert(std::size_t row) const;
  Parts breiman(std::size_t row) const;
  Parts log(std::size_t row) const;

  double observed(std::size_t row, std::size_t output) const noexcept;       // y; one-hot for classes
  double noise_free(std::size_t row, std::size_t output) const noexcept;     // f* or P, else observed
  double expected_error(std::size_t row, std::size_t label) const noexcept;  // 1 - P(label | x)
  std::size_t main_label(std::size_t row) const noexcept;                    // the mode
  std::size_t bayes_label(std::size_t row) const noexcept;
  double share(std::size_t row, std::size_t label) const noexcept;  // P(f_t = label)
  bool knows_noise_free() const noexcept { return !known_.values.empty() || !known_.posterior.empty(); }
  bool knows_bayes() const noexcept { return !known_.bayes_labels.empty() || !known_.posterior.empty(); }
  std::size_t label(std::size_t row) const noexcept { return static_cast<std::size_t>(truth_.labels[row]); }

  // Sums over the replicates that predicted a row. Errors, not predictions, are averaged: beside a
  // large offset of the target, their moments keep all their digits.
  Truth truth_;
  NoiseFree known_;
  std::size_t num_replicates_ = 0;
  std::vector<std::int32_t> counts_;        // (rows) replicates that predicted it
  std::vector<double> mean_error_;          // (rows, outputs) mean of f - y
  std::vector<double> spread_;              // (rows) of (f - main)^2, over outputs too (Welford)
  std::vector<double> squared_loss_;        // (rows) of (f - y)^2, over outputs too
  std::vector<std::int32_t> label_counts_;  // (rows, classes) of f_t = c
  std::vector<double> wrong_;               // (rows) of [f_t != y]
  std::vector<double> expected_wrong_;      // (rows) of 1 - P(f_t | x)
  std::vector<double> logs_;                // (rows, classes) of log f_t(c)
  std::vector<double> log_loss_;            // (rows) of -log f_t(y)
};

/// Ensemble loss = mean member loss - ambiguity (Krogh and Vedelsby 1995), for the mean of the members.
struct Ambiguity {
  double mean_member_loss;
  double ensemble_loss;
  double ambiguity;
  double residual;  ///< relative, as in Parts
};

/// Reads it off a squared or brier decomposition whose replicates were the members of one ensemble.
/// Expects one of those two, made without a noise-free truth.
Ambiguity ambiguity_of(const Decomposition& decomposition);

}  // namespace jury
