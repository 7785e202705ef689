// The study's side of the pool: which fits are left, and what came back.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "runtime/pool/task_source.hpp"
#include "runtime/store/blob.hpp"
#include "runtime/store/record.hpp"
#include "search/study/checkpoints.hpp"
#include "search/study/member_predictions.hpp"
#include "search/study/results_file.hpp"
#include "search/study/study_plan.hpp"

namespace jury {

/// Expected floating-point operations of a fit: training, and the predictions after it.
/// `flops_per_draw` is step_flops() of its network.
double expected_flops(const StudyPlan& plan, const TaskKey& key, double flops_per_draw);

/// Gives out the fits that have no final record yet and collects all that are done. In this version
/// no fit waits for another, so all are ready at once.
class StudySource final : public TaskSource {
 public:
  /// All but the number must outlive this. Checkpoints of tasks that are done are removed.
  StudySource(const StudyPlan& plan, const BlobStore& blobs, const Checkpoints& checkpoints, double flops_per_draw);

  /// A record of an earlier session. Records of fits that the plan does not have (fewer members are
  /// asked for now) are left out; those that are not final are tried again.
  void restore(const Record& record);

  std::vector<ReadyTask> take_ready() override;
  void done(const Record& record) override;

  const Fits& fits() const noexcept { return fits_; }
  const std::vector<FitTiming>& timing() const noexcept { return timing_; }
  std::size_t num_left() const noexcept { return waiting_.size(); }
  /// Share of the expected work that is done, in [0, 1].
  double work_done() const noexcept;

 private:
  void keep(const Record& record);

  const StudyPlan& plan_;
  const BlobStore& blobs_;
  const Checkpoints& checkpoints_;
  std::map<TaskKey, double> waiting_;  // not given out, with their cost
  Fits fits_;
  std::vector<FitTiming> timing_;
  double work_total_ = 0;
  double work_finished_ = 0;
  bool given_ = false;
};

}  // namespace jury
