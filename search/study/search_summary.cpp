#include "search/study/search_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "runtime/base/numbers.hpp"
#include "runtime/base/text.hpp"
#include "search/study/json.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostNamed = 8;

std::ptrdiff_t num_in(const SearchResults& search, std::string_view state) {
  return std::ranges::count_if(search.trials,
                               [&](const TrialLine& t) { return t.id.outer == TaskKey::kNone && t.state == state; });
}

const TrialLine* chosen_of(const SearchResults& search) {
  const auto at = std::ranges::find(search.trials, TrialId{TaskKey::kNone, search.chosen}, &TrialLine::id);
  return at != search.trials.end() ? &*at : nullptr;
}

std::string settings_text(const TrialLine& trial) {
  std::string text;
  for (const auto& [path, value] : trial.values) text += (text.empty() ? "" : ", ") + path + " = " + to_text(value);
  return text;
}

// A field of CSV: quoted where it must be.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string field(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

std::string line_of(const TrialLine& trial, const SearchResults& search) {
  std::string line = fmt::format("{},{},{},{}", trial.id.trial, trial.state,
                                 field(at_or_nan(trial.score.objectives, 0)), field(trial.score.standard_error));
  for (const std::string& path : search.parameters) {
    const auto at = std::ranges::find(trial.values, path, &std::pair<std::string, Config>::first);
    const auto* text = at != trial.values.end() ? at->second.as<std::string>() : nullptr;
    line += "," + field(at == trial.values.end() ? "" : text != nullptr ? *text : to_text(at->second));
  }
  for (std::size_t k = 0; k < search.metrics.size(); ++k) line += "," + field(at_or_nan(trial.score.scores, k));
  return line + "," + field(trial.error) + "\n";
}

// "selection of 5 of 40 trials: log_loss 0.101 +- 0.01 by weights found on other folds (naive 0.09)".
std::string joined_text(const SearchResults& search) {
  if (!search.joined) return "";
  const JoinedTrials& joined = *search.joined;
  if (!joined.reason.empty())
    return fmt::format("no selection of trials, the chosen one stands alone: {}\n", joined.reason);
  std::vector<std::size_t> order(joined.trials.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t b) { return joined.weights[b]; });
  std::string text = fmt::format("final predictor: a selection of {}:", counted(joined.trials.size(), "trial"));
  for (std::size_t i = 0; i < std::min<std::size_t>(order.size(), kMostNamed); ++i)
    text += fmt::format("{} {} ({:.0f} %)", i > 0 ? "," : "", joined.trials[order[i]], 100 * joined.weights[order[i]]);
  text += order.size() > kMostNamed ? ", ...\n" : "\n";
  return text + fmt::format("{} of the selection: {} naive, {} +- {} by weights found on the other folds\n",
                            search.objectives.front().name(), short_number(at_or_nan(joined.naive.objectives, 0)),
                            short_number(at_or_nan(joined.cross_fitted.objectives, 0)),
                            short_number(joined.cross_fitted.standard_error));
}

}  // namespace

std::string search_text(const SearchResults* search) {
  if (search == nullptr) return "";
  std::string text = fmt::format("{}: {}", search->method,
                                 counted(static_cast<std::uint64_t>(num_in(*search, "complete")), "complete trial"));
  for (const char* state : {"pruned", "paused", "failed", "running"})
    if (const auto count = num_in(*search, state); count > 0) text += fmt::format(", {} {}", count, state);
  text += "\n";
  const TrialLine* chosen = chosen_of(*search);
  if (chosen == nullptr) return text;
  text += fmt::format("trial {}: {}\n", chosen->id.trial, settings_text(*chosen));
  const TrialObjective& objective = search->objectives.front();
  text += fmt::format("{} of the chosen trial: {} naive", objective.name(),
                      short_number(at_or_nan(chosen->score.objectives, 0)));
  if (const auto& honest = search->honest.winner)
    text += fmt::format(", {} honest [{}, {}] (the luck of being the best of {}: {})", short_number(honest->honest),
                        short_number(honest->interval.low), short_number(honest->interval.high), honest->num_trials,
                        short_number(honest->optimism));
  else
    text += fmt::format(" (no honest value: {})", search->honest.reason);
  text += "\n" + joined_text(*search);
  if (search->objectives.size() > 1) {
    const auto front = std::ranges::count_if(
        search->trials, [](const TrialLine& t) { return t.id.outer == TaskKey::kNone && t.pareto_rank == 0; });
    text += fmt::format("{} on the Pareto front of {} objectives (jury show DIR trials, column pareto_rank)\n",
                        counted(static_cast<std::uint64_t>(front), "trial"), search->objectives.size());
  }
  if (search->importance.num_trials > 0) {
    std::vector<std::pair<double, std::string>> shares;
    for (std::size_t p = 0; p < search->parameters.size(); ++p)
      shares.emplace_back(-search->importance.shares.alone[p], search->parameters[p]);
    std::ranges::sort(shares);
    text += "importance:";
    for (std::size_t p = 0; p < std::min<std::size_t>(shares.size(), 5); ++p)
      text += fmt::format("{} {} {:.0f} %", p > 0 ? "," : "", shares[p].second, -100 * shares[p].first);
    text += "\n";
  }
  if (!search->outer.empty()) {
    const MeanError nested = nested_value(*search);
    text += fmt::format("nested: {} +- {} over {} outer folds, each with a search of its own\n",
                        short_number(nested.mean), short_number(nested.standard_error), search->outer.size());
  }
  return text + "\n";
}

MeanError nested_value(const SearchResults& search) {
  std::vector<double> values;
  for (const OuterLine& line : search.outer) values.push_back(at_or_nan(line.score.objectives, 0));
  if (values.empty()) return {kNaN, kNaN, 0};
  return mean_over_folds(values);
}

nlohmann::ordered_json search_json(const SearchResults& search) {
  nlohmann::ordered_json json;
  json["method"] = search.method;
  json["pruner"] = search.pruner;
  json["objective"] = search.objectives.front().name();
  for (const char* state : {"complete", "pruned", "paused", "failed", "running"})
    json["trials"][state] = num_in(search, state);
  const TrialLine* chosen = chosen_of(search);
  if (chosen == nullptr) return json;
  json["chosen_trial"] = search.chosen;
  for (const auto& [path, value] : chosen->values) json["settings"][path] = to_text(value);
  json["naive_value"] = json_number(at_or_nan(chosen->score.objectives, 0));
  if (!search.outer.empty()) {
    json["nested_value"] = json_number(nested_value(search).mean);
    json["nested_se"] = json_number(nested_value(search).standard_error);
  }
  if (const auto& honest = search.honest.winner) {
    json["honest_value"] = json_number(honest->honest);
    json["optimism"] = json_number(honest->optimism);
    json["ci_low"] = json_number(honest->interval.low);
    json["ci_high"] = json_number(honest->interval.high);
  } else {
    json["honest_reason"] = search.honest.reason;
  }
  if (search.joined) {
    const JoinedTrials& joined = *search.joined;
    json["selected"]["trials"] = joined.trials;
    json["selected"]["weights"] = joined.weights;
    json["selected"]["naive_value"] = json_number(at_or_nan(joined.naive.objectives, 0));
    json["selected"]["cross_fitted_value"] = json_number(at_or_nan(joined.cross_fitted.objectives, 0));
    if (!joined.reason.empty()) json["selected"]["reason"] = joined.reason;
  }
  return json;
}

std::string trials_csv(const StudyResults& results, const SearchResults* search) {
  std::string text = "trial,state,value,value_se";
  if (search == nullptr) {
    for (std::size_t k = 0; k < results.headline_scores.size(); ++k)
      text += ",metric." + std::string(results.scoring.metrics[k]->name);
    text += fmt::format("\n0,{},{},{}", results.complete() ? "complete" : "running",
                        field(results.headline ? results.headline->value : kNaN),
                        field(results.headline ? results.headline->standard_error : kNaN));
    for (const double score : results.headline_scores) text += "," + field(score);
    return text + "\n";
  }
  for (const std::string& path : search->parameters) text += ",param." + path;
  for (const Metric* metric : search->metrics) text += ",metric." + std::string(metric->name);
  text += ",error\n";
  for (const TrialLine& trial : search->trials)
    if (trial.id.outer == TaskKey::kNone) text += line_of(trial, *search);
  return text;
}

}  // namespace jury
