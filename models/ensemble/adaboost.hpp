// AdaBoost between its rounds: the weights the next learner is trained with, and the vote of the last one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/ensemble/ensemble_options.hpp"
#include "models/metrics/truth.hpp"
#include "runtime/base/bytes.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

enum class BoostAlgorithm : std::uint8_t { m1, samme, arc_x4, r2 };

/// The algorithm, "auto" being samme with classes and r2 with values. Throws ConfigError when the
/// outcome has no such algorithm, or the algorithm no such setting (r2 has no restart).
BoostAlgorithm resolve_algorithm(const AdaBoostOptions& options, Outcome outcome);

/// What became of a round's learner.
enum class BoostOutcome : std::uint8_t {
  kept,             ///< it votes, and there may be another round
  perfect,          ///< no error: it votes, and boosting ends
  perfect_restart,  ///< no error: it votes, and the weights are those of the first round again
  weak_stop,        ///< no better than chance: boosting ends without it (with it, when it is the first)
  weak_restart,     ///< no better than chance: it does not vote, and the weights are those of the first round again
};

const char* name(BoostOutcome outcome) noexcept;  ///< "kept", "perfect", "perfect_restart", ...

struct BoostRound {
  double error = 0;   ///< weighted error (m1, samme, arc_x4) or average loss (r2), in [0, 1]
  double weight = 0;  ///< of its vote; 0: it does not vote
  BoostOutcome outcome = BoostOutcome::kept;
};

/// The weight of each round's vote. When no learner was kept (every round of a boosting that restarts
/// was weak), the first one is the jury: its weight is 1.
std::vector<double> vote_weights(std::span<const BoostRound> rounds);

/// The state of AdaBoost over n training rows, between one round and the next.
///
/// With weights w (sum 1), losses L in [0, 1] of the rows under the round's learner, its error
/// e = sum w L, and K classes:
///
/// | algorithm | L | chance | beta | next weights, then divided by their sum |
/// |---|---|---|---|---|
/// | m1 (Freund and Schapire 1997) | [wrong] | 1/2 | e / (1 - e) | w beta^(1 - L) |
/// | samme (Zhu, Zou, Rosset, Hastie 2009) | [wrong] | 1 - 1/K | e / ((1 - e) (K - 1)) | w beta^(1 - L) |
/// | r2 (Drucker 1997) | of \|error\| / largest | 1/2 | e / (1 - e) | w beta^(1 - L) |
/// | arc_x4 (Breiman 1998) | [wrong] | | | first w (1 + m^4), m = times wrong so far |
///
/// The vote weighs log(1/beta), with arc_x4 always 1. Classes are joined by the weighted vote, values
/// (r2) by the weighted median. With two classes samme is m1, bit for bit.
///
/// r2: a row's error is the Euclidean norm over its targets (of the means, where variances are
/// predicted), d its share of the largest error of a row that has weight; L is d (linear), d^2 (square)
/// or 1 - exp(-d) (exponential).
///
/// No error at all (m1, samme, r2) means an endless vote in the papers. The learner is kept, boosting
/// ends, and the vote is that of an error of 1/(2n + 2), what the add-half rule (Krichevsky and
/// Trofimov 1981) makes of no error in n rows: log(2n + 1), with samme log((2n + 1) (K - 1)). It stays
/// on the scale of the other votes; scikit-learn ends there, too, but gives it weight 1, less than it
/// gives a worse learner. With perfect = "restart" it is kept with the same vote and boosting goes on from the weights
/// of the first round, so that one learner that fits its rows does not decide alone. An error above 0 is taken as it
/// is.
///
/// An error at chance or worse (within 1e-12, so that the last bits of a sum do not decide; m1,
/// samme, r2) ends boosting, and the learner is dropped; the first one is kept with weight 1, so that
/// there is a jury (as Weka and scikit-learn's r2 do). With weak = "restart" the weights are again those of the
/// first round and boosting goes on without it (Bauer and Kohavi 1999, Opitz and Maclin 1999); such a
/// round counts as one. arc_x4 never ends.
///
/// A row that was not predicted, or not by finite numbers, has loss 1.
class AdaBoost {
 public:
  /// The rows are the distinct training rows, in the order that every call keeps; truth.weights are
  /// their weights in the first round (empty: equal; of a row listed k times in a replicate, k times
  /// its own). What truth shows must outlive this.
  ///
  /// Throws ConfigError as resolve_algorithm does, DataError when all weights are 0. Expects at least
  /// one row, and weights that are finite and not negative.
  AdaBoost(const AdaBoostOptions& options, const Truth& truth);

  /// (rows), not negative, sum 1 but for rounding: of the next round. In a loss they want to be
  /// multiplied by the number of rows, so that their mean is 1.
  std::span<const double> weights() const noexcept { return weights_; }
  /// As many positions as rows, each drawn with replacement by weight; ascending. Never one of weight 0.
  /// O(rows log rows).
  std::vector<std::uint32_t> draw(Rng& rng) const;

  /// Takes the predictions of all rows, (rows, truth.width()), by the learner of this round, trained
  /// with weights() or on a draw(). Expects !ended().
  BoostRound observe(Predictions predictions);
  /// True once there is no next round.
  bool ended() const noexcept { return ended_; }

  void save(ByteWriter& writer) const;
  /// Brings this, made with the same options and truth, to the state that was saved, bit for bit.
  /// Throws DataError, and changes nothing, when the bytes are no state over these rows.
  void load(ByteReader& reader);

 private:
  std::vector<double> losses(Predictions predictions) const;
  std::vector<double> distances(Predictions predictions) const;
  double loss_of(double share) const noexcept;
  BoostRound arc(std::span<const double> losses, double error);
  BoostRound weak(double error);
  BoostRound keep(double beta, BoostRound round);
  void normalise() noexcept;

  Truth truth_;
  BoostAlgorithm algorithm_;
  AdaBoostOptions options_;
  std::vector<double> first_weights_;
  std::vector<double> weights_;
  std::vector<std::uint32_t> misses_;  // (rows), arc_x4
  std::uint64_t num_kept_ = 0;
  bool ended_ = false;
};

}  // namespace jury
