// The work of a run over a function: its search.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "search/study/run_work.hpp"
#include "search/study/search_results.hpp"
#include "search/study/trial_search.hpp"
#include "search/study/trial_settings_file.hpp"

namespace jury {

class FunctionSource final : public RunWork {
 public:
  /// The experiment has an objective and a search, and must outlive this. Throws ConfigError where these do not go
  /// together.
  FunctionSource(const Experiment& experiment, const std::string& directory);

  void restore(const Record& record) override;
  /// Replays what the records decide.
  void settle() override { first_ = search_.take_ready(); }
  std::vector<ReadyTask> take_ready() override;
  void done(const Record& record) override;
  bool is_finished() const override { return search_.is_finished(); }
  WorkProgress progress() const override;
  const std::vector<FitTiming>& timing() const override { return timing_; }
  std::vector<SettledTrial> take_settled() override { return search_.take_settled(); }

  SearchResults results() const;
  /// One line each.
  const std::vector<std::string>& failures() const noexcept { return failures_; }

 private:
  void count(const Record& record);

  const Experiment& experiment_;
  TrialSettingsWriter settings_;
  TrialSearch search_;
  std::vector<FitTiming> timing_;
  std::vector<std::string> failures_;
  std::vector<ReadyTask> first_;  // found by settle()
};

}  // namespace jury
