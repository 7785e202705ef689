#include "search/study/trial_comparison.hpp"

#include <algorithm>
#include <map>

#include "search/pruner/pareto.hpp"

namespace jury {
namespace {

constexpr std::size_t kFewestTrials = 10;

bool counts(const TrialLine& trial, const SearchResults& results) {
  return trial.state == "complete" && trial.score.objectives.size() == results.objectives.size();
}

}  // namespace

void rank_trials(SearchResults& results) {
  std::map<std::int32_t, std::vector<TrialLine*>> searches;
  for (TrialLine& trial : results.trials)
    if (counts(trial, results)) searches[trial.id.outer].push_back(&trial);
  for (auto& [outer, trials] : searches) {
    std::vector<double> values;
    for (const TrialLine* trial : trials)
      for (std::size_t k = 0; k < results.objectives.size(); ++k)
        values.push_back(results.objectives[k].minimised(trial->score.objectives[k]));
    const std::vector<std::int32_t> ranks = pareto_ranks(values, results.objectives.size());
    for (std::size_t i = 0; i < trials.size(); ++i) trials[i]->pareto_rank = ranks[i];
  }
}

StudyImportance find_importance(const SearchResults& results, std::uint64_t seed) {
  std::vector<double> points, values;
  for (const TrialLine& trial : results.trials) {
    if (trial.id.outer != TaskKey::kNone || !counts(trial, results)) continue;
    points.insert(points.end(), trial.point.begin(), trial.point.end());
    values.push_back(results.objectives.front().minimised(trial.score.objectives.front()));
  }
  const std::size_t num_params = results.parameters.size();
  if (num_params == 0 || values.size() < std::max(kFewestTrials, 2 * num_params)) return {};
  return {.num_trials = values.size(),
          .shares = fanova({.points = points, .values = values, .num_params = num_params}, {.seed = seed})};
}

}  // namespace jury
