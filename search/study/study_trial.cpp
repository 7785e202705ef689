#include "search/study/study_trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/metrics/row_scores.hpp"
#include "models/nn/network.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

constexpr double kTaskOperations = 1e6;  // of any task beside its training

bool scores_folds(const std::vector<TrialObjective>& objectives) { return objectives.front().source == "oof"; }

std::int64_t place_of(const StudyPlan& plan, const TaskKey& key) {
  return std::int64_t{key.repeat} * plan.num_folds() + key.fold;
}

}  // namespace

StudyTrial::StudyTrial(const TrialContext& context, const TrialId& id, const TrialSettings& settings,
                       const BlobStore& blobs, const std::vector<TrialObjective>& objectives)
    : id_(id),
      objectives_(objectives),
      trial_(context, id, settings),
      checked_(check_study(trial_.plan())),
      flops_per_draw_(checked_.flops_per_draw()),
      blobs_(blobs),
      source_(trial_.plan(), blobs, trial_.checkpoints(), flops_per_draw_) {
  for (const CheckedModel& model : checked_.models)
    if (model.network) num_parameters_ += static_cast<double>(jury::num_parameters(*model.network));
  check_limits(context.experiment.search->limits);
}

// What a trial costs is declared, never measured.
double StudyTrial::cost_of(std::string_view name) const {
  const double members = plan().is_stack() ? 1 : max_members(plan().experiment().ensemble);
  if (name == "members") return members;
  if (name == "parameters") return num_parameters_;
  if (name == "bytes") {
    std::size_t bytes = 0;
    for (const CheckedModel& model : checked_.models) bytes = std::max(bytes, estimate_fit_bytes(plan(), model));
    return static_cast<double>(bytes);
  }
  double flops = 0;
  const auto counts = wanted({});
  for (const TaskKey& key : plan().tasks())
    if (counts(key)) flops += expected_flops(plan(), key, flops_per_draw_);
  return flops;
}

void StudyTrial::check_limits(const LimitOptions& limits) const {
  for (const auto& [name, limit] :
       {std::pair("flops", limits.flops), std::pair("parameters", limits.parameters), std::pair("bytes", limits.bytes)})
    if (const double cost = limit > 0 ? cost_of(name) : 0; cost > limit)
      throw ConfigError(
          fmt::format("infeasible: {} = {:.6g} is above search.limits.{} = {:.6g}", name, cost, name, limit));
}

TrialScore StudyTrial::score() const {
  TrialScore score = score_trial(plan(), source_.fits(), objectives_);
  for (std::size_t k = 0; k < objectives_.size(); ++k)
    if (!objectives_[k].cost.empty()) score.objectives[k] = cost_of(objectives_[k].cost);
  return score;
}

std::vector<double> StudyTrial::losses_of(const TrialScore& score, std::size_t fold) const {
  const TrialObjective& objective = objectives_.front();
  const auto mean = row_mean_of(*objective.metric, num_outputs(plan().dataset()));
  const auto folds = static_cast<std::size_t>(plan().num_folds());
  if (!mean || score.oof.size() <= fold / folds) return {};
  const std::vector<std::uint32_t> rows =
      plan().valid_rows(static_cast<std::int32_t>(fold / folds), static_cast<std::int32_t>(fold % folds));
  const std::size_t width = prediction_width(plan());
  std::vector<float> predictions;
  for (const std::uint32_t row : rows) {
    const auto of = row_of(score.oof[fold / folds], row, width);
    predictions.insert(predictions.end(), of.begin(), of.end());
  }
  const TruthOf truth(plan(), rows);
  std::vector<double> losses = row_scores(*mean->averaged, truth.truth(), predictions);
  for (double& loss : losses) loss = objective.minimised(loss);
  return losses;
}

void StudyTrial::restore(const std::vector<Record>& records) {
  for (Record record : records) {
    if (is_of_outer_fold(record.key)) {
      outer_restored_.push_back(std::move(record));
      outer_restored_.back().key = key_in_outer_plan(outer_restored_.back().key);
      continue;
    }
    record.key = key_in_trial(record.key);
    restored_.push_back(std::move(record));
  }
}

// A step is judged by what it was to do: records of later ones, and of a trial that was chosen when there were fewer,
// wait.
void StudyTrial::take_restored(const std::function<bool(const TaskKey&)>& wanted) {
  const auto waiting = std::stable_partition(restored_.begin(), restored_.end(),
                                             [&](const Record& record) { return wanted(record.key); });
  for (auto record = restored_.begin(); record != waiting; ++record) source_.restore_as_it_is(*record);
  restored_.erase(restored_.begin(), waiting);
  source_.settle();
}

std::function<bool(const TaskKey&)> StudyTrial::wanted(const StepRange& range) const {
  const bool folds = scores_folds(objectives_);
  return [this, folds, range](const TaskKey& key) {
    const bool counts =
        folds ? key.repeat != TaskKey::kNone : key.fold == TaskKey::kNone && key.replicate == TaskKey::kNone;
    const auto within = [](std::int64_t place, std::int64_t end) { return end == StepRange::kAll || place < end; };
    return counts && within(key.member, range.members) && (!folds || within(place_of(plan(), key), range.folds));
  };
}

std::vector<ReadyTask> StudyTrial::begin(const StepRange& range, std::map<TaskKey, Record>& known) {
  const auto tasks = wanted(range);
  const bool pauses = range.epochs != StepRange::kAll;
  for (const TaskKey& key : std::exchange(paused_, {})) source_.again(key);
  if (!pauses) take_restored(tasks);
  std::vector<ReadyTask> ready;
  for (ReadyTask task : source_.take(tasks)) {
    const TaskKey in_trial = task.key;
    if (pauses) {
      paused_.insert(task.key);
      task.key.rung = static_cast<std::int32_t>(range.epochs);
    }
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

// What a trial of an outer fold is chosen for: to be trained on all that the fold leaves, and to predict it.
std::vector<ReadyTask> StudyTrial::begin_outer() {
  outer_source_ =
      std::make_unique<StudySource>(trial_.outer_plan(), blobs_, trial_.outer_checkpoints(), flops_per_draw_);
  for (const Record& record : outer_restored_) outer_source_->restore(record);
  outer_restored_.clear();
  outer_source_->settle();
  std::vector<ReadyTask> ready = outer_source_->take([this](const TaskKey& key) { return key.fold == id_.outer; });
  for (ReadyTask& task : ready) task.key = key_of_outer_fold(task.key, id_);
  return ready;
}

bool StudyTrial::is_finished() const {
  if (id_.outer == TaskKey::kNone) return source_.is_finished();
  return outer_source_ != nullptr &&
         outer_source_->waiting([this](const TaskKey& key) { return key.fold == id_.outer; }).empty();
}

std::size_t StudyTrial::num_fits_left() const {
  if (id_.outer == TaskKey::kNone) return source_.num_fits_left();
  return outer_source_ != nullptr
             ? outer_source_->waiting([this](const TaskKey& key) { return key.fold == id_.outer; }).size()
             : 0;
}

std::vector<ReadyTask> StudyTrial::begin_rest() {
  if (id_.outer != TaskKey::kNone) return begin_outer();
  take_restored([](const TaskKey&) { return true; });
  for (const TaskKey& key : std::exchange(paused_, {})) trial_.checkpoints().remove(key);  // it goes no further
  std::vector<ReadyTask> ready = source_.take([](const TaskKey&) { return true; });
  for (ReadyTask& task : ready) {
    pending_.insert(task.key);
    task.key = key_of_trial(task.key, id_);
  }
  return ready;
}

void StudyTrial::done(const Record& record) {
  Record in_trial = record;
  if (is_of_outer_fold(record.key)) {
    in_trial.key = key_in_outer_plan(record.key);
    return outer_source_->done(in_trial);
  }
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
  if (outer_source_ == nullptr) return withdrawn;
  for (const ReadyTask& task : outer_source_->take_withdrawn())
    if (task.key.fold == id_.outer) withdrawn.push_back({key_of_outer_fold(task.key, id_), task.cost});
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
  const bool pauses = range.epochs != StepRange::kAll;
  double sum = 0;
  for (const TaskKey& key : plan().tasks()) {
    if (!counts(key)) continue;
    const double epochs = plan().configuration(key).train.epochs;
    double share = pauses ? std::min(1.0, static_cast<double>(range.epochs) / epochs) : 1.0;
    if (!declared) {
      double ran = 0;
      TaskKey fit_key = key;
      for (std::int32_t f = 0; f < plan().num_fits_of(key); ++f, ++fit_key.member)
        if (const auto fit = source_.fits().find(fit_key); fit != source_.fits().end())
          ran += fit->second.result.num_epochs;
      share = std::min(1.0, ran / (epochs * plan().num_fits_of(key)));
    }
    sum += task_cost(key, share);
  }
  return sum;
}

double StudyTrial::least_cost(const StepRange& range) const { return is_declared() ? cost(range) : kTaskOperations; }

}  // namespace jury
