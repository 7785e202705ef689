// What a stored ensemble says of new rows, worked out by any number of ranks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/ensemble/combine.hpp"
#include "models/ensemble/uncertainty.hpp"
#include "runtime/mpi/comm.hpp"
#include "search/study/jury_scores.hpp"
#include "search/study/stored_ensemble.hpp"

namespace jury {

/// Whether each member's own predictions come to rank 0 as well.
enum class MemberOutput : std::uint8_t { combined_only, each };

/// What is made of each row: the answer alone (`combined` in the reported way, label, intervals, sets), or all that is
/// known of it.
enum class Detail : std::uint8_t { answer, all };

/// Whether label and probabilities are calibrated where the run's own are.
enum class Calibrating : std::uint8_t { as_run, left_out };

/// What is asked of an ensemble. The same on all ranks, but for on_member.
struct EnsembleQuery {
  /// How members are joined, the reported way first: rules that apply, and the method of a stack. Expects one.
  std::vector<std::string> combines;
  /// The way to join that the run reports and was calibrated for. Joined otherwise there is neither calibration nor
  /// what split conformal makes; intervals of jackknife_plus are around the mean and stay.
  std::string reported = {};
  Calibrating calibrating = Calibrating::as_run;
  Detail detail = Detail::all;
  MemberOutput members = MemberOutput::combined_only;
  std::uint64_t rows_before = 0;  ///< of the file of new rows, in pieces before this one
  /// On rank 0, with MemberOutput::each: what a voice says (rows, width), in their order (EnsembleVoices).
  std::function<void(std::size_t member, Predictions)> on_member = {};
};

/// Predictions of the test set of a dataset, row by row.
struct EnsemblePredictions {
  CombinationShape shape = {};
  std::vector<std::string> combines = {};
  std::vector<std::vector<float>> combined = {};  ///< (rows, width) each, in the order of `combines`
  std::vector<float> calibrated = {};             ///< (rows, width) of the first of them; empty: not calibrated
  std::vector<float> mean = {};                   ///< (rows, width)
  std::vector<float> deviation = {};              ///< (rows, outputs): standard deviation over members
  std::vector<std::int32_t> votes = {};           ///< (rows, classes)
  std::vector<std::int32_t> label = {}, label_mean = {},
                            label_vote = {};  ///< (rows): -1: none; the first of the reported way, calibrated
  std::vector<float> low = {}, high = {};     ///< (rows, outputs): conformal intervals; NaN where not predicted
  std::vector<std::int32_t> sets = {};        ///< (rows, classes): 1 in the conformal set, 0 not, -1 not predicted
  RowUncertainty uncertainty = {};
  std::size_t num_unpredicted = 0;  ///< rows that could not be predicted in the reported way; they are NaN

  /// Without the members' own variances the whole spread of values is epistemic, and is `deviation`.
  bool has_split_variance() const noexcept {
    return !uncertainty.aleatoric.empty() && shape.outcome == Outcome::values;
  }
};

/// Predicts the test set of `dataset`, which is of load_new_rows(). Each rank takes whole blocks of kPredictBlock rows,
/// and rows are combined one by one in member order, so the bits do not depend on the number of ranks. Collective; the
/// result is on rank 0.
///
/// Intervals are float32 rounded outward: what the double ones hold they hold. Those of jackknife_plus cost
/// O(members * training rows) a cell, shared by the ranks.
///
/// A row with a missing number that a member's preprocessing does not fill is not predicted by that member.
/// Memory of a rank: what is asked of its share of the rows. Members predict some thousand rows, one member after the
/// other, before the next ones; with MemberOutput::each all rows, of which each member's predictions are held in turn,
/// or those of all members where a way to join needs them (CombineRule::streams()), or of each base of a stack.
EnsemblePredictions predict_ensemble(const StoredEnsemble& ensemble, const Dataset& dataset, const EnsembleQuery& query,
                                     const Comm& comm);

/// Whether this way to join is that of the ensemble's stack.
bool is_stack_of(const StoredEnsemble& ensemble, std::string_view combine) noexcept;

}  // namespace jury
