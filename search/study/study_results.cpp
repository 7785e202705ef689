#include "search/study/study_results.hpp"

#include <algorithm>
#include <cmath>

#include "search/study/jury_weights.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

std::vector<double> scores_of(const StudyPlan& plan, std::span<const std::uint32_t> rows, Predictions predictions,
                              const std::vector<const Metric*>& metrics) {
  std::vector<double> scores;
  if (rows.empty() || predictions.empty()) return scores;
  const TruthOf truth(plan, rows);
  for (const Metric* metric : metrics) scores.push_back(score(*metric, truth.truth(), predictions));
  return scores;
}

FitScores score_fit(const StudyPlan& plan, const TaskKey& key, const FitResult& fit,
                    const std::vector<const Metric*>& metrics) {
  FitScores scores{.train = fit.train_scores, .valid = {}, .oob = {}, .test = {}};
  if (key.inner != TaskKey::kNone) return scores;  // what a stack is fitted on; no score of any predictor
  if (key.fold != TaskKey::kNone && !StudyPlan::is_apparent(key))
    scores.valid = scores_of(plan, plan.valid_rows(key.repeat, key.fold), fit.valid, metrics);
  if (!fit.oob.empty()) scores.oob = scores_of(plan, plan.rows(key).oob, fit.oob, metrics);
  scores.test = scores_of(plan, plan.test_rows(), fit.test, metrics);
  return scores;
}

void collect_predictions(const StudyPlan& plan, const Trained& trained, StudyResults& out) {
  for (std::int32_t repeat = 0; repeat < plan.num_repeats(); ++repeat)
    out.predictions.push_back(collect_oof(plan, trained, repeat));
  if (plan.has_final()) {
    out.predictions.push_back(collect_test(plan, trained));
    if (plan.is_bagged()) out.predictions.push_back(collect_oob(plan, trained));
  }
  std::erase_if(out.predictions, [](const MemberPredictions& members) { return members.empty(); });
}

// The scores of each member in each fold, (folds, members, metrics): a member is read once.
std::vector<std::vector<std::vector<double>>> member_scores_by_fold(const StudyPlan& plan,
                                                                    const MemberPredictions& members,
                                                                    const Scoring& scoring) {
  std::vector<std::vector<std::vector<double>>> scores(static_cast<std::size_t>(plan.num_folds()));
  for (std::size_t m = 0; m < members.num_members; ++m) {
    const std::vector<float> member = members.member(m);
    for (std::size_t fold = 0; fold < scores.size(); ++fold)
      scores[fold].push_back(
          score_rows(plan, members, member, plan.valid_rows(members.repeat, static_cast<std::int32_t>(fold)), scoring));
  }
  return scores;
}

// Means over the members that have scores.
std::vector<double> mean_over_members(const std::vector<std::vector<double>>& members, std::size_t num_metrics) {
  std::vector<double> means(num_metrics);
  std::size_t scored = 0;
  for (const std::vector<double>& scores : members) {
    if (std::isnan(scores.front())) continue;
    for (std::size_t k = 0; k < num_metrics; ++k) means[k] += scores[k];
    ++scored;
  }
  for (double& mean : means) mean /= static_cast<double>(scored);
  return means;
}

void score_folds(const StudyPlan& plan, StudyResults& out) {
  for (std::size_t i = 0; i < out.predictions.size(); ++i) {
    const MemberPredictions& members = out.predictions[i];
    if (members.source != "oof") continue;
    const auto of_members = member_scores_by_fold(plan, members, out.scoring);
    for (std::int32_t fold = 0; fold < plan.num_folds(); ++fold) {
      const auto rows = plan.valid_rows(members.repeat, fold);
      out.folds.push_back(
          {.repeat = members.repeat,
           .fold = fold,
           .num_rows = rows.size(),
           .scores = score_rows(plan, members, out.juries[i].reported, rows, out.scoring),
           .member_mean = mean_over_members(of_members[static_cast<std::size_t>(fold)], out.scoring.metrics.size())});
    }
  }
}

const ScoreLine& line_called(const JuryScores& jury, std::string_view predictor) {
  return *std::ranges::find_if(jury.overall, [&](const ScoreLine& line) { return line.predictor == predictor; });
}

// The score to be judged by: out of fold, else on the test set, else out of bag; mean over repeats.
void find_headline(StudyResults& out) {
  for (const char* source : {"oof", "test", "oob"}) {
    std::vector<const JuryScores*> juries;
    for (const JuryScores& jury : out.juries)
      if (jury.source == source) juries.push_back(&jury);
    if (juries.empty()) continue;
    const auto mean_of = [&](std::string_view predictor, std::size_t metric) {
      // A repeat that tests few rows may have no score of them, nor one whose fits are still to come.
      double sum = 0, count = 0;
      for (const JuryScores* jury : juries) {
        const double value = line_called(*jury, predictor).scores[metric];
        if (std::isnan(value)) continue;
        sum += value;
        ++count;
      }
      return sum / count;
    };
    const std::string& combine = out.scoring.combines.front();
    for (std::size_t k = 0; k < out.scoring.metrics.size(); ++k) out.headline_scores.push_back(mean_of(combine, k));
    std::vector<double> folds;
    for (const FoldScores& fold : out.folds) folds.push_back(fold.scores.front());
    out.headline = Headline{.metric = std::string(out.scoring.metrics.front()->name),
                            .source = source,
                            .combine = combine,
                            .value = out.headline_scores.front(),
                            .standard_error = mean_over_folds(folds).standard_error,
                            .member_best = mean_of("member_best", 0),
                            .member_median = mean_of("member_median", 0),
                            .member_mean = mean_of("member_mean", 0)};
    if (juries.front()->calibrated.empty()) return;
    for (std::size_t k = 0; k < out.scoring.metrics.size(); ++k)
      out.calibrated_scores.push_back(mean_of(kCalibrated, k));
    out.headline->calibrated = out.calibrated_scores.front();
    return;
  }
}

// The scores of rows left out become bootstrap estimates, and so do those of the members. The error that is known is
// that of the first part; the apparent score has none of its own.
void estimate_headline(StudyResults& out) {
  if (!out.headline || out.bootstrap.lines.empty()) return;
  const auto value_of = [&](std::string_view predictor) {
    return std::ranges::find(out.bootstrap.lines, predictor, &BootstrapLine::predictor)->estimates.front().value;
  };
  const std::vector<BootstrapEstimate>& reported = out.bootstrap.lines.front().estimates;
  out.headline_scores.clear();
  for (const BootstrapEstimate& estimate : reported) out.headline_scores.push_back(estimate.value);
  out.headline->estimator = out.bootstrap.method;
  out.headline->value = reported.front().value;
  out.headline->standard_error *= reported.front().weight;
  out.headline->member_best = value_of("member_best");
  out.headline->member_median = value_of("member_median");
  out.headline->member_mean = value_of("member_mean");
  out.headline->calibrated.reset();
  out.calibrated_scores.clear();
}

std::map<TaskKey, double> weights_of(const StudyPlan& plan, const Fits& fits) {
  std::map<TaskKey, double> weights;
  for (const auto& [key, fit] : fits) weights[key] = fit.state == TaskState::complete ? 1.0 : 0.0;
  for (const TaskKey& predictor : plan.predictors()) {
    for (TaskKey key : plan.juries_of(predictor)) {
      const std::vector<double> of_jury = member_weights(plan, fits, key);
      for (std::size_t m = 0; m < of_jury.size(); ++m) {
        key.member = static_cast<std::int32_t>(m);
        if (const auto weight = weights.find(key); weight != weights.end()) weight->second = of_jury[m];
      }
    }
  }
  return weights;
}

std::size_t num_missing(const StudyPlan& plan, const Fits& fits) {
  std::size_t missing = 0;
  for (const TaskKey& task : plan.tasks())
    if (!fits.contains(task)) missing += static_cast<std::size_t>(plan.num_fits_of(task));
  return missing;
}

}  // namespace

double StudyResults::largest_residual() const noexcept {
  const double decomposed = std::fmax(bias_variance.largest_residual(), jury::largest_residual(variance_sources));
  return std::fmax(decomposed, jury::largest_residual(diversity));
}

std::vector<std::pair<TaskKey, FitScores>> score_fits(const StudyPlan& plan, const Fits& fits,
                                                      const std::vector<const Metric*>& metrics) {
  std::vector<std::pair<TaskKey, FitScores>> scores;
  scores.reserve(fits.size());
  for (const auto& [key, fit] : fits) scores.emplace_back(key, score_fit(plan, key, fit.whole(), metrics));
  return scores;
}

StudyResults compute_results(const StudyPlan& plan, const Fits& fits, std::optional<std::size_t> num_left) {
  StudyResults out;
  out.scoring = scoring_of(plan.experiment(), plan.dataset());
  out.task_metrics =
      choose_metrics(outcome_of(plan.dataset()), {}, forecast_of(plan.experiment(), plan.dataset().task()).kind);
  for (const Metric* named : out.scoring.metrics)
    if (named->shown == Shown::when_named) out.task_metrics.push_back(named);
  const std::size_t left = num_left ? *num_left : num_missing(plan, fits);
  if (left > 0) out.scoring.intervals.resamples = 0;
  out.num_planned = fits.size() + left;
  for (const auto& [key, fit] : fits) {
    out.num_complete += fit.state == TaskState::complete ? 1U : 0U;
    out.num_diverged += fit.state == TaskState::diverged ? 1U : 0U;
    out.num_failed += fit.state != TaskState::complete && fit.state != TaskState::diverged ? 1U : 0U;
  }
  out.fits = score_fits(plan, fits, out.task_metrics);
  out.weights = weights_of(plan, fits);
  out.stacks = fit_stacks(plan, fits);
  const Trained trained{.fits = fits, .stacks = out.stacks};
  collect_predictions(plan, trained, out);
  for (const MemberPredictions& members : out.predictions)
    out.juries.push_back(score_jury(plan, members, out.scoring, interval_stream(plan, members)));
  out.calibration = calibrate_study(plan, out.predictions, out.juries, out.scoring);
  out.conformal = conform_study(plan, out.predictions, out.juries, out.scoring);
  score_folds(plan, out);
  find_headline(out);
  out.bootstrap = estimate_bootstrap(plan, trained, out.scoring, out.juries,
                                     plan.stream(Purpose::interval, StudyPlan::apparent_predictor()));
  estimate_headline(out);
  out.diversity = find_diversity(plan, out.predictions);
  out.uncertainty = find_uncertainty(plan, out.predictions);
  out.jackknife = find_jackknife(plan, fits, out.predictions);
  out.data_value = find_data_value(plan, out.predictions);
  out.bias_variance = decompose_study(plan, trained, out.scoring);
  out.variance_sources = find_variance_sources(plan, out.scoring, out.bias_variance);
  return out;
}

}  // namespace jury
