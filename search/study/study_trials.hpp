// The trials of a search that trains.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "search/study/search_results.hpp"
#include "search/study/study_trial.hpp"
#include "search/study/trial_settings_file.hpp"

namespace jury {

class StudyTrials final : public TrialMaker {
 public:
  /// The search of a whole run (outer kNone), or that of an outer fold. The blobs and the file of settings must outlive
  /// this; without one there is nothing but search_task().
  StudyTrials(const TrialContext& context, const BlobStore& blobs, std::int32_t outer,
              TrialSettingsWriter* settings = nullptr);

  SearchTask search_task() const override;
  std::unique_ptr<TrialWork> make(const TrialId& id, const TrialSettings& settings) override;
  void publish() override { settings_->publish(); }
  void inherit(const TrialId& id, const TrialId& parent) override { inherit_checkpoints(context_, id, parent); }
  /// Keeps the fits without their predictions, and their scores.
  void retire(const TrialId& id, TrialWork& work) override;
  std::optional<JoinedStudy> join(std::int32_t number, const std::vector<JoinCandidate>& complete) override;
  void do_not_join(const std::string& reason) override { joined_->reason = reason; }
  void report(SearchResults& results) const override;

 private:
  TrialContext context_;
  const BlobStore& blobs_;
  std::int32_t outer_;
  TrialSettingsWriter* settings_;
  std::vector<TrialObjective> objectives_;
  Fits fits_;
  std::vector<std::pair<TaskKey, FitScores>> fit_scores_;
  std::optional<JoinedTrials> joined_;
};

/// What StudyTrials made.
inline StudyTrial* study_of(TrialWork* work) noexcept { return static_cast<StudyTrial*>(work); }

}  // namespace jury
