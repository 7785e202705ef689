// Members that follow from one another: trained in order by one task.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "runtime/base/bytes.hpp"
#include "runtime/base/stop.hpp"
#include "search/study/fit_result.hpp"
#include "search/study/member_trainer.hpp"

namespace jury {

/// What the rounds of one task share. Everything referred to must outlive them.
struct RoundsInput {
  MemberTrainer& trainer;
  const Dataset& dataset;  ///< that is trained on
  const FitRows& rows;
  TaskKey key;  ///< of the task

  /// That rows.valid are of: the study's, or of an inner fold what is trained on.
  const Dataset& valid_dataset() const noexcept {
    return key.inner == TaskKey::kNone ? trainer.plan().dataset() : dataset;
  }
};

/// The members of one boosted model, of one training with snapshots, ...: round 0, 1, ... are trained in
/// order, and the state between two of them can be saved, so that they go on anywhere.
class Rounds {
 public:
  virtual ~Rounds() = default;

  struct Outcome {
    FitOutcome fit;
    bool is_last = false;  ///< no round can follow
  };
  /// The next round; nothing when it was stopped, the state is then that before the round.
  virtual std::optional<Outcome> next(std::int32_t round, const StopFlag& stop) = 0;
  virtual void save(ByteWriter& writer) const = 0;
  /// Throws DataError when the bytes are no such state.
  virtual void load(ByteReader& reader) = 0;
};

/// The training rows, each once and ascending, and how much each counts: as often as it was drawn, times its own
/// weight.
struct CountedRows {
  CountedRows(const Dataset& dataset, std::span<const std::uint32_t> draws);

  std::vector<std::uint32_t> rows;
  std::vector<float> weights;
};

/// Fills in what a member that was trained on all draws of the task says of the task's rows: training and out-of-bag
/// scores, and predictions for those of the study's own dataset.
void predict_all(const RoundsInput& input, const Fitted<TrainedMember>& member, const TaskKey& key, FitResult& fit);

/// `truth` under other weights, which must outlive it.
inline Truth with_weights(Truth truth, std::span<const float> weights) noexcept {
  truth.weights = weights;
  return truth;
}

/// The rounds of a sequential method.
std::unique_ptr<Rounds> make_rounds(const RoundsInput& input);

/// Where the state between rounds is kept while they run.
struct RoundsCheckpoint {
  std::optional<Bytes> begun = {};              ///< of an earlier session; rounds before it are not trained again
  std::function<void(const Bytes&)> save = {};  ///< called between rounds, at most every second, and when stopped
};

/// Runs rounds up to `num_rounds` and gives those from `first` on. A checkpoint holds what is given too. A
/// TaskResult's continuation is a checkpoint for the task that is called by the round after its last.
/// Nothing when it was stopped.
std::optional<TaskResult> run_rounds(Rounds& rounds, std::int32_t first, std::int32_t num_rounds,
                                     const RoundsCheckpoint& checkpoint, const StopFlag& stop);

}  // namespace jury
