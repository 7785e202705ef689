// The trials of a search over a built-in function.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "search/study/trial_settings_file.hpp"
#include "search/study/trial_work.hpp"

namespace jury {

/// One task for each step: the function at the trial's point and the step's share of objective.budget. Its payload is
/// the value as a double; by the virtual clock a step takes as many operations as it has units.
class FunctionTrial final : public TrialWork {
 public:
  FunctionTrial(const TrialId& id, std::int64_t budget) : id_(id), budget_(budget) {}

  void restore(const std::vector<Record>& records) override;
  std::vector<ReadyTask> begin(const StepRange& range, std::map<TaskKey, Record>& known) override;
  void done(const Record& record) override;
  bool step_is_done() const override { return !is_pending_; }

  double cost(const StepRange& range) const override { return static_cast<double>(units_of(range)); }
  double least_cost(const StepRange& range) const override { return cost(range); }
  TrialScore score() const override { return {.objectives = {value_}}; }
  std::string why_no_value() const override { return error_; }

  bool is_finished() const override { return !is_pending_; }
  std::size_t num_judged_left() const override { return is_pending_ ? 1 : 0; }
  std::size_t num_fits_left() const override { return num_judged_left(); }

 private:
  std::int64_t units_of(const StepRange& range) const noexcept {
    return range.epochs == StepRange::kAll ? budget_ : range.epochs;
  }

  TrialId id_;
  std::int64_t budget_;
  bool is_pending_ = false;
  double value_ = std::numeric_limits<double>::quiet_NaN();  // of the furthest step
  std::string error_ = {};
  std::vector<Record> restored_ = {};
};

class FunctionTrials final : public TrialMaker {
 public:
  /// The experiment has an objective and a search. Both must outlive this.
  FunctionTrials(const Experiment& experiment, TrialSettingsWriter& settings)
      : experiment_(experiment), settings_(settings) {}

  SearchTask search_task() const override;
  std::unique_ptr<TrialWork> make(const TrialId& id, const TrialSettings& settings) override;
  void publish() override { settings_.publish(); }
  void retire(const TrialId&, TrialWork&) override {}
  void report(SearchResults&) const override {}

 private:
  const Experiment& experiment_;
  TrialSettingsWriter& settings_;
};

/// What a function is minimised by: its own value.
TrialObjective function_objective(const ObjectiveOptions& objective);

}  // namespace jury
