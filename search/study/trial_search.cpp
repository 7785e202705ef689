#include "search/study/trial_search.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "runtime/base/numbers.hpp"
#include "search/study/search_results.hpp"
#include "search/study/trial_settings.hpp"

namespace jury {
TrialSearch::TrialSearch(std::unique_ptr<TrialMaker> maker)
    : maker_(std::move(maker)),
      task_(maker_->search_task()),
      sampler_(make_sampler(task_.section, task_.space, task_.seed)) {
  const SearchSection& section = task_.section;
  PrunerOptions rungs = section.rungs;
  rungs.method = section.pruner;
  if (section.pruner == "pbt") {
    auto population = std::make_unique<Population>(section.population, task_.rungs, task_.seed);
    population_ = population.get();
    pruner_ = std::move(population);
  } else {
    pruner_ = make_pruner(rungs, task_.rungs);
  }
  search_ = std::make_unique<VirtualSearch>(
      *pruner_,
      VirtualSearch::Settings{.workers = static_cast<std::int32_t>(section.parallel),
                              .proposals = is_adaptive(section) ? VirtualSearch::Proposals::depend_on_results
                                                                : VirtualSearch::Proposals::independent},
      VirtualSearch::Hooks{
          .ask = [this](std::int64_t number) { return ask(number); },
          .least = [this](const TrialStep& step) { return least(step); },
          .tell = [this](const VirtualStep& at, std::span<const double> values) { tell(at, values); }});
}

bool TrialSearch::restore(const Record& record) {
  // What failed was decided on, and stays so: tried again it would have another value, and later trials others.
  if (!is_final(record.state) && record.state != TaskState::failed) return false;
  if (pause_of(record.key) > 0) {
    rungs_.insert_or_assign(record.key, record);
  } else {
    restored_[record.key.trial].push_back(record);
  }
  return true;
}

bool TrialSearch::ask(std::int64_t number) {
  const std::optional<Assignment> assignment = sampler_->ask(number);
  if (!assignment) return false;
  Trial& trial = trials_[number];
  trial.settings.values = values_of(task_.space, *assignment);
  trial.assignment = *assignment;
  return true;
}

// The next generation's member: it goes on with its own settings, or with a better one's, changed.
TrialSearch::Trial& TrialSearch::trial_at(const TrialStep& step) {
  const std::int64_t number = number_of(step);
  if (const auto known = trials_.find(number); known != trials_.end()) return known->second;
  const TrialStep parent = population_->parent_of(step);
  const Trial& from = trials_.at(number_of(parent));
  Trial trial{.assignment = from.assignment, .settings = from.settings, .parent = number_of(parent), .cost = from.cost};
  if (parent.trial != step.trial) {
    const std::uint64_t key = stream_key(task_.seed, Purpose::sampler, {step.rung, step.trial});
    trial.assignment =
        task_.space.assign(explored(task_.space.unit_vector(from.assignment, 0.5), task_.section.population, key));
    trial.settings.values = values_of(task_.space, trial.assignment);
  }
  std::vector<TrialStage>& stages = trial.settings.stages;
  const auto until = static_cast<std::int32_t>(pruner_->resource(parent.trial, parent.rung));
  if (!stages.empty() && stages.back().values == from.settings.values) stages.pop_back();
  stages.push_back({until, from.settings.values});
  return trials_.emplace(number, std::move(trial)).first->second;
}

// Of a population: what a member's latest generation is; those before it went on.
TrialStatus TrialSearch::status_of(std::int64_t number) const {
  // Proposals that do not depend on results are there before the virtual clock comes to them.
  if ((population_ == nullptr ? number : number % task_.rungs.trials) >= pruner_->num_trials()) return {};
  if (population_ == nullptr) return pruner_->status(number);
  const auto rung = static_cast<std::int32_t>(number / task_.rungs.trials);
  const TrialStatus& latest = pruner_->status(number % task_.rungs.trials);
  if (rung == latest.rung || (rung == latest.rung + 1 && latest.state == TrialState::running))
    return {.state = latest.state, .rung = latest.rung, .value = latest.value};
  return {.state = TrialState::paused, .rung = rung, .value = 0};
}

// A trial whose settings do not go together fails; it is no error of the run.
bool TrialSearch::set_up(Trial& trial, std::int64_t number) {
  if (!trial.error.empty()) return false;
  if (trial.work) return true;
  try {
    trial.work = maker_->make(id_of(number), trial.settings);
    if (trial.parent >= 0) maker_->inherit(id_of(number), id_of(trial.parent));
  } catch (const ConfigError& error) {
    trial.error = error.what();
    std::ranges::replace(trial.error, '\n', ';');
    return false;
  }
  trial.hash = hash_of(trial.settings);
  restore_of(trial, number);
  return true;
}

// Where an earlier session decided otherwise (with fewer trials, say), its trial of this number had other settings:
// what it recorded does not count.
void TrialSearch::restore_of(Trial& trial, std::int64_t number) {
  const auto differs = [&](const Record& record) { return record.settings != trial.hash; };
  std::vector<Record> records;
  if (auto restored = restored_.extract(number)) records = std::move(restored.mapped());
  std::erase_if(records, differs);
  trial.work->restore(records);
  for (auto rung = rungs_.lower_bound({.trial = static_cast<std::int32_t>(number)});
       rung != rungs_.end() && rung->first.trial == number;)
    rung = differs(rung->second) ? rungs_.erase(rung) : std::next(rung);
}

void TrialSearch::add(const Trial& trial, std::vector<ReadyTask> tasks, std::vector<ReadyTask>& ready) {
  for (ReadyTask& task : tasks) {
    task.settings = trial.hash;
    ready.push_back(task);
  }
}

// A race climbs the first fold by epochs or members, and then takes fold after fold.
StepRange TrialSearch::range_of(const TrialStep& step) const {
  const SearchSection& section = task_.section;
  StepRange range;
  if (section.pruner == "none") return range;
  const bool is_race = section.pruner == "race";
  if (is_race) range.folds = fold_of(step) + 1;
  if (is_race && step.rung >= first_fold_rung(step)) return range;
  const std::int64_t until = pruner_->resource(step.trial, step.rung);
  (section.rungs.resource == "members" ? range.members
   : section.rungs.resource == "folds" ? range.folds
                                       : range.epochs) = until;
  return range;
}

std::int64_t TrialSearch::first_fold_rung(const TrialStep& step) const {
  return pruner_->num_rungs(step.trial) - task_.rungs.folds;
}

std::int64_t TrialSearch::fold_of(const TrialStep& step) const {
  return std::max<std::int64_t>(0, step.rung - first_fold_rung(step));
}

double TrialSearch::least(const TrialStep& step) {
  Trial& trial = trial_at(step);
  if (!set_up(trial, number_of(step))) return 0;
  return std::max(0.0, trial.work->least_cost(range_of(step)) - trial.cost);
}

void TrialSearch::begin(const TrialStep& step, std::vector<ReadyTask>& ready) {
  Trial& trial = trial_at(step);
  if (!set_up(trial, number_of(step))) return search_->finished(step, 0, {kNaN});
  under_way_.emplace(number_of(step), step);
  add(trial, trial.work->begin(range_of(step), rungs_), ready);
  finish_if_done(number_of(step));
}

void TrialSearch::finish(const TrialStep& step) {
  Trial& trial = trial_at(step);
  under_way_.erase(number_of(step));
  trial.score = trial.work->score();
  const double cost = trial.work->cost(range_of(step));
  const double took = std::max(0.0, cost - trial.cost);
  trial.cost = std::max(cost, trial.cost);
  // A fold without a prediction of its own has no complete member: so has the trial no value.
  const std::int64_t until = range_of(step).folds;
  const std::size_t folds = until != StepRange::kAll ? static_cast<std::size_t>(until) : trial.score.folds.size();
  for (std::size_t f = 0; f < std::min(folds, trial.score.folds.size()); ++f)
    if (!trial.score.fold_predicted[f]) trial.score.objectives.assign(task_.objectives.size(), kNaN);
  std::vector<double> values;
  for (std::size_t k = 0; k < task_.objectives.size(); ++k)
    values.push_back(task_.objectives[k].minimised(trial.score.objectives[k]));
  if (std::isnan(values.front())) trial.error = trial.work->why_no_value();
  if (task_.section.pruner == "race" && !std::isnan(values.front())) {
    const auto fold = static_cast<std::size_t>(fold_of(step));
    values = {task_.objectives.front().minimised(trial.score.folds[fold])};
    if (std::isnan(values.front()))
      trial.error = "the objective is not defined for one of the folds (race compares trials fold by fold)";
    for (const double loss : trial.work->losses_of(trial.score, fold)) values.push_back(loss);
  }
  search_->finished(step, took, std::move(values));
}

void TrialSearch::tell(const VirtualStep& at, std::span<const double> values) {
  Trial& trial = trial_at(at.step);
  if (at.step.rung == 0 || population_ != nullptr) trial.start = at.start;
  trial.end = at.end;
  std::vector<double> told(task_.objectives.size(), kNaN);
  if (!std::isnan(values.front()))
    for (std::size_t k = 0; k < trial.score.objectives.size(); ++k)
      told[k] = task_.objectives[k].minimised(trial.score.objectives[k]);
  if (population_ == nullptr)
    sampler_->tell(at.step.trial, trial.assignment, told,
                   static_cast<double>(pruner_->resource(at.step.trial, at.step.rung)));
  ++num_told_;
  if (population_ == nullptr) return settle(at.step.trial);
  // Members are complete once all are.
  for (std::int64_t member = 0; member < population_->num_trials(); ++member)
    if (const std::int64_t number = number_of({member, at.step.rung}); trials_.contains(number)) settle(number);
}

// A trial that is over keeps its fits' scores alone; the best one, whatever comes next.
void TrialSearch::settle(std::int64_t number) {
  Trial& trial = trials_.at(number);
  const TrialState state = status_of(number).state;
  if (trial.is_settled || state == TrialState::running || state == TrialState::paused) return;
  trial.is_settled = true;
  ++num_settled_;
  if (state != TrialState::complete) {
    tell_settled(number, state);
    return retire(number);
  }
  const double value = task_.objectives.front().minimised(trial.score.objectives.front());
  const bool is_best =
      !best_ || value < task_.objectives.front().minimised(trials_.at(*best_).score.objectives.front()) ||
      (value == task_.objectives.front().minimised(trials_.at(*best_).score.objectives.front()) && number < *best_);
  if (is_best && best_) retire(*best_);
  if (is_best) best_ = number;
  tell_settled(number, state);
  if (!is_best) retire(number);
}

void TrialSearch::tell_settled(std::int64_t number, TrialState state) {
  const Trial& trial = trials_.at(number);
  SettledTrial settled{.outer = task_.outer,
                       .trial = static_cast<std::int32_t>(number),
                       .state = state == TrialState::failed ? "failed" : "pruned",
                       .error = trial.error};
  if (state == TrialState::complete) {
    settled.state = "complete";
    settled.value = trial.score.objectives.front();
    settled.is_best = best_ == number;
  }
  settled_.push_back(std::move(settled));
}

void TrialSearch::retire(std::int64_t number) {
  Trial& trial = trials_.at(number);
  if (status_of(number).state != TrialState::complete) trial.score.oof.clear();
  if (!trial.work) return;
  maker_->retire(id_of(number), *trial.work);
  trial.work.reset();
}

void TrialSearch::choose() {
  chosen_ready_ = true;
  for (auto& [number, trial] : trials_) {
    if (trial.is_settled) continue;
    trial.is_settled = true;
    ++num_settled_;
    tell_settled(number, TrialState::pruned);
    retire(number);
  }
  join();
}

// Trials that were selected are the bases of one study. It has the number after all trials.
void TrialSearch::join() {
  std::vector<JoinCandidate> complete;
  for (const auto& [number, trial] : trials_)
    if (status_of(number).state == TrialState::complete)
      complete.push_back({static_cast<std::int32_t>(number), &trial.settings, &trial.score});
  if (!best_) return;
  const std::int64_t number = pruner_->max_trials();
  std::optional<JoinedStudy> study = maker_->join(static_cast<std::int32_t>(number), complete);
  if (!study) return;
  Trial joined{
      .assignment = {}, .settings = std::move(study->settings), .score = std::move(study->score), .is_settled = true};
  if (!set_up(joined, number)) return maker_->do_not_join(joined.error);
  trials_.emplace(number, std::move(joined));
  retire(*best_);
  joined_ = number;
}

std::vector<ReadyTask> TrialSearch::take_ready() {
  std::vector<ReadyTask> ready;
  if (chosen_ready_) return ready;
  for (;;) {
    const std::vector<TrialStep> fixed = search_->start_what_is_fixed();
    queue_.insert(queue_.end(), fixed.begin(), fixed.end());
    const auto is_full = [&] { return std::cmp_greater_equal(under_way_.size(), kMostUnderWay); };
    if (queue_.empty() || is_full()) break;
    while (!queue_.empty() && !is_full()) {
      const TrialStep step = queue_.front();
      queue_.pop_front();
      begin(step, ready);
    }
  }
  if (queue_.empty() && under_way_.empty() && search_->is_done()) {
    choose();
    if (TrialWork* work = best()) add(trials_.at(*shown()), work->begin_rest(), ready);
  }
  if (!ready.empty()) maker_->publish();
  return ready;
}

// What a jury of members = "auto" does not need any more is withdrawn at once: it may be what a step waited for.
void TrialSearch::finish_if_done(std::int64_t number) {
  TrialWork& work = *trials_.at(number).work;
  for (const ReadyTask& task : work.take_withdrawn()) withdrawn_.push_back(task);
  const auto step = under_way_.find(number);
  if (step != under_way_.end() && work.step_is_done()) finish(TrialStep(step->second));
}

void TrialSearch::done(const Record& record) {
  Trial& trial = trials_.at(record.key.trial);
  if (!trial.work) return;
  trial.work->done(record);
  finish_if_done(record.key.trial);
}

bool TrialSearch::is_finished() const { return chosen_ready_ && (!best_ || trials_.at(*shown()).work->is_finished()); }

double TrialSearch::share() const {
  if (population_ != nullptr)
    return static_cast<double>(num_told_) / static_cast<double>(task_.rungs.trials * population_->num_rungs(0));
  return static_cast<double>(num_settled_) / static_cast<double>(std::max<std::int64_t>(1, pruner_->max_trials()));
}

SearchProgress TrialSearch::progress() const {
  SearchProgress progress{
      .settled = num_settled_, .total = pruner_->max_trials(), .objective = task_.objectives.front().name()};
  if (!best_) return progress;
  progress.best_trial = chosen();
  progress.best_value = trials_.at(*best_).score.objectives.front();
  return progress;
}

std::size_t TrialSearch::fits_left() const {
  std::size_t left = 0;
  for (const auto& [number, step] : under_way_) left += trials_.at(number).work->num_judged_left();
  if (chosen_ready_ && best_) left += trials_.at(*shown()).work->num_fits_left();
  return left;
}

TrialWork* TrialSearch::best() noexcept { return best_ ? trials_.at(*shown()).work.get() : nullptr; }

void TrialSearch::report(SearchResults& results) const {
  for (const auto& [number, trial] : trials_) {
    if (number == joined_) continue;
    TrialLine line{.id = id_of(number),
                   .values = trial.settings.values,
                   .parent = static_cast<std::int32_t>(trial.parent),
                   .error = trial.error,
                   .score = trial.score};
    const TrialStatus status = status_of(number);
    const std::int64_t of_pruner = population_ != nullptr ? number % task_.rungs.trials : number;
    const bool over = population_ == nullptr && chosen_ready_ && status.state != TrialState::complete &&
                      status.state != TrialState::failed;
    line.state = over                                   ? "pruned"
                 : status.state == TrialState::complete ? "complete"
                 : status.state == TrialState::failed   ? "failed"
                 : status.state == TrialState::pruned   ? "pruned"
                 : status.state == TrialState::paused   ? "paused"
                                                        : "running";
    if (status.rung >= 0) {
      line.resource = pruner_->num_rungs(of_pruner) > 1 ? pruner_->resource(of_pruner, status.rung) : 0;
      line.start = trial.start;
      line.end = trial.end;
    }
    line.point = task_.space.unit_vector(trial.assignment, kNaN);
    results.trials.push_back(std::move(line));
  }
  if (task_.outer == TaskKey::kNone)
    for (const Parameter& parameter : task_.space.parameters()) results.parameters.push_back(parameter.path);
  if (task_.outer == TaskKey::kNone) results.chosen = best_ ? static_cast<std::int32_t>(*best_) : TaskKey::kNone;
  maker_->report(results);
}

}  // namespace jury
