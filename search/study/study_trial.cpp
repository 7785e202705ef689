#include "search/study/study_trial.hpp"

#include <algorithm>

#include "models/nn/network.hpp"

namespace jury {
namespace {

constexpr double kTaskOperations = 1e6;  // of any task beside its training

bool scores_folds(const std::vector<TrialObjective>& objectives) { return objectives.front().source == "oof"; }

std::int64_t place_of(const StudyPlan& plan, const TaskKey& key) {
  return std::int64_t{key.repeat} * plan.num_folds() + key.fold;
}

}  // namespace

StudyTrial::StudyTrial(const TrialContext& context, const TrialId& id, const Config::Table& values, const BlobStore& blobs,
                       const std::vector<TrialObjective>& objectives)
    : id_(id),
      objectives_(objectives),
      trial_(context, id, values),
      checked_(check_study(trial_.plan())),
      flops_per_draw_(checked_.flops_per_draw()),
      source_(trial_.plan(), blobs, trial_.checkpoints(), flops_per_draw_) {
  for (const CheckedModel& model : checked_.models)
    if (model.network) num_parameters_ += jury::num_parameters(*model.network);
}

void StudyTrial::restore(const std::vector<Record>& records) {
  for (Record record : records) {
    record.key = key_in_trial(record.key);
    source_.restore(record);
  }
  source_.settle();
}

std::function<bool(const TaskKey&)> StudyTrial::wanted(const StepRange& range) const {
  const bool folds = scores_folds(objectives_);
  return [this, folds, range](const TaskKey& key) {
    const bool counts = folds ? key.repeat != TaskKey::kNone : key.fold == TaskKey::kNone && key.replicate == TaskKey::kNone;
    if (!counts || range.until == StepRange::kAll) return counts;
    if (range.resource == "members") return key.member < range.until;
    if (range.resource == "folds") return place_of(plan(), key) < range.until;
    return true;
  };
}

std::vector<ReadyTask> StudyTrial::begin(const StepRange& range, std::map<TaskKey, Record>& known) {
  const auto tasks = wanted(range);
  const bool pauses = range.resource == "epochs" && range.until != StepRange::kAll;
  if (pauses)
    for (const TaskKey& key : begun_) source_.again(key);
  std::vector<ReadyTask> ready;
  for (ReadyTask task : source_.take(tasks)) {
    begun_.insert(task.key);
    const TaskKey in_trial = task.key;
    if (pauses) task.key.rung = static_cast<std::int32_t>(range.until);
    task.key = key_of_trial(task.key, id_);
    if (const auto record = known.find(task.key); record != known.end()) {
      Record earlier = std::move(record->second);
      known.erase(record);
      earlier.key = key_in_trial(earlier.key);
      source_.done(earlier);
      continue;
    }
    pending_.insert(in_trial);
    ready.push_back(task);
  }
  return ready;
}

std::vector<ReadyTask> StudyTrial::begin_rest() {
  std::vector<ReadyTask> ready = source_.take([](const TaskKey&) { return true; });
  for (ReadyTask& task : ready) {
    pending_.insert(task.key);
    task.key = key_of_trial(task.key, id_);
  }
  return ready;
}

void StudyTrial::done(const Record& record) {
  Record in_trial = record;
  in_trial.key = key_in_trial(record.key);
  source_.done(in_trial);
  if (pause_of(in_trial.key) > 0) in_trial.key.rung = TaskKey::kNone;
  pending_.erase(in_trial.key);
}

std::vector<ReadyTask> StudyTrial::take_withdrawn() {
  std::vector<ReadyTask> withdrawn = source_.take_withdrawn();
  for (ReadyTask& task : withdrawn) {
    pending_.erase(task.key);
    task.key = key_of_trial(task.key, id_);
  }
  return withdrawn;
}

std::size_t StudyTrial::num_judged_left() const { return source_.waiting(wanted({})).size(); }

double StudyTrial::task_cost(const TaskKey& key, double share) const {
  return kTaskOperations + share * expected_flops(plan(), key, flops_per_draw_);
}

// Whether a task costs what its settings say, however it ends.
bool StudyTrial::is_declared() const {
  const auto declared = [](const Configuration& one) {
    return !one.train.early_stopping && !is_auto(one.ensemble) && !traits_of(one.ensemble).is_sequential;
  };
  const Experiment& experiment = plan().experiment();
  return declared(experiment) && std::ranges::all_of(experiment.bases, declared);
}

double StudyTrial::cost(const StepRange& range) const {
  const auto counts = wanted(range);
  const bool declared = is_declared();
  const bool pauses = range.resource == "epochs" && range.until != StepRange::kAll;
  double sum = 0;
  for (const TaskKey& key : plan().tasks()) {
    if (!counts(key)) continue;
    const double epochs = plan().configuration(key).train.epochs;
    double share = pauses ? std::min(1.0, static_cast<double>(range.until) / epochs) : 1.0;
    if (!declared) {
      double ran = 0;
      TaskKey fit_key = key;
      for (std::int32_t f = 0; f < plan().num_fits_of(key); ++f, ++fit_key.member)
        if (const auto fit = source_.fits().find(fit_key); fit != source_.fits().end()) ran += fit->second.result.num_epochs;
      share = std::min(1.0, ran / (epochs * plan().num_fits_of(key)));
    }
    sum += task_cost(key, share);
  }
  return sum;
}

double StudyTrial::least_cost(const StepRange& range) const {
  return is_declared() ? cost(range) : kTaskOperations;
}

}  // namespace jury
