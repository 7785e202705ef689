// Greedy selection of an ensemble from everything that was trained.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/ensemble/ensemble_options.hpp"
#include "models/metrics/scores.hpp"
#include "models/metrics/truth.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// What a selection is good at, on which rows. Both must outlive its use.
struct SelectionGoal {
  const Metric& metric;
  const Truth& truth;
};

/// One greedy run.
struct SelectionRun {
  std::vector<std::uint32_t> picks;  ///< bases, in the order they were picked
  std::vector<double> scores;        ///< of the mean of the picks so far, after every pick
  std::size_t num_kept = 0;          ///< picks up to the best score, the first of equals
};

struct Selection {
  std::vector<SelectionRun> runs;    ///< one, or options.bags
  std::vector<std::int32_t> counts;  ///< (bases) kept picks of all runs
  std::vector<double> weights;       ///< (bases) counts over their sum
  double score = 0;                  ///< of the weighted mean of the bases
};

/// Ensemble selection (Caruana, Niculescu-Mizil, Crew and Ksikes 2004): options.picks times the base
/// whose addition makes the score of the plain mean of the picks best, bases coming again as often as they
/// help; the first pick is the best single base. Of these nested ensembles the best is kept. The
/// combination is WeightedCombination::mean() under `weights`.
///
/// With options.bags > 0 that is done so often, each time over a random share options.bag_share of the
/// bases (at least one, without replacement), and the runs' counts add up: selection is greedy, and so
/// overfits less. The rng is not touched otherwise.
///
/// Bases are (rows, truth.width()), of rows they were not trained on. A base that predicted no row is never
/// picked; rows that one of the others did not predict (NaN) are left out of every score, so that all are
/// measured alike. Ties go to the lower base. Throws DataError when no row is left. Expects at least one
/// base, sizes that agree, picks >= 1, bag_share in (0, 1], and a metric for these predictions.
/// O(runs * picks * bases * rows * width).
Selection select_bases(const SelectionGoal& goal, std::span<const Predictions> bases, const StackOptions& options,
                       Rng& rng);

}  // namespace jury
