#include "search/study/joined_trials.hpp"

#include <algorithm>
#include <numeric>

#include "models/ensemble/selection.hpp"
#include "models/ensemble/weighted_combination.hpp"
#include "models/metrics/tests_of_difference.hpp"
#include "runtime/base/numbers.hpp"
#include "search/study/trial_settings.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// The rows of all repeats, one repeat after the other.
std::vector<std::uint32_t> rows_of_repeats(const StudyPlan& base) {
  std::vector<std::uint32_t> rows(base.dataset().num_train() * static_cast<std::size_t>(base.num_repeats()));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::uint32_t>(i % base.dataset().num_train());
  return rows;
}

// Trials and what they said of these rows.
struct Bases {
  std::vector<std::int32_t> trials;
  std::vector<std::vector<float>> predictions;  // each (repeats x rows, width)
};

Bases bases_of(const StudyPlan& base, std::span<const JoinCandidate> candidates) {
  const auto repeats = static_cast<std::size_t>(base.num_repeats());
  const std::size_t size = base.dataset().num_train() * prediction_width(base);
  Bases bases;
  for (const JoinCandidate& candidate : candidates) {
    const auto& oof = candidate.score->oof;
    if (oof.size() != repeats || !std::ranges::all_of(oof, [&](const auto& repeat) { return repeat.size() == size; }))
      continue;
    bases.trials.push_back(candidate.trial);
    std::vector<float>& all = bases.predictions.emplace_back();
    for (const std::vector<float>& repeat : oof) all.insert(all.end(), repeat.begin(), repeat.end());
  }
  return bases;
}

// Weighs bases, and says what they are worth.
class Selector {
 public:
  Selector(const StudyPlan& base, const std::vector<TrialObjective>& objectives, const Bases& bases)
      : base_(base),
        objectives_(objectives),
        scoring_(scoring_of(base.experiment(), base.dataset())),
        bases_(bases),
        rows_(rows_of_repeats(base)),
        truth_(base, rows_),
        width_(prediction_width(base)) {}

  Selection select(std::span<const Predictions> bases) const {
    Rng rng(base_.stream(Purpose::selection, {}));
    const Truth truth = truth_.truth();
    return select_bases({.metric = *objectives_.front().metric, .truth = truth}, bases,
                        base_.experiment().ensemble.stack, rng);
  }
  Selection select() const { return select(spans()); }

  std::vector<float> join(std::span<const double> weights) const {
    WeightedCombination mean(combination_shape(base_, rows_.size()));
    for (std::size_t b = 0; b < weights.size(); ++b)
      if (weights[b] > 0) mean.add(bases_.predictions[b], weights[b]);
    return mean.mean();
  }

  // Each fold under weights that none of its rows had a part in. A row that one base did not predict counts for none.
  std::vector<float> cross_fitted() const {
    std::vector<float> all(rows_.size() * width_, std::numeric_limits<float>::quiet_NaN());
    const std::size_t n = base_.dataset().num_train();
    for (std::int32_t repeat = 0; repeat < base_.num_repeats(); ++repeat)
      for (std::int32_t fold = 0; fold < base_.num_folds(); ++fold) {
        std::vector<float> first = bases_.predictions.front();
        const std::vector<std::uint32_t> held = base_.valid_rows(repeat, fold);
        for (std::size_t at = 0; at < rows_.size(); at += n)
          for (const std::uint32_t row : held)
            std::fill_n(place(first, at + row), width_, std::numeric_limits<float>::quiet_NaN());
        std::vector<Predictions> without = spans();
        without.front() = first;
        const std::vector<float> joined = join(select(without).weights);
        for (const std::uint32_t row : held) {
          const std::size_t at = static_cast<std::size_t>(repeat) * n + row;
          std::copy_n(joined.begin() + static_cast<std::ptrdiff_t>(at * width_), width_, place(all, at));
        }
      }
    return all;
  }

  TrialScore score(const std::vector<float>& predictions) const {
    TrialScore out;
    std::vector<std::uint32_t> rows(base_.dataset().num_train());
    std::iota(rows.begin(), rows.end(), 0U);
    const TruthOf truth(base_, rows);
    for (const TrialObjective& objective : objectives_)
      out.objectives.push_back(objective.cost.empty() ? mean_score(*objective.metric, truth.truth(), predictions)
                                                      : kNaN);
    for (const Metric* metric : scoring_.metrics) out.scores.push_back(mean_score(*metric, truth.truth(), predictions));
    std::vector<double> folds;
    for (std::int32_t repeat = 0; repeat < base_.num_repeats(); ++repeat)
      for (std::int32_t fold = 0; fold < base_.num_folds(); ++fold) {
        const std::vector<std::uint32_t> held = base_.valid_rows(repeat, fold);
        folds.push_back(score_of(*objectives_.front().metric, predictions, repeat, held));
      }
    std::erase_if(folds, [](double value) { return std::isnan(value); });
    if (folds.size() > 1) out.standard_error = mean_over_folds(folds).standard_error;
    return out;
  }

 private:
  std::vector<float>::iterator place(std::vector<float>& predictions, std::size_t row) const {
    return predictions.begin() + static_cast<std::ptrdiff_t>(row * width_);
  }
  std::vector<Predictions> spans() const { return {bases_.predictions.begin(), bases_.predictions.end()}; }

  // Of rows of one repeat.
  double score_of(const Metric& metric, const std::vector<float>& predictions, std::int32_t repeat,
                  std::span<const std::uint32_t> rows) const {
    const std::size_t offset = static_cast<std::size_t>(repeat) * base_.dataset().num_train();
    std::vector<float> of_rows;
    for (const std::uint32_t row : rows) {
      const auto said = row_of(Predictions(predictions), offset + row, width_);
      of_rows.insert(of_rows.end(), said.begin(), said.end());
    }
    const TruthOf truth(base_, rows);
    return jury::score(metric, truth.truth(), of_rows);
  }

  // Over the repeats, of the truth of one.
  double mean_score(const Metric& metric, const Truth& truth, const std::vector<float>& predictions) const {
    const std::size_t size = base_.dataset().num_train() * width_;
    double sum = 0, count = 0;
    for (std::size_t at = 0; at < predictions.size(); at += size) {
      const double value = jury::score(metric, truth, Predictions(predictions).subspan(at, size));
      if (std::isnan(value)) continue;
      sum += value;
      count += 1;
    }
    return count > 0 ? sum / count : kNaN;
  }

  const StudyPlan& base_;
  const std::vector<TrialObjective>& objectives_;
  Scoring scoring_;
  const Bases& bases_;
  std::vector<std::uint32_t> rows_;
  TruthOf truth_;
  std::size_t width_;
};

}  // namespace

JoinedTrials select_trials(const StudyPlan& base, const std::vector<TrialObjective>& objectives,
                           std::span<const JoinCandidate> candidates) {
  const Bases bases = bases_of(base, candidates);
  JoinedTrials joined;
  if (bases.trials.empty()) {
    joined.reason = "no trial has out-of-fold predictions of all rows";
    return joined;
  }
  const Selector selector(base, objectives, bases);
  const Selection selection = selector.select();
  for (std::size_t b = 0; b < bases.trials.size(); ++b) {
    if (selection.counts[b] == 0) continue;
    joined.trials.push_back(bases.trials[b]);
    joined.weights.push_back(selection.weights[b]);
  }
  joined.path = selection.runs.front().scores;
  joined.naive = selector.score(selector.join(selection.weights));
  joined.cross_fitted = selector.score(selector.cross_fitted());
  return joined;
}

TrialSettings settings_of(const JoinedTrials& joined, const Experiment& experiment,
                          std::span<const JoinCandidate> candidates) {
  Config::List bases, weights;
  for (std::size_t b = 0; b < joined.trials.size(); ++b) {
    const auto candidate = std::ranges::find(candidates, joined.trials[b], &JoinCandidate::trial);
    Config base = configuration_at(experiment, candidate->settings->values);
    base.set("name", Config("trial-" + std::to_string(candidate->trial)));
    bases.push_back(std::move(base));
    weights.emplace_back(joined.weights[b]);
  }
  Config ensemble(Config::Table{});
  ensemble.set("method", Config(std::string("selection")));
  ensemble.set_path("stack.weights", Config(std::move(weights)));
  ensemble.set("base", Config(std::move(bases)));
  Config cv(Config::Table{});
  cv.set("method", Config(std::string("none")));
  cv.set("metrics", *to_config(experiment).find_path("cv.metrics"));
  const Config nothing(Config::Table{});
  return {.values = {{"preprocess", Config(false)},
                     {"model", nothing},
                     {"train", nothing},
                     {"trees", nothing},
                     {"ensemble", ensemble},
                     {"cv", cv}}};
}

std::string why_not_selected(const StudyPlan& base, const SearchSection& search,
                             const std::vector<TrialObjective>& objectives) {
  const Experiment& experiment = base.experiment();
  const TrialObjective& first = objectives.front();
  if (first.source != "oof" || !base.has_cv())
    return "search.objective = \"" + first.name() + "\" (the trials have no out-of-fold predictions)";
  if (first.maximize != (first.metric->direction == Direction::maximize))
    return "search.direction, which is not that of the score";
  if (!experiment.final.refit) return "final.refit = false (the selected trials are trained on all rows)";
  if (base.is_stack())
    return "ensemble.method = \"" + experiment.ensemble.method + "\" (it would be a stack of stacks)";
  if (base.donor() != nullptr) return "model.from (a stack's bases differ)";
  if (experiment.final.calibrate != "none") return "final.calibrate (it has no rows of its own to be fitted on)";
  if (experiment.final.conformal != "none") return "final.conformal (it has no rows of its own to be fitted on)";
  if (search.pruner == "pbt") return "search.pruner = \"pbt\" (whose settings change while a network trains)";
  return "";
}

}  // namespace jury
