#include "search/study/trial_score.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/metrics/tests_of_difference.hpp"
#include "runtime/base/numbers.hpp"
#include "search/study/stacks.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

constexpr std::string_view kOob = "oob.";
constexpr std::array<std::string_view, 4> kCosts = {"flops", "parameters", "members", "bytes"};

TrialObjective objective_of(const Objective& given, const Experiment& experiment, const Dataset& dataset) {
  TrialObjective objective;
  std::string name = given.name;
  if (std::ranges::find(kCosts, name) != kCosts.end()) {
    objective.cost = name;
    objective.maximize = given.direction == ObjectiveDirection::maximize;
    return objective;
  }
  if (name.starts_with(kOob)) {
    objective.source = "oob";
    name.erase(0, kOob.size());
    if (!traits_of(experiment.ensemble).is_bagged)
      throw ConfigError("search.objective = \"" + given.name +
                        "\" needs members with rows out of their bags (set ensemble.method to bagging, "
                        "pasting or patches)");
  } else if (!experiment.cv || !experiment.cv->has_folds()) {
    throw ConfigError("search.objective = \"" + given.name +
                      "\" has no rows to be scored on (give [cv], or bags and an objective \"oob.<score>\"; a "
                      "test set is not for choosing)");
  }
  const ValueKind kind = forecast_of(experiment, dataset.task()).kind;
  const std::vector<std::string> asked = {name};
  objective.metric = name == "auto" ? scoring_of(experiment, dataset).metrics.front()
                                    : choose_metrics(outcome_of(dataset), asked, kind).front();
  if (objective.metric->direction == Direction::target)
    throw ConfigError("search.objective = \"" + given.name +
                      "\" is best at a value of its own (neither smallest nor largest) name a score");
  objective.maximize =
      given.direction == ObjectiveDirection::maximize ||
      (given.direction == ObjectiveDirection::automatic && objective.metric->direction == Direction::maximize);
  return objective;
}

// The reported predictions (rows, width) of some jury for its rows.
std::vector<float> joined(const StudyPlan& plan, const MemberPredictions& members, const Scoring& scoring) {
  Combiner combiner = combiner_of(plan, scoring, members.rows.size());
  for (std::size_t m = 0; m < members.num_members; ++m) combiner.add(members.member(m), members.weights_of(m));
  return reported_of(combiner, members, scoring);
}

bool any_predicted(const std::vector<float>& predictions) {
  return std::ranges::any_of(predictions, [](float value) { return !std::isnan(value); });
}

// Sums up over repeats, and divides by those that have a score.
struct Mean {
  double sum = 0;
  double count = 0;
  void add(double value) {
    if (std::isnan(value)) return;
    sum += value;
    count += 1;
  }
  double value() const { return count > 0 ? sum / count : kNaN; }
};

// Folds of a repeat that nothing is predicted of have their places all the same.
void score_folds(const StudyPlan& plan, const MemberPredictions& members, const Scoring& scoring, TrialScore& out) {
  const std::vector<float>& predictions = out.oof.back();
  const std::size_t width = prediction_width(plan);
  for (std::int32_t fold = 0; fold < plan.num_folds(); ++fold) {
    const auto rows = plan.valid_rows(members.repeat, fold);
    const bool predicted = std::ranges::all_of(
        rows, [&](std::uint32_t row) { return !std::isnan(predictions[(row - members.rows.front()) * width]); });
    out.folds.push_back(predicted ? score_rows(plan, members, predictions, rows, scoring).front() : kNaN);
    out.fold_predicted.push_back(predicted);
  }
}

}  // namespace

std::string TrialObjective::name() const {
  if (!cost.empty()) return cost;
  if (!function.empty()) return function;
  return (source == "oob" ? std::string(kOob) : "") + std::string(metric->name);
}

std::vector<TrialObjective> objectives_of(const Experiment& experiment, const Dataset& dataset) {
  Problems problems;
  std::vector<TrialObjective> objectives;
  const std::vector<Objective> given = read_objectives(*experiment.search, problems);
  problems.throw_if_any();
  for (const Objective& one : given) objectives.push_back(objective_of(one, experiment, dataset));
  if (!objectives.front().cost.empty())
    throw ConfigError("search.objective begins with a cost (name the score first by which a trial is chosen)");
  for (const TrialObjective& one : objectives)
    if (one.cost.empty() && one.source != objectives.front().source)
      throw ConfigError("search.objective mixes out-of-bag and out-of-fold scores (use one of them)");
  return objectives;
}

TrialScore score_trial(const StudyPlan& plan, const Fits& fits, const std::vector<TrialObjective>& objectives) {
  Scoring scoring = scoring_of(plan.experiment(), plan.dataset());
  // The objectives come first, so that folds are scored by the first one; costs hold their places.
  for (auto one = objectives.rbegin(); one != objectives.rend(); ++one)
    scoring.metrics.insert(scoring.metrics.begin(), one->cost.empty() ? one->metric : objectives.front().metric);
  const Stacks stacks = fit_stacks(plan, fits);
  const Trained trained{.fits = fits, .stacks = stacks};
  TrialScore out;
  std::vector<Mean> means(scoring.metrics.size());
  const auto add = [&](const MemberPredictions& members) {
    out.oof.push_back(joined(plan, members, scoring));
    if (members.source == "oof") score_folds(plan, members, scoring, out);
    if (!any_predicted(out.oof.back())) return;
    const TruthOf truth(plan, members.rows);
    const std::vector<double> scores = score_all(truth.truth(), out.oof.back(), scoring);
    for (std::size_t k = 0; k < scores.size(); ++k) means[k].add(scores[k]);
  };
  if (objectives.front().source == "oob") {
    if (const MemberPredictions members = collect_oob(plan, trained); !members.empty()) add(members);
  } else {
    for (std::int32_t repeat = 0; repeat < plan.num_repeats(); ++repeat) add(collect_oof(plan, trained, repeat));
  }
  for (std::size_t k = 0; k < means.size(); ++k)
    (k < objectives.size() ? out.objectives : out.scores).push_back(means[k].value());
  for (std::size_t k = 0; k < objectives.size(); ++k)
    if (!objectives[k].cost.empty()) out.objectives[k] = kNaN;
  std::vector<double> done;
  for (const double fold : out.folds)
    if (!std::isnan(fold)) done.push_back(fold);
  if (done.size() > 1) out.standard_error = mean_over_folds(done).standard_error;
  return out;
}

}  // namespace jury
