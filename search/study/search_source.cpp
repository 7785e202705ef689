#include "search/study/search_source.hpp"

#include <algorithm>
#include <utility>

#include "search/study/honest_selection.hpp"
#include "search/study/trial_comparison.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

SearchSource::SearchSource(const TrialContext& context, const StudyPlan& base, const BlobStore& blobs)
    : context_(context), base_(base), settings_(context.directory) {
  searches_.push_back(
      std::make_unique<TrialSearch>(std::make_unique<StudyTrials>(context_, blobs, TaskKey::kNone, &settings_)));
  for (std::int32_t outer = 0; context_.outer != nullptr && outer < context_.outer->num_folds(); ++outer)
    searches_.push_back(
        std::make_unique<TrialSearch>(std::make_unique<StudyTrials>(context_, blobs, outer, &settings_)));
}

TrialSearch& SearchSource::search_of(const TaskKey& key) { return *searches_[static_cast<std::size_t>(key.outer + 1)]; }

void SearchSource::count(const Record& record) {
  results_are_old_ = true;
  fits_failed_ += record.state == TaskState::complete ? 0U : 1U;
  timing_.push_back(timing_of(record));
}

void SearchSource::restore(const Record& record) {
  if (std::cmp_greater_equal(record.key.outer + 1, searches_.size())) return;
  if (search_of(record.key).restore(record)) count(record);
}

std::vector<ReadyTask> SearchSource::take_ready() {
  std::vector<ReadyTask> ready = std::exchange(first_, {});
  results_are_old_ = true;  // decisions fall here
  for (const auto& search : searches_)
    for (const ReadyTask& task : search->take_ready()) ready.push_back(task);
  is_finished_ = std::ranges::all_of(searches_, [](const auto& search) { return search->is_finished(); });
  return ready;
}

std::vector<ReadyTask> SearchSource::take_withdrawn() {
  std::vector<ReadyTask> withdrawn;
  for (const auto& search : searches_)
    for (const ReadyTask& task : search->take_withdrawn()) withdrawn.push_back(task);
  return withdrawn;
}

void SearchSource::done(const Record& record) {
  count(record);
  search_of(record.key).done(record);
  is_finished_ = std::ranges::all_of(searches_, [](const auto& search) { return search->is_finished(); });
}

std::vector<SettledTrial> SearchSource::take_settled() {
  std::vector<SettledTrial> settled;
  for (const auto& search : searches_)
    for (SettledTrial& trial : search->take_settled()) settled.push_back(std::move(trial));
  return settled;
}

WorkProgress SearchSource::progress() const {
  WorkProgress progress{
      .fits_done = timing_.size(), .fits_failed = fits_failed_, .search = searches_.front()->progress()};
  for (const auto& search : searches_) {
    progress.fits_left += search->fits_left();
    progress.share += search->share() / static_cast<double>(searches_.size());
  }
  return progress;
}

// What is computed from all trials is computed once for what there is.
const SearchResults& SearchSource::results() {
  if (!results_are_old_) return results_;
  results_are_old_ = false;
  const SearchSection& section = *context_.experiment.search;
  results_ = SearchResults{.experiment = recorded_config(context_.experiment),
                           .method = section.method,
                           .pruner = section.pruner,
                           .objectives = objectives_of(context_.experiment, context_.dataset)};
  results_.complete = is_finished_;
  results_.metrics = scoring_of(context_.experiment, context_.dataset).metrics;
  for (const auto& search : searches_) search->report(results_);
  rank_trials(results_);
  results_.importance =
      find_importance(results_, stream_key(context_.experiment.experiment.seed, Purpose::sampler, {TaskKey::kNone, 2}));
  results_.honest = honest_selection(base_, results_);
  for (std::size_t outer = 0; outer + 1 < searches_.size(); ++outer)
    if (const StudyTrial* best = study_of(searches_[outer + 1]->best()))
      add_outer(*best, {static_cast<std::int32_t>(outer), searches_[outer + 1]->chosen()},
                searches_[outer + 1]->chosen_value());
  return results_;
}

// The chosen trial of an outer fold: its fits, and what it is worth on the rows that its search never saw.
void SearchSource::add_outer(const StudyTrial& best, const TrialId& id, double inner_value) {
  const auto keep = [&](const StudyPlan& plan, const Fits& fits, auto&& key_of) {
    const auto metrics =
        choose_metrics(outcome_of(context_.dataset), {}, forecast_of(plan.experiment(), context_.dataset.task()).kind);
    for (auto& [key, scores] : score_fits(plan, fits, metrics))
      results_.fit_scores.emplace_back(key_of(key, id), std::move(scores));
    for (const auto& [key, fit] : fits)
      results_.fits.emplace(key_of(key, id), FitOutcome{fit.state, fit.message, without_arrays(fit.result)});
  };
  keep(best.plan(), best.source().fits(), key_of_trial);
  if (best.outer_source() == nullptr) return;
  const StudyPlan& plan = best.trial().outer_plan();
  const Fits& fits = best.outer_source()->fits();
  keep(plan, fits, key_of_outer_fold);
  std::vector<TrialObjective> objectives = results_.objectives;
  for (TrialObjective& objective : objectives) objective.source = "oof";
  results_.outer.push_back({.id = id,
                            .num_rows = plan.valid_rows(0, id.outer).size(),
                            .inner_value = inner_value,
                            .score = score_trial(plan, fits, objectives)});
}

WorkState SearchSource::state() {
  const StudyTrial* best = study_of(searches_.front()->best());
  WorkState state{.plan = &base_, .fits = &none_, .fits_left = progress().fits_left, .search = &results()};
  if (best != nullptr) {
    state.plan = &best->plan();
    state.fits = &best->source().fits();
  }
  return state;
}

}  // namespace jury
