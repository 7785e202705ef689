#include "search/study/function_source.hpp"

#include <fmt/format.h>

#include <memory>

#include "search/study/function_trials.hpp"

namespace jury {

FunctionSource::FunctionSource(const Experiment& experiment, const std::string& directory)
    : experiment_(experiment), settings_(directory), search_(std::make_unique<FunctionTrials>(experiment, settings_)) {}

void FunctionSource::count(const Record& record) {
  timing_.push_back(timing_of(record));
  if (record.state != TaskState::complete)
    failures_.push_back(fmt::format("{}: {} ({})", to_string(record.key), to_string(record.state), record.message));
}

void FunctionSource::restore(const Record& record) {
  if (search_.restore(record)) count(record);
}

std::vector<ReadyTask> FunctionSource::take_ready() {
  std::vector<ReadyTask> ready = std::exchange(first_, {});
  for (const ReadyTask& task : search_.take_ready()) ready.push_back(task);
  return ready;
}

void FunctionSource::done(const Record& record) {
  count(record);
  search_.done(record);
}

WorkProgress FunctionSource::progress() const {
  return {.fits_done = timing_.size(),
          .fits_failed = failures_.size(),
          .fits_left = static_cast<std::size_t>(search_.num_trials_left()),
          .share = search_.share(),
          .search = search_.progress()};
}

SearchResults FunctionSource::results() const {
  const SearchSection& section = *experiment_.search;
  SearchResults results{.experiment = recorded_config(experiment_),
                        .method = section.method,
                        .pruner = section.pruner,
                        .objectives = {function_objective(*experiment_.objective)}};
  results.complete = is_finished();
  results.honest.reason = "a function is not scored on rows";
  search_.report(results);
  return results;
}

}  // namespace jury
