// A trial that trains: the study at its settings.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "search/study/study_checks.hpp"
#include "search/study/study_source.hpp"
#include "search/study/trial_work.hpp"

namespace jury {

/// The part of a trial's study that its objective needs first; once it is chosen, the rest.
class StudyTrial final : public TrialWork {
 public:
  /// Checks the study. Throws ConfigError where the settings do not go together, or not with the data. The objectives
  /// must outlive this.
  StudyTrial(const TrialContext& context, const TrialId& id, const TrialSettings& settings, const BlobStore& blobs,
             const std::vector<TrialObjective>& objectives);

  void restore(const std::vector<Record>& records) override;
  std::vector<ReadyTask> begin(const StepRange& range, std::map<TaskKey, Record>& known) override;
  void done(const Record& record) override;
  std::vector<ReadyTask> take_withdrawn() override;
  bool step_is_done() const override { return pending_.empty(); }

  /// Operations of the declared training up to a step, less what early stopping saved. A fit without early stopping
  /// costs what it was declared to, also where it diverged: only so is the virtual schedule known before the fits are
  /// done.
  double cost(const StepRange& range) const override;
  double least_cost(const StepRange& range) const override;
  TrialScore score() const override;
  std::vector<double> losses_of(const TrialScore& score, std::size_t fold) const override;
  std::string why_no_value() const override { return "no member of a fold is complete (see the states of its fits)"; }

  std::vector<ReadyTask> begin_rest() override;
  bool is_finished() const override;
  std::size_t num_judged_left() const override;
  std::size_t num_fits_left() const override;

  const TrialPlan& trial() const noexcept { return trial_; }
  const StudyPlan& plan() const noexcept { return trial_.plan(); }
  StudySource& source() noexcept { return source_; }
  const StudySource& source() const noexcept { return source_; }
  /// Of a trial of an outer fold that was chosen: the study of its evaluation there; null before.
  const StudySource* outer_source() const noexcept { return outer_source_.get(); }

 private:
  std::function<bool(const TaskKey&)> wanted(const StepRange& range) const;
  void take_restored(const std::function<bool(const TaskKey&)>& wanted);
  double cost_of(std::string_view name) const;
  void check_limits(const LimitOptions& limits) const;
  double task_cost(const TaskKey& key, double share) const;
  bool is_declared() const;
  std::vector<ReadyTask> begin_outer();

  TrialId id_;
  const std::vector<TrialObjective>& objectives_;
  TrialPlan trial_;
  CheckedStudy checked_;
  std::vector<double> flops_per_draw_;
  double num_parameters_ = 0;  // of a member, or of a stack's bases together
  const BlobStore& blobs_;
  StudySource source_;
  std::unique_ptr<StudySource> outer_source_;
  std::vector<Record> restored_;  // not yet asked for
  std::vector<Record> outer_restored_;
  std::set<TaskKey> pending_;  // keys in the trial
  std::set<TaskKey> paused_;   // done up to a rung
};

}  // namespace jury
