// The study's side of the pool: which tasks are left, and what came back.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "runtime/store/blob.hpp"
#include "runtime/store/record.hpp"
#include "search/study/checkpoints.hpp"
#include "search/study/jury_growth.hpp"
#include "search/study/member_predictions.hpp"
#include "search/study/study_plan.hpp"
#include "search/study/study_work.hpp"

namespace jury {

/// Expected floating-point operations of a task: training, and the predictions after it.
/// `flops_per_draw`: CheckedStudy::flops_per_draw().
double expected_flops(const StudyPlan& plan, const TaskKey& key, const std::vector<double>& flops_per_draw);

/// What of it must be done before a stop leaves a checkpoint that the task goes on from; nothing: all of it.
std::optional<double> cost_until_kept(const StudyPlan& plan, const TaskKey& key, double cost);

/// Gives out the tasks that have no final record yet and collects all that are done. No task waits for
/// another, so all are ready at once. Members of a jury that has enough of them are withdrawn; what is done of
/// them is no part of the results.
class StudySource final : public StudyWork {
 public:
  static constexpr std::size_t kMostBytesKept = std::size_t{32} << 20;

  /// All but the numbers must outlive this. Checkpoints of tasks that are done are removed. Of the results in `blobs`
  /// so many bytes are held in memory; those that come later are read again when they are needed.
  StudySource(const StudyPlan& plan, const BlobStore& blobs, const Checkpoints& checkpoints,
              const std::vector<double>& flops_per_draw, std::size_t most_bytes_kept = kMostBytesKept);

  void restore(const Record& record) override;
  /// The same of a record that stays as it is, whatever its state.
  void restore_as_it_is(const Record& record);
  /// Rounds that go on where an earlier session ended get their checkpoints, each as a task of its own.
  void settle() override;

  std::vector<ReadyTask> take_ready() override;
  /// The same of some tasks: `wanted` says of which.
  std::vector<ReadyTask> take(const std::function<bool(const TaskKey&)>& wanted);
  std::vector<ReadyTask> take_withdrawn() override { return std::exchange(withdrawn_, {}); }
  void done(const Record& record) override;

  /// A task that is done is to be done again, further than before: what came of it is forgotten.
  void again(const TaskKey& key);
  /// Those that are not done, whether given or not.
  std::vector<TaskKey> waiting(const std::function<bool(const TaskKey&)>& wanted) const;

  const Fits& fits() const noexcept { return fits_; }
  /// All of them, and none is left here.
  Fits take_fits() noexcept { return std::exchange(fits_, {}); }
  const std::vector<FitTiming>& timing() const override { return timing_; }
  bool is_finished() const override { return waiting_.empty(); }
  WorkProgress progress() const override;
  WorkState state() override { return {.plan = &plan_, .fits = &fits_, .fits_left = num_fits_left()}; }
  std::size_t num_left() const noexcept { return waiting_.size(); }
  /// Fits of the tasks that are left; where members are added until there are enough, the most.
  std::size_t num_fits_left() const;
  /// Share of the expected work that is done, in [0, 1].
  double work_done() const noexcept;

 private:
  /// What is known of members that follow from one another.
  struct Chain {
    std::map<std::int32_t, Bytes> continuations = {};  // by the round that they go on with
  };

  enum class Session { earlier, this_one };
  void keep(const Record& record, Session session);
  TaskResult result_of(const Record& record);
  TaskKey first_of(TaskKey key) const;
  void continue_chain(const TaskKey& first);
  void settle_size(TaskKey jury);

  const StudyPlan& plan_;
  const BlobStore& blobs_;
  const Checkpoints& checkpoints_;
  std::vector<double> flops_per_draw_;
  std::map<TaskKey, double> waiting_;      // not done, with their cost
  std::map<TaskKey, Chain> chains_;        // of earlier sessions, by their first task
  std::map<TaskKey, JuryGrowth> growing_;  // juries of members = "auto"
  std::vector<ReadyTask> withdrawn_;
  Fits fits_;
  std::size_t most_bytes_kept_;
  std::size_t bytes_kept_ = 0;
  std::vector<FitTiming> timing_;
  double work_total_ = 0;
  double work_finished_ = 0;
  std::set<TaskKey> given_;
};

}  // namespace jury
