// When a training has learned enough: rows held out of it, and a rule on their scores.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/nn/train_options.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

/// Which values of a score are better.
enum class Better : std::uint8_t { lower, higher };

/// Watches one score, an epoch at a time. With value E(t) of epoch t and the best so far E*, an epoch
/// is *improved* when E(t) beats E* by more than min_delta (the first when it is finite). Training stops
///
///   patience  after `patience` epochs in a row that are not improved;
///   gl        when the generalisation loss GL(t) = 100 (E(t) / E* - 1) exceeds alpha (Prechelt 1998).
///
/// A value that is not a number is worse than any other.
class EarlyStopping {
 public:
  enum class Verdict : std::uint8_t { improved, go_on, stop };

  /// Throws ConfigError for the rule gl on a score of which higher values are better: GL is a share of a loss.
  EarlyStopping(const EarlyStoppingOptions& options, Better better);

  /// The next epoch's value. Throws ConfigError for the rule gl on a value below 0. At E* = 0 any
  /// worse value is infinitely worse.
  Verdict observe(double value);

  /// Best value and its epoch (from 1); an epoch of 0: none was improved yet.
  double best() const noexcept { return best_; }
  std::int32_t best_epoch() const noexcept { return best_epoch_; }
  std::int32_t epochs() const noexcept { return epochs_; }

  /// Its state, so that a resumed training stops where it would have. load() Throws DataError when
  /// the bytes are no such state; options and direction are the caller's to keep.
  void save(ByteWriter& writer) const;
  void load(ByteReader& reader);

 private:
  bool stops(double value) const noexcept;

  EarlyStoppingOptions options_;
  Better better_;
  double best_;
  std::int32_t best_epoch_ = 0;
  std::int32_t epochs_ = 0;
};

/// Draws cut in two by row: a row that was drawn several times goes wholly to one side.
struct HeldOut {
  std::vector<std::uint32_t> training;    ///< draws that are left, in their order
  std::vector<std::uint32_t> kept;        ///< where they were: training[i] = draws[kept[i]], for weights of draws
  std::vector<std::uint32_t> validation;  ///< rows held out, ascending, each once
};

/// Holds out round(fraction * n) of the n distinct rows of the draws, at least one and at most n - 1, at
/// random. With labels (of all rows; empty for regression) each class gives its share of them, rounded
/// by largest remainders, and keeps a row to train on as far as that leaves any to hold out.
///
/// A function of its arguments alone. Throws DataError when there are less than two distinct rows.
HeldOut hold_out(std::span<const std::uint32_t> draws, std::span<const std::int32_t> labels, double fraction,
                 std::uint64_t key);

}  // namespace jury
