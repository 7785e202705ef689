// Gradient boosting: an additive function that descends a loss, a round at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/ensemble/gradient_loss.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

/// What a round did.
struct GradientRound {
  std::vector<double> steps;  ///< (width) learning rate times step length: what add_stage() takes
  double loss = 0;            ///< mean_loss() of the training rows after it, by the round's own rule
};

/// The state between rounds over the training positions of one model (Friedman 2001, algorithm 1):
///
///   F_0 = argmin_c sum_i w_i loss(y_i, c)
///   F_m = F_(m-1) + learning_rate g_m h_m,   h_m fitted by weighted least squares to the negative gradient at F_(m-1)
///
/// Who holds it asks residuals(), trains a learner on them (with the rows' weights; on a random part of the
/// positions for stochastic gradient boosting, Friedman 2002), and gives advance() what the learner predicts for
/// *all* positions. Targets are functions apart, each with its own step length. A function of its arguments
/// alone: the same rounds on any rank give the same bits.
///
/// Huber's deltas are renewed from the residuals of each round, so that round_rule() changes from round to
/// round, while rule() has those of F_0 and measures losses that are to be compared.
class GradientBoosting {
 public:
  /// What `truth` shows must outlive it. Throws ConfigError as resolve_gradient_loss(), DataError when the
  /// weights sum to nothing. Expects rows.
  GradientBoosting(const GradientBoostingOptions& options, const Truth& truth);

  const GradientRule& rule() const noexcept { return rule_; }
  const GradientRule& round_rule() const noexcept { return round_rule_; }
  std::size_t width() const noexcept { return rule_.width(); }           ///< of F: numbers per row
  std::span<const double> initial() const noexcept { return initial_; }  ///< (width) F_0
  std::span<const double> values() const noexcept { return values_; }    ///< (rows, width) the present F
  std::int32_t rounds() const noexcept { return rounds_; }

  /// (rows, width) the negative gradient at the present F.
  std::vector<double> residuals() const;

  /// Ends a round: `h` (rows, width) is what its learner predicts of them. With line_search the steps minimise
  /// the loss (step_lengths()) and it never rises: a step that rounding would make harmful is not taken
  /// (0). Without it step lengths are 1. Expects h to be finite: a learner that diverged has nothing to give.
  GradientRound advance(Predictions h);

  /// What the rounds so far have changed. load() expects one made from the same arguments and goes on bit for bit.
  /// Throws DataError when the bytes are of another model or damaged.
  void save(ByteWriter& writer) const;
  void load(ByteReader& reader);

 private:
  void renew_deltas();
  std::vector<double> chosen_steps(Predictions h) const;

  GradientBoostingOptions options_;
  Truth truth_;
  GradientRule rule_, round_rule_;
  std::vector<double> initial_, values_;
  std::int32_t rounds_ = 0;
};

/// F_0 of other rows, (num_rows, width).
std::vector<double> initial_of(std::span<const double> initial, std::size_t num_rows);

/// F += steps h, where F and h are (rows, width) of any rows: the same bits for a row as in training. `steps`
/// are a round's.
void add_stage(std::span<double> values, Predictions h, std::span<const double> steps);

/// Predictions of F = values, (rows, width), as the scores take them: probabilities of all classes (two columns for
/// logistic), or the values as they are, of kind_of(loss).
std::vector<float> predictions_of(const GradientRule& rule, std::span<const double> values);
ValueKind kind_of(GradientLoss loss) noexcept;

/// When held-out rows say that there were enough rounds.
struct GradientStop {
  std::size_t best_round = 0;  ///< with the least loss, the first of equal ones; 0: F_0 alone
  bool stops = false;          ///< `patience` rounds in a row after it were no better
};

/// losses[m]: that of the held-out rows after m rounds, from losses[0] of F_0 on (mean_loss() by rule()). One that
/// is not a number is worse than any other. Expects at least one.
GradientStop gradient_stop(std::span<const double> losses, std::int32_t patience);

}  // namespace jury
