// A search without a pool: its tasks are done one at a time, in an order that a seed decides.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/hash.hpp"
#include "runtime/base/rng.hpp"
#include "search/study/search_evaluator.hpp"
#include "search/study/search_source.hpp"
#include "support/methods.hpp"

namespace jury {

/// twonorm, three folds of linear models, learning rates searched; sections of JSON over it.
inline Experiment searched_experiment(const std::string& settings, const std::string& search) {
  Config config =
      config_from_json(R"j({"experiment": {"seed": 5}, "data": {"generator": "twonorm", "rows": 42, "test_rows": 10},
    "model": {"type": "linear"}, "train": {"epochs": 4, "batch": 8}, "cv": {"folds": 3},
    "search": {"method": "random", "trials": 6, "parallel": 2, "objective": "log_loss", "space": {"train.lr": "loguniform(1e-3, 1)"}}})j");
  for (const auto& [over, root] : {std::pair(settings, std::string()), std::pair(search, std::string("search"))}) {
    if (over.empty()) continue;
    const Config given = config_from_json(over);
    for (const auto& [key, value] : *given.as<Config::Table>()) {
      const std::string path = root.empty() ? key : root + "." + key;
      if (!value.is_table() || config.find_path(path) == nullptr || key == "space") {
        config.set_path(path, value);
        continue;
      }
      for (const auto& [name, entry] : *value.as<Config::Table>()) config.set_path(path + "." + name, entry);
    }
  }
  Problems problems;
  Experiment experiment = read_experiment(config, problems);
  problems.throw_if_any();
  return experiment;
}

/// One session of a search in a run directory of its own, unless one is given.
class SearchSession {
 public:
  explicit SearchSession(Experiment given)
      : study_(std::make_unique<SmallStudy>(std::move(given))),
        context_(trial_context(study_->plan, folder_.path())),
        blobs_(folder_ / "blobs"),
        evaluator_(context_),
        source_(context_, study_->plan, blobs_) {}

  /// What an earlier session left behind. To be called once, first.
  void restore(const std::vector<Record>& records) {
    for (const Record& record : records) source_.restore(record);
    source_.settle();
  }

  /// Does one task, any of those that are ready; false: there is none.
  bool step(Rng& order) {
    for (const ReadyTask& task : source_.take_ready()) ready_.push_back(task);
    for (const ReadyTask& task : source_.take_withdrawn())
      std::erase_if(ready_, [&](const ReadyTask& ready) { return ready.key == task.key; });
    if (ready_.empty()) return false;
    const auto at = ready_.begin() + static_cast<std::ptrdiff_t>(order.below(ready_.size()));
    const ReadyTask task = *at;
    ready_.erase(at);
    records_.push_back(evaluator_.evaluate(task.key, StopFlag()).value());
    records_.back().settings = task.settings;
    source_.done(records_.back());
    return true;
  }

  void run(std::uint64_t seed) {
    Rng order(seed);
    while (step(order)) {
    }
    EXPECT_TRUE(source_.is_finished());
  }

  const std::vector<Record>& records() const noexcept { return records_; }
  const SearchResults& results() { return *source_.state().search; }
  WorkState state() { return source_.state(); }
  SearchSource& source() noexcept { return source_; }
  const TrialContext& context() const noexcept { return context_; }
  const Scratch& folder() const noexcept { return folder_; }
  const StudyPlan& plan() const noexcept { return study_->plan; }

  /// All that is decided and found, as text: equal for searches that say the same.
  std::string said() {
    const WorkState state = source_.state();
    std::string text = "chosen " + std::to_string(state.search->chosen) + "\n";
    const auto number = [](double value) { return std::to_string(value) + " "; };
    for (const TrialLine& trial : state.search->trials) {
      text += std::to_string(trial.id.trial) + " " + to_text(Config(trial.values)) + " " + trial.state + " " +
              trial.error + " " + std::to_string(trial.resource) + " " + number(trial.start) + number(trial.end);
      for (const double value : trial.score.objectives) text += number(value);
      for (const double value : trial.score.scores) text += number(value);
      text += number(trial.score.standard_error) + std::to_string(trial.score.oof.size()) + "\n";
    }
    for (const auto& [key, fit] : state.search->fits)
      text += to_string(key) + " " + std::to_string(fit.result.num_epochs) + "\n";
    for (const auto& [key, fit] : *state.fits) {
      const Bytes bytes = to_bytes(TaskResult{.fits = {fit}});
      text += to_string(key) + " " + std::to_string(Hasher().add(std::span<const std::byte>(bytes)).digest()) + "\n";
    }
    return text;
  }

 private:
  Scratch folder_;
  std::unique_ptr<SmallStudy> study_;
  TrialContext context_;
  BlobStore blobs_;
  SearchEvaluator evaluator_;
  SearchSource source_;
  std::vector<ReadyTask> ready_;
  std::vector<Record> records_;
};

}  // namespace jury
