// The study's side of the pool: which tasks are left, and what came back.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "runtime/pool/task_source.hpp"
#include "runtime/store/blob.hpp"
#include "runtime/store/record.hpp"
#include "search/study/checkpoints.hpp"
#include "search/study/jury_growth.hpp"
#include "search/study/member_predictions.hpp"
#include "search/study/results_file.hpp"
#include "search/study/study_plan.hpp"

namespace jury {

/// Expected floating-point operations of a task: training, and the predictions after it.
/// `flops_per_draw`: CheckedStudy::flops_per_draw().
double expected_flops(const StudyPlan& plan, const TaskKey& key, const std::vector<double>& flops_per_draw);

/// Gives out the tasks that have no final record yet and collects all that are done. No task waits for
/// another, so all are ready at once. Members of a jury that has enough of them are withdrawn; what is done of
/// them is no part of the results.
class StudySource final : public TaskSource {
 public:
  /// All but the numbers must outlive this. Checkpoints of tasks that are done are removed.
  StudySource(const StudyPlan& plan, const BlobStore& blobs, const Checkpoints& checkpoints,
              const std::vector<double>& flops_per_draw);

  /// A record of an earlier session. Records of tasks that the plan does not have (fewer members are
  /// asked for now) are left out; those that are not final are tried again.
  void restore(const Record& record);
  /// To be called after the last restore(): rounds that go on where an earlier session ended get their
  /// checkpoints, each as a task of its own.
  void settle();

  std::vector<ReadyTask> take_ready() override;
  std::vector<ReadyTask> take_withdrawn() override { return std::exchange(withdrawn_, {}); }
  void done(const Record& record) override;

  const Fits& fits() const noexcept { return fits_; }
  const std::vector<FitTiming>& timing() const noexcept { return timing_; }
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

  void keep(const Record& record);
  TaskKey first_of(TaskKey key) const;
  void continue_chain(const TaskKey& first);
  void settle_size(TaskKey jury);

  const StudyPlan& plan_;
  const BlobStore& blobs_;
  const Checkpoints& checkpoints_;
  std::vector<double> flops_per_draw_;
  std::map<TaskKey, double> waiting_;  // not done, with their cost
  std::map<TaskKey, Chain> chains_;    // of earlier sessions, by their first task
  std::map<TaskKey, JuryGrowth> growing_;  // juries of members = "auto"
  std::vector<ReadyTask> withdrawn_;
  Fits fits_;
  std::vector<FitTiming> timing_;
  double work_total_ = 0;
  double work_finished_ = 0;
  bool given_ = false;
};

}  // namespace jury
