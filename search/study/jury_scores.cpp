#include "search/study/jury_scores.hpp"

#include <algorithm>
#include <cmath>

#include "models/metrics/row_scores.hpp"
#include "runtime/base/numbers.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

constexpr std::int32_t kMostRepeatsWithIntervals = 200;

// Enough resamples for the third digit, fewer where there are many rows: at most 5e6 draws.
std::size_t num_resamples(std::size_t rows) {
  return std::clamp<std::size_t>(5'000'000 / std::max<std::size_t>(rows, 1), 100, 1000);
}

// Resampling as many repeats as leave_p_out has would take longer than to train them.
bool has_intervals(const StudyPlan& plan, const MemberPredictions& members, const Scoring& scoring) {
  if (scoring.intervals.resamples == 0) return false;
  return members.source != "oof" || plan.num_repeats() <= kMostRepeatsWithIntervals;
}

}  // namespace

std::vector<double> score_all(const Truth& truth, Predictions predictions, const Scoring& scoring) {
  std::vector<double> scores;
  for (const Metric* metric : scoring.metrics) scores.push_back(score(*metric, truth, predictions));
  return scores;
}

std::vector<ScoreLine> member_lines(const std::vector<std::vector<double>>& members, const Scoring& scoring) {
  std::vector<ScoreLine> lines = {
      {"member_best", {}}, {"member_median", {}}, {"member_mean", {}}, {"member_worst", {}}};
  for (std::size_t k = 0; k < scoring.metrics.size(); ++k) {
    std::vector<double> values;
    for (const auto& scores : members)
      if (!std::isnan(scores[k])) values.push_back(scores[k]);
    if (values.empty()) {
      for (auto& line : lines) line.scores.push_back(kNaN);
      continue;
    }
    double sum = 0;
    for (const double value : values) sum += value;
    std::ranges::sort(values, [&](double a, double b) { return is_better(*scoring.metrics[k], a, b); });
    const std::size_t half = values.size() / 2;
    lines[0].scores.push_back(values.front());
    lines[1].scores.push_back(values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]));
    lines[2].scores.push_back(sum / static_cast<double>(values.size()));
    lines[3].scores.push_back(values.back());
  }
  return lines;
}

Scoring scoring_of(const Experiment& experiment, const Dataset& dataset) {
  const Outcome outcome = outcome_of(dataset);
  std::vector<std::string> names = combines_of(experiment.ensemble, dataset.task());
  Scoring scoring{
      .metrics = choose_metrics(outcome, experiment.cv ? experiment.cv->metrics : std::vector<std::string>{},
                                forecast_of(experiment, dataset.task()).kind, num_outputs(dataset)),
      .combines = {},
      .is_stack = traits_of(experiment.ensemble).is_stack,
      .trim = experiment.ensemble.trim};
  if (scoring.is_stack) {
    scoring.combines.push_back(experiment.ensemble.method);
    std::erase(names, experiment.ensemble.method);
  }
  scoring.rules = choose_combine_rules(outcome, names);
  for (const CombineRule* rule : scoring.rules) scoring.combines.emplace_back(rule->name);
  return scoring;
}

std::vector<float> reported_of(const Combiner& combiner, const MemberPredictions& members, const Scoring& scoring) {
  return scoring.is_stack ? members.stacked : combiner.combined(*scoring.rules.front());
}

Interval metric_interval(const Metric& metric, const Truth& truth, Predictions predictions, std::uint64_t key) {
  const auto mean = row_mean_of(metric, truth.num_outputs);
  if (!mean) return {kNaN, kNaN};
  const std::vector<double> losses = row_scores(*mean->averaged, truth, predictions);
  const Interval interval =
      bootstrap_interval(losses, truth.weights, key, {.level = 0.95, .resamples = num_resamples(losses.size())});
  return mean->is_root ? Interval{std::sqrt(interval.low), std::sqrt(interval.high)} : interval;
}

Interval any_metric_interval(const Metric& metric, const Truth& truth, Predictions predictions, std::uint64_t key) {
  if (row_mean_of(metric, truth.num_outputs)) return metric_interval(metric, truth, predictions, key);
  const std::size_t resamples =
      std::clamp<std::size_t>(20'000'000 / std::max<std::size_t>(predictions.size(), 1), 100, 1000);
  return bootstrap_metric_interval(metric, truth, predictions, key, {.resamples = resamples});
}

Combiner combiner_of(const StudyPlan& plan, const Scoring& scoring, std::size_t num_rows) {
  return Combiner(combination_shape(plan, num_rows), scoring.rules, {.trim = scoring.trim});
}

std::vector<std::size_t> sizes_to_look_at(std::size_t members) {
  std::vector<std::size_t> sizes;
  for (std::size_t size = 1; size < members; size += size >= 10 ? size / 4 : 1) sizes.push_back(size);
  if (members > 0) sizes.push_back(members);
  return sizes;
}

std::vector<double> score_rows(const StudyPlan& plan, const MemberPredictions& members,
                               std::span<const float> predictions, std::span<const std::uint32_t> dataset_rows,
                               const Scoring& scoring) {
  const std::size_t width = prediction_width(plan);
  std::vector<float> some;
  some.reserve(dataset_rows.size() * width);
  for (const std::uint32_t row : dataset_rows) {
    const auto one = row_of(predictions, row - members.rows.front(), width);
    some.insert(some.end(), one.begin(), one.end());
  }
  const TruthOf truth(plan, dataset_rows);
  return score_all(truth.truth(), some, scoring);
}

std::vector<Interval> intervals_of(const StudyPlan& plan, const MemberPredictions& members, Predictions predictions,
                                   const Scoring& scoring, std::uint64_t key) {
  std::vector<Interval> intervals(scoring.metrics.size(), Interval{kNaN, kNaN});
  if (!has_intervals(plan, members, scoring)) return intervals;
  const TruthOf truth(plan, members.rows);
  for (std::size_t k = 0; k < intervals.size(); ++k)
    intervals[k] = any_metric_interval(*scoring.metrics[k], truth.truth(), predictions, key);
  return intervals;
}

std::uint64_t interval_stream(const StudyPlan& plan, const MemberPredictions& members) {
  return plan.stream(Purpose::interval, {.repeat = members.repeat});
}

JuryScores score_jury(const StudyPlan& plan, const MemberPredictions& members, const Scoring& scoring,
                      std::uint64_t interval_key) {
  const TruthOf owner(plan, members.rows);
  const Truth truth = owner.truth();
  Combiner combiner = combiner_of(plan, scoring, members.rows.size());
  const Combination& combination = combiner.plain();
  JuryScores out{.source = members.source, .repeat = members.repeat};
  const std::size_t num_done = members.num_done();
  const std::vector<std::size_t> sizes = sizes_to_look_at(num_done);
  std::vector<std::vector<double>> member_scores;
  for (std::size_t m = 0; m < members.num_members; ++m) {
    const std::vector<float> member = members.member(m);
    combiner.add(member, members.weights_of(m));
    if (m >= num_done) continue;
    out.by_size.push_back(score_combination(combination, truth, scoring.metrics));
    out.by_size_reported.emplace_back();
    out.by_size_interval.push_back({kNaN, kNaN});
    member_scores.push_back(score_all(truth, member, scoring));
    if (!std::ranges::binary_search(sizes, m + 1) || (scoring.is_stack && m + 1 < num_done)) continue;
    const std::vector<float> reported = reported_of(combiner, members, scoring);
    out.by_size_reported.back() = score_all(truth, reported, scoring);
    if (has_intervals(plan, members, scoring))
      out.by_size_interval.back() = metric_interval(*scoring.metrics.front(), truth, reported, interval_key);
  }
  out.reported = reported_of(combiner, members, scoring);
  if (scoring.is_stack) out.overall.push_back({scoring.combines.front(), score_all(truth, out.reported, scoring)});
  for (const CombineRule* rule : scoring.rules)
    out.overall.push_back({std::string(rule->name), score_all(truth, combiner.combined(*rule), scoring)});
  for (ScoreLine& line : member_lines(member_scores, scoring)) out.overall.push_back(std::move(line));
  out.mean = combination.mean();
  out.deviation = combination.deviation();
  out.intervals = intervals_of(plan, members, out.reported, scoring, interval_key);
  out.votes.assign(combination.votes().begin(), combination.votes().end());
  out.counts.assign(combination.counts().begin(), combination.counts().end());
  out.label_mean = combination.label_mean();
  out.label_vote = combination.label_vote();
  return out;
}

}  // namespace jury
