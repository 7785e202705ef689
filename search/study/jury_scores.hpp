// How good a jury is, and how good its members are one by one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/ensemble/combiner.hpp"
#include "models/metrics/interval.hpp"
#include "models/metrics/scores.hpp"
#include "search/study/member_predictions.hpp"

namespace jury {

/// Which scores are computed and how members are joined; the first of each is the reported one.
struct Scoring {
  std::vector<const Metric*> metrics;
  std::vector<std::string> combines;           ///< names of combine rules
  std::vector<const CombineRule*> rules = {};  ///< the same, less a stack's own
  bool is_stack = false;                       ///< the first of `combines` is what a stack makes of its bases
  double trim = 0.1;
  IntervalOptions intervals =
      {};  ///< over rows; a study that has not ended has none (no resamples): they take longer than all else
};

/// The scoring an experiment asks for. Throws ConfigError when a metric does not apply to the task or
/// to what the networks predict, or a vote over values is to be reported.
Scoring scoring_of(const Experiment& experiment, const Dataset& dataset);

/// One line of scores: of a way to join the members, or of the members themselves.
struct ScoreLine {
  std::string predictor;  ///< mean, vote, median; calibrated; member_best, member_median, member_mean, member_worst
  std::vector<double> scores;  ///< one per metric
};

/// Everything about one set of rows predicted by one jury.
struct JuryScores {
  std::string source;
  std::int32_t repeat = TaskKey::kNone;
  std::vector<ScoreLine> overall = {};
  std::vector<Interval> intervals = {};  ///< 95 % over rows of each metric of the reported combination
  std::vector<SizeScores> by_size = {};  ///< of the first members, up to the last that is trained
  std::vector<std::vector<double>> by_size_reported = {};  ///< of the reported combination; empty at sizes left out
  std::vector<Interval> by_size_interval = {};             ///< of its first metric; NaN at sizes left out
  // Combined predictions: mean and reported (rows, prediction_width()), the others (rows, outputs) or (rows).
  std::vector<float> mean = {}, deviation = {}, reported = {};
  std::vector<float> calibrated = {};  ///< as reported, with final.calibrate; NaN where there is no calibrator
  std::vector<Interval> calibrated_intervals = {};  ///< as intervals, of them
  std::vector<std::int32_t> votes = {}, label_mean = {}, label_vote = {}, counts = {};
};

/// `interval_key`: a stream_key of Purpose::interval.
JuryScores score_jury(const StudyPlan& plan, const MemberPredictions& members, const Scoring& scoring,
                      std::uint64_t interval_key);

/// One score per metric.
std::vector<double> score_all(const Truth& truth, Predictions predictions, const Scoring& scoring);

/// Best, median, mean and worst of the members' scores, metric by metric; members without predictions (NaN) are left
/// out.
std::vector<ScoreLine> member_lines(const std::vector<std::vector<double>>& members, const Scoring& scoring);

/// 95 % over rows of each metric of some predictions of the rows of `members`; NaN where there are too many repeats.
/// `key` as of score_jury(): with equal keys the resamples are of the same rows.
std::vector<Interval> intervals_of(const StudyPlan& plan, const MemberPredictions& members, Predictions predictions,
                                   const Scoring& scoring, std::uint64_t key);

/// The stream_key of their resamples.
std::uint64_t interval_stream(const StudyPlan& plan, const MemberPredictions& members);

/// The scores of joined predictions over some of their rows: positions into members.rows.
std::vector<double> score_rows(const StudyPlan& plan, const MemberPredictions& members,
                               std::span<const float> predictions, std::span<const std::uint32_t> dataset_rows,
                               const Scoring& scoring);

/// What joins the members of predictors: add them in their order.
Combiner combiner_of(const StudyPlan& plan, const Scoring& scoring, std::size_t num_rows);

/// The predictions to be judged, (rows, width): of all members by the first rule, or by the stack.
std::vector<float> reported_of(const Combiner& combiner, const MemberPredictions& members, const Scoring& scoring);

/// Ensemble sizes worth more than a mean: 1 to 10, then steps of a quarter, and all.
std::vector<std::size_t> sizes_to_look_at(std::size_t members);

/// 95 % bootstrap interval over rows of a metric that is a mean over rows (or the root of one); NaN
/// for the others.
Interval metric_interval(const Metric& metric, const Truth& truth, Predictions predictions, std::uint64_t key);

/// The same of any metric: others are scored anew in every resample, of which there are fewer the more numbers there
/// are (100 to 1,000, at most 2e7 numbers or 100 resamples).
Interval any_metric_interval(const Metric& metric, const Truth& truth, Predictions predictions, std::uint64_t key);

}  // namespace jury
