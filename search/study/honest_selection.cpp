#include "search/study/honest_selection.hpp"

#include <algorithm>
#include <numeric>

#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// Why no resample of the rows says what a winner is worth; empty: it does.
std::string why_not(const StudyPlan& base, const TrialObjective& objective) {
  if (!base.has_cv() || objective.source != "oof") return "its trials are not compared by out-of-fold predictions";
  if (base.experiment().cv->method == "time_series") return "rows of a time series are not exchangeable";
  const Direction direction = objective.maximize ? Direction::maximize : Direction::minimize;
  if (direction != objective.metric->direction) return "search.direction is not that of the score";
  return "";
}

}  // namespace

HonestSelection honest_selection(const StudyPlan& base, const SearchResults& search) {
  const TrialObjective& objective = search.objectives.front();
  HonestSelection honest{.reason = why_not(base, objective)};
  if (!honest.reason.empty()) return honest;
  const Dataset& dataset = base.dataset();
  const std::size_t rows = dataset.num_train(), size = rows * prediction_width(base);
  const auto repeats = static_cast<std::size_t>(base.num_repeats());
  std::vector<Predictions> predictions;
  for (const TrialLine& trial : search.trials) {
    const bool counts = trial.id.outer == TaskKey::kNone && trial.state == "complete" &&
                        trial.score.oof.size() == repeats &&
                        std::ranges::all_of(trial.score.oof, [&](const auto& repeat) { return repeat.size() == size; });
    if (!counts) continue;
    honest.trials.push_back(trial.id.trial);
    predictions.insert(predictions.end(), trial.score.oof.begin(), trial.score.oof.end());
  }
  if (honest.trials.size() < 2) {
    honest.reason = "there are no two trials with complete out-of-fold predictions";
    return honest;
  }
  std::vector<std::uint32_t> all(rows);
  std::iota(all.begin(), all.end(), 0U);
  const TruthOf truth(base, all);
  const auto groups = dataset.group();
  const auto found = honest_winner(*objective.metric,
                                   {.truth = truth.truth(),
                                    .predictions = predictions,
                                    .num_repeats = repeats,
                                    .groups = groups.first(groups.empty() ? 0 : rows)},
                                   base.stream(Purpose::interval, {.trial = -1}));
  if (!found) {
    honest.reason = "no trial has out-of-fold predictions of all rows";
    return honest;
  }
  honest.winner = *found;
  return honest;
}

}  // namespace jury
