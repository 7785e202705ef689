// The tables of a search: /trials, /selection, /predictions/trials, and the fits of all trials.
#include <algorithm>
#include <cmath>

#include "runtime/base/numbers.hpp"
#include "search/study/json.hpp"
#include "search/study/results_file.hpp"
#include "search/study/search_results.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

const Config* value_of(const TrialLine& trial, const std::string& path) {
  const auto at = std::ranges::find(trial.values, path, &std::pair<std::string, Config>::first);
  return at != trial.values.end() ? &at->second : nullptr;
}

double as_number(const Config& value) {
  if (const auto* whole = value.as<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* real = value.as<double>()) return *real;
  return kNaN;
}

bool is_number(const Config& value) { return value.as<std::int64_t>() != nullptr || value.as<double>() != nullptr; }

// What trials set a path to: numbers where all are, else as TOML writes them; NaN or "" where it is not active.
void add_parameter(TableWriter& table, const SearchResults& search, const std::string& path) {
  const bool numbers = std::ranges::all_of(search.trials, [&](const TrialLine& trial) {
    const Config* value = value_of(trial, path);
    return value == nullptr || is_number(*value);
  });
  std::vector<double> values;
  std::vector<std::string> texts;
  for (const TrialLine& trial : search.trials) {
    const Config* value = value_of(trial, path);
    values.push_back(value != nullptr && numbers ? as_number(*value) : kNaN);
    const auto* text = value != nullptr ? value->as<std::string>() : nullptr;
    texts.push_back(value == nullptr ? "" : text != nullptr ? *text : to_text(*value));
  }
  numbers ? table.column("param." + path, values) : table.column("param." + path, texts);
}

template <class T, class Of>
std::vector<T> column(const SearchResults& search, Of&& of) {
  std::vector<T> values;
  for (const TrialLine& trial : search.trials) values.push_back(of(trial));
  return values;
}

void write_trials(Hdf5Writer& file, const SearchResults& search) {
  TableWriter table(file.group("trials"), "row", search.trials.size());
  table.column("trial", column<std::int32_t>(search, [](const TrialLine& t) { return t.id.trial; }))
      .column("outer", column<std::int32_t>(search, [](const TrialLine& t) { return t.id.outer; }))
      .column("state", column<std::string>(search, [](const TrialLine& t) { return t.state; }))
      .column("value", column<double>(search, [](const TrialLine& t) { return at_or_nan(t.score.objectives, 0); }))
      .column("value_se", column<double>(search, [](const TrialLine& t) { return t.score.standard_error; }));
  if (search.pruner == "pbt")
    table.column("parent", column<std::int32_t>(search, [](const TrialLine& t) { return t.parent; }),
                 {.help = "the trial whose networks and epochs it goes on with; -1: none"});
  for (std::size_t k = 1; k < search.objectives.size(); ++k)
    table.column("value." + search.objectives[k].name(),
                 column<double>(search, [&](const TrialLine& t) { return at_or_nan(t.score.objectives, k); }));
  if (search.objectives.size() > 1)
    table.column("pareto_rank", column<std::int32_t>(search, [](const TrialLine& t) { return t.pareto_rank; }),
                 {.help = "0: no complete trial of the search is better in all objectives; -1: not complete"});
  for (const std::string& path : search.parameters) add_parameter(table, search, path);
  for (std::size_t k = 0; k < search.metrics.size(); ++k)
    table.column("metric." + std::string(search.metrics[k]->name),
                 column<double>(search, [&](const TrialLine& t) { return at_or_nan(t.score.scores, k); }));
  table
      .column("resource", column<std::int64_t>(search, [](const TrialLine& t) { return t.resource; }),
              {.help = "epochs, members or folds that were done, as search.rungs.resource says; 0: all"})
      .column("start", column<double>(search, [](const TrialLine& t) { return t.start; }),
              {.units = "operations", .help = "by the virtual clock"})
      .column("end", column<double>(search, [](const TrialLine& t) { return t.end; }),
              {.units = "operations", .help = "by the virtual clock"})
      .column("error", column<std::string>(search, [](const TrialLine& t) { return t.error; }));
}

void write_honest(const Hdf5Group& selection, const HonestSelection& honest) {
  selection.attribute("honest_reason", honest.reason);
  if (!honest.winner) return;
  const HonestWinner& winner = *honest.winner;
  selection.attribute("honest_method", "bbc_cv");
  selection.attribute("honest_value", winner.honest);
  selection.attribute("optimism", winner.optimism);
  selection.attribute("ci_low", winner.interval.low);
  selection.attribute("ci_high", winner.interval.high);
  selection.attribute("n_trials_honest", static_cast<std::int64_t>(winner.num_trials));
  TableWriter(selection.group("resamples"), "entry", honest.trials.size())
      .column("trial", honest.trials)
      .column("chosen", winner.chosen, {.help = "by how many resamples of the rows the trial was the best"});
}

void write_importance(const Hdf5Group& selection, const SearchResults& search) {
  const StudyImportance& importance = search.importance;
  if (importance.num_trials == 0) return;
  const Hdf5Group group = selection.group("importance");
  const std::size_t count = search.parameters.size();
  group.attribute("method", "fanova");
  group.attribute("n_trials", static_cast<std::int64_t>(importance.num_trials));
  TableWriter(group, "parameter", count)
      .column("name", search.parameters)
      .column("alone", importance.shares.alone,
              {.help = "share of the variance of the objective over the space that the parameter explains by itself"})
      .column("alone_sd", importance.shares.alone_sd,
              {.help = "standard deviation of that over the trees of the forest"});
  group.array("pairs", importance.shares.pairs, {{"parameter", count}, {"other", count}},
              {.help = "what two explain only together"});
}

void write_outer(const Hdf5Group& selection, const SearchResults& search) {
  if (search.outer.empty()) return;
  const MeanError nested = nested_value(search);
  selection.attribute("nested_value", nested.mean);
  selection.attribute("nested_se", nested.standard_error);
  std::vector<std::int32_t> outer, trial;
  std::vector<std::int64_t> rows;
  std::vector<double> inner, value;
  for (const OuterLine& line : search.outer) {
    outer.push_back(line.id.outer);
    trial.push_back(line.id.trial);
    rows.push_back(static_cast<std::int64_t>(line.num_rows));
    inner.push_back(line.inner_value);
    value.push_back(at_or_nan(line.score.objectives, 0));
  }
  TableWriter table(selection.group("outer"), "entry", outer.size());
  table.column("outer", outer).column("trial", trial).column("num_rows", rows);
  table.column("inner_value", inner, {.help = "of the chosen trial by the search's own folds"});
  table.column("value", value,
               {.help = "of the chosen trial, trained on all that the outer fold leaves, on the rows of that fold"});
  for (std::size_t k = 0; k < search.metrics.size(); ++k) {
    std::vector<double> scores;
    for (const OuterLine& line : search.outer) scores.push_back(at_or_nan(line.score.scores, k));
    table.column("metric." + std::string(search.metrics[k]->name), scores);
  }
}

void write_joined(const Hdf5Group& selection, const SearchResults& search) {
  if (!search.joined) return;
  const JoinedTrials& joined = *search.joined;
  selection.attribute("final_trials", joined.reason.empty() ? "selection" : "best");
  selection.attribute("final_reason", joined.reason);
  if (!joined.reason.empty()) return;
  selection.attribute("final_study", std::int64_t{joined.number});
  TableWriter(selection.group("joined"), "base", joined.trials.size())
      .column("trial", joined.trials)
      .column("weight", joined.weights);
  selection.array("joined_path", joined.path, {{"pick", joined.path.size()}},
                  {.help = "the objective after every pick of the first greedy run"});
  const std::vector<const TrialScore*> scores = {&joined.naive, &joined.cross_fitted};
  const auto of = [&](auto&& value) { return std::vector<double>{value(*scores[0]), value(*scores[1])}; };
  TableWriter table(selection.group("joined_scores"), "entry", scores.size());
  table
      .column("weights", std::vector<std::string>{"naive", "cross_fitted"},
              {.help = "found on the rows that are scored, or on those of the other folds"})
      .column("value", of([](const TrialScore& score) { return at_or_nan(score.objectives, 0); }))
      .column("value_se", of([](const TrialScore& score) { return score.standard_error; }));
  for (std::size_t k = 0; k < search.metrics.size(); ++k)
    table.column("metric." + std::string(search.metrics[k]->name),
                 of([&](const TrialScore& score) { return at_or_nan(score.scores, k); }));
}

void write_selection(Hdf5Writer& file, const SearchResults& search) {
  const Hdf5Group selection = file.group("selection");
  const auto chosen = std::ranges::find_if(search.trials, [&](const TrialLine& t) {
    return t.id == TrialId{TaskKey::kNone, search.chosen};
  });
  const auto complete = std::ranges::count_if(
      search.trials, [](const TrialLine& t) { return t.state == "complete" && t.id.outer == TaskKey::kNone; });
  selection.attribute("method", search.method);
  selection.attribute("pruner", search.pruner);
  selection.attribute("chosen_trial", std::int64_t{search.chosen});
  selection.attribute("n_trials_complete", static_cast<std::int64_t>(complete));
  selection.attribute("naive_value", chosen != search.trials.end() ? at_or_nan(chosen->score.objectives, 0) : kNaN);
  selection.attribute("objective", search.objectives.front().name());
  selection.attribute("metric", search.objectives.front().metric_name());
  selection.attribute("source", search.objectives.front().source);
  selection.attribute("direction", search.objectives.front().maximize ? "maximize" : "minimize");
  write_honest(selection, search.honest);
  write_joined(selection, search);
  write_outer(selection, search);
  write_importance(selection, search);
}

// Out-of-fold predictions of every complete trial of the main search, mean over repeats.
void write_predictions_of_trials(Hdf5Writer& file, const StudyPlan& plan, const SearchResults& search) {
  std::vector<std::int32_t> trials;
  std::vector<float> values;
  const std::size_t rows = plan.dataset().num_train(), width = prediction_width(plan);
  for (const TrialLine& trial : search.trials) {
    if (trial.state != "complete" || trial.id.outer != TaskKey::kNone || trial.score.oof.empty()) continue;
    if (trial.score.oof.front().size() != rows * width) continue;
    trials.push_back(trial.id.trial);
    for (std::size_t i = 0; i < rows * width; ++i) {
      double sum = 0;
      double count = 0;
      for (const std::vector<float>& repeat : trial.score.oof) {
        if (std::isnan(repeat[i])) continue;
        sum += static_cast<double>(repeat[i]);
        count += 1;
      }
      values.push_back(static_cast<float>(count > 0 ? sum / count : kNaN));
    }
  }
  if (trials.empty()) return;
  const Hdf5Group group = file.group("predictions/trials");
  group.array("trial", trials, {{"entry", trials.size()}});
  group.array("mean", values, {{"entry", trials.size()}, {"row", rows}, {"class", width}},
              {.help = "out of fold, mean over repeats; NaN: never predicted"});
}

}  // namespace

void write_trials_of_search(Hdf5Writer& file, const SearchResults& search) {
  write_trials(file, search);
  write_selection(file, search);
}

void write_search(Hdf5Writer& file, const StudyPlan& plan, const SearchResults& search) {
  write_trials_of_search(file, search);
  const Hdf5Group selection = file.group("selection");
  selection.attribute("combine", combines_of(plan.experiment().ensemble, plan.dataset().task()).front());
  selection.attribute("estimator", "");
  if (plan.experiment().output.predictions != "none") write_predictions_of_trials(file, plan, search);
}

void write_fits_of_search(Hdf5Writer& file, const Fits& chosen, const StudyResults& results,
                          const SearchResults& search) {
  Fits fits = search.fits;
  std::map<TaskKey, double> weights;
  for (const auto& [key, fit] : fits) weights[key] = fit.state == TaskState::complete ? fit.result.weight : 0.0;
  std::map<TaskKey, FitScores> sorted(search.fit_scores.begin(), search.fit_scores.end());
  const TrialId id = shown_study(search);
  for (const auto& [key, fit] : chosen) {
    const TaskKey of_run = key_of_trial(key, id);
    FitOutcome& kept = fits[of_run];
    kept = {fit.state, fit.message, without_arrays(fit.result)};
    weights[of_run] = results.weights.at(key);
  }
  for (const auto& [key, scores] : results.fits) sorted[key_of_trial(key, id)] = scores;
  const std::vector<std::pair<TaskKey, FitScores>> scores(sorted.begin(), sorted.end());
  write_fits(file, {.fits = fits, .scores = scores, .weights = weights, .task_metrics = results.task_metrics});
}

}  // namespace jury
