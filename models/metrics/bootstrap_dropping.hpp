// Which trials are not worth another fold: dropping by the bootstrap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/metrics/honest_winner.hpp"

namespace jury {

struct DropOptions {
  double threshold = 0.99;       ///< share of resamples in which a dropped trial loses, in (0, 1]
  std::size_t resamples = 1000;
};

/// How the trials stand after some folds.
struct DropDecision {
  std::optional<std::size_t> best = {};  ///< the trial with the least mean loss; nothing when none has a loss
  std::vector<double> worse = {};        ///< (trials) share of resamples in which each loses to `best`; 0 of that
  std::vector<std::size_t> dropped = {}; ///< those with a share of at least the threshold, ascending
};

/// Dropping of BBCD-CV (Tsamardinos, Greasidou, Borboudakis 2018): of the rows predicted so far resamples are drawn, and a trial
/// that has a larger loss than the best one in nearly all of them will hardly win with the folds to come. To be asked after
/// each fold, of the trials that are still alive; their honest_winner() then is of those alone that have all folds. A draw
/// is no loss, so equal trials stay. It is no test that may be looked at again and again: its error is not bounded over all folds.
///
/// `trials.scores` are losses, less being better. The best is sought among trials with the most rows, ties to the lowest; a
/// trial is compared with it by the rows that both have, weighted, in resamples of all (or of groups). `key` is a stream_key of
/// Purpose::interval; with the same one at each fold, decisions differ by their rows alone. O(trials * rows * resamples).
/// Expects 0 < threshold <= 1.
DropDecision drop_by_bootstrap(const TrialRows& trials, std::uint64_t key, const DropOptions& options = {});

}  // namespace jury
