#include "search/study/jury_weights.hpp"

#include <algorithm>
#include <cmath>

#include "models/ensemble/adaboost.hpp"
#include "models/ensemble/member_weights.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// The fits of a jury up to the last one that is there; null for those that are not.
std::vector<const FitOutcome*> fits_of(const StudyPlan& plan, const Fits& fits, TaskKey jury) {
  std::vector<const FitOutcome*> all;
  for (jury.member = 0; jury.member < max_members(plan.configuration(jury).ensemble); ++jury.member) {
    const auto fit = fits.find(jury);
    all.push_back(fit != fits.end() && fit->second.state == TaskState::complete ? &fit->second : nullptr);
  }
  while (!all.empty() && all.back() == nullptr) all.pop_back();
  return all;
}

// Of a boosting that restarted in every round the first learner is the jury.
std::vector<double> votes_of_rounds(const std::vector<const FitOutcome*>& fits) {
  std::vector<BoostRound> rounds;
  for (const FitOutcome* fit : fits) rounds.push_back({.weight = fit != nullptr ? fit->result.weight : 0});
  return vote_weights(rounds);
}

std::vector<double> up_to_best_round(const std::vector<const FitOutcome*>& fits) {
  std::size_t best = fits.size();
  for (std::size_t m = 0; m < fits.size(); ++m) {
    if (fits[m] == nullptr || std::isnan(fits[m]->result.held_out_loss)) continue;
    if (best == fits.size() || fits[m]->result.held_out_loss < fits[best]->result.held_out_loss) best = m;
  }
  std::vector<double> weights;
  for (std::size_t m = 0; m < fits.size(); ++m) weights.push_back(fits[m] != nullptr && m <= best ? 1.0 : 0.0);
  return weights;
}

// The score of the epoch whose weights predict, on the rows that early stopping held out.
HeldOutScore held_out_score(const FitResult& fit, std::string_view metric, double fraction) {
  const auto column =
      static_cast<std::size_t>(std::ranges::find(fit.curve_metrics, metric) - fit.curve_metrics.begin());
  const auto rows = static_cast<std::size_t>(std::llround(fraction * static_cast<double>(fit.num_train)));
  if (column == fit.curve_metrics.size() || fit.best_epoch < 1) return {};
  return {
      .score = fit.curve_valid_scores[static_cast<std::size_t>(fit.best_epoch - 1) * fit.curve_metrics.size() + column],
      .num_rows = rows};
}

}  // namespace

std::vector<double> member_weights(const StudyPlan& plan, const Fits& fits, TaskKey jury) {
  const Configuration& configuration = plan.configuration(jury);
  const std::string& method = configuration.ensemble.method;
  const auto all = fits_of(plan, fits, jury);
  if (method == "adaboost") return votes_of_rounds(all);
  if (method == "gradient_boosting") return up_to_best_round(all);
  std::string by = configuration.ensemble.weights;
  if (by == "auto") by = traits_of(configuration.ensemble).is_bagged ? "oob" : "equal";
  std::vector<double> weights(all.size());
  if (by == "equal") {
    for (std::size_t m = 0; m < all.size(); ++m) weights[m] = all[m] != nullptr ? 1.0 : 0.0;
    return weights;
  }
  const Outcome outcome = outcome_of(plan.dataset());
  const char* metric = outcome == Outcome::classes ? "accuracy" : "mse";
  std::vector<HeldOutScore> scores(all.size());
  for (std::size_t m = 0; m < all.size(); ++m) {
    if (all[m] == nullptr) continue;
    const FitResult& fit = all[m]->result;
    scores[m] = by == "oob"
                    ? HeldOutScore{.score = fit.oob_score, .num_rows = static_cast<std::size_t>(fit.oob_rows)}
                    : held_out_score(fit, metric,
                                     trains_trees(configuration) ? configuration.trees.validation
                                                                 : configuration.train.early_stopping->fraction);
  }
  return weights_from_scores(outcome, scores, num_outputs(plan.dataset()));
}

}  // namespace jury
