#include "search/study/function_trials.hpp"

#include "search/study/objective_experiment.hpp"

namespace jury {

void FunctionTrial::restore(const std::vector<Record>& records) { restored_ = records; }

std::vector<ReadyTask> FunctionTrial::begin(const StepRange& range, std::map<TaskKey, Record>& known) {
  TaskKey key = key_of_trial({}, id_);
  if (range.epochs != StepRange::kAll) key.rung = static_cast<std::int32_t>(range.epochs);
  for (const Record& record : std::exchange(restored_, {}))
    if (record.key == key) {
      done(record);
      return {};
    }
  if (const auto record = known.find(key); record != known.end()) {
    done(record->second);
    known.erase(record);
    return {};
  }
  is_pending_ = true;
  return {{key, cost(range)}};
}

void FunctionTrial::done(const Record& record) {
  is_pending_ = false;
  value_ = std::numeric_limits<double>::quiet_NaN();
  error_ = record.message;
  if (record.state == TaskState::complete) value_ = ByteReader(record.payload).read<double>();
}

TrialObjective function_objective(const ObjectiveOptions& objective) {
  return {.source = "function", .function = objective.function};
}

SearchTask FunctionTrials::search_task() const {
  const SearchSection& section = *experiment_.search;
  Problems problems;
  Space space = objective_space(experiment_, problems);
  problems.throw_if_any();
  return {.section = section,
          .seed = stream_key(experiment_.experiment.seed, Purpose::sampler, {TaskKey::kNone}),
          .space = std::move(space),
          .objectives = {function_objective(*experiment_.objective)},
          .rungs = {.trials = section.trials, .max_resource = experiment_.objective->budget}};
}

std::unique_ptr<TrialWork> FunctionTrials::make(const TrialId& id, const TrialSettings& settings) {
  settings_.add(id, settings);
  return std::make_unique<FunctionTrial>(id, experiment_.objective->budget);
}

}  // namespace jury
