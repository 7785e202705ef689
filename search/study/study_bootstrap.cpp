#include "search/study/study_bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// The mean over repeats that have the score.
double mean_score(const std::vector<JuryScores>& juries, std::string_view predictor, std::size_t metric) {
  double sum = 0, count = 0;
  for (const JuryScores& jury : juries) {
    if (jury.source != "oof") continue;
    for (const ScoreLine& line : jury.overall) {
      if (line.predictor != predictor || std::isnan(line.scores[metric])) continue;
      sum += line.scores[metric];
      ++count;
    }
  }
  return count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

StudyBootstrap estimate_bootstrap(const StudyPlan& plan, const Trained& trained, const Scoring& scoring,
                                  const std::vector<JuryScores>& juries, std::uint64_t key) {
  StudyBootstrap out;
  if (!plan.has_apparent()) return out;
  out.method = plan.experiment().cv->method;
  const MemberPredictions members = collect_apparent(plan, trained);
  if (members.empty()) return out;
  const TruthOf owner(plan, members.rows);
  const Truth truth = owner.truth();
  Combiner combiner = combiner_of(plan, scoring, members.rows.size());
  std::vector<std::vector<double>> member_scores;
  for (std::size_t m = 0; m < members.num_members; ++m) {
    const std::vector<float> member = members.member(m);
    combiner.add(member, members.weights_of(m));
    member_scores.push_back(score_all(truth, member, scoring));
  }
  const std::vector<float> reported = reported_of(combiner, members, scoring);
  std::vector<ScoreLine> apparent = {{scoring.combines.front(), score_all(truth, reported, scoring)}};
  for (const CombineRule* rule : scoring.rules)
    if (rule->name != scoring.combines.front())
      apparent.push_back({std::string(rule->name), score_all(truth, combiner.combined(*rule), scoring)});
  for (ScoreLine& line : member_lines(member_scores, scoring)) apparent.push_back(std::move(line));

  for (ScoreLine& line : apparent)
    out.lines.push_back({.predictor = std::move(line.predictor), .scores = {}, .estimates = {}});
  for (std::size_t k = 0; k < scoring.metrics.size(); ++k) {
    const double none = no_information_score(*scoring.metrics[k], truth, reported, key);
    for (std::size_t i = 0; i < out.lines.size(); ++i) {
      BootstrapLine& line = out.lines[i];
      line.scores.push_back({.apparent = apparent[i].scores[k],
                             .left_out = mean_score(juries, line.predictor, k),
                             .no_information = none});
      BootstrapEstimate estimate = estimate_632(line.scores[k]);
      if (out.method == "632plus" && i == 0) estimate = estimate_632plus(line.scores[k], scoring.metrics[k]->direction);
      if (out.method == "632plus" && i > 0) {
        estimate = out.lines.front().estimates[k];
        estimate.value = (1 - estimate.weight) * line.scores[k].apparent + estimate.weight * line.scores[k].left_out;
      }
      line.estimates.push_back(estimate);
    }
  }
  return out;
}

}  // namespace jury
