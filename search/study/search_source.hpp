// The work of a run with [search]: all its searches, then the studies of what they chose.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "search/study/study_trials.hpp"
#include "search/study/study_work.hpp"
#include "search/study/trial_search.hpp"

namespace jury {

class SearchSource final : public StudyWork {
 public:
  /// `base` is the study of the experiment's own settings: what there is to show while no trial is complete. All must
  /// outlive this.
  SearchSource(const TrialContext& context, const StudyPlan& base, const BlobStore& blobs);

  void restore(const Record& record) override;
  /// Replays what the records decide.
  void settle() override { first_ = take_ready(); }
  std::vector<ReadyTask> take_ready() override;
  std::vector<ReadyTask> take_withdrawn() override;
  void done(const Record& record) override;
  bool is_finished() const override { return is_finished_; }
  WorkProgress progress() const override;
  WorkState state() override;
  std::vector<SettledTrial> take_settled() override;
  const std::vector<FitTiming>& timing() const override { return timing_; }

 private:
  TrialSearch& search_of(const TaskKey& key);
  void count(const Record& record);
  const SearchResults& results();
  void add_outer(const StudyTrial& best, const TrialId& id, double inner_value);

  TrialContext context_;
  const StudyPlan& base_;
  TrialSettingsWriter settings_;
  std::vector<std::unique_ptr<TrialSearch>> searches_;  // the main one first
  std::vector<FitTiming> timing_;
  std::size_t fits_failed_ = 0;
  bool is_finished_ = false;
  std::vector<ReadyTask> first_;  // found by settle()
  const Fits none_;
  SearchResults results_;
  bool results_are_old_ = true;
};

}  // namespace jury
