// The tables keyed by fit: /fits, /curves and /splits.
#include <algorithm>
#include <cmath>

#include "models/ensemble/bootstrap.hpp"
#include "runtime/base/numbers.hpp"
#include "search/study/fold_overlaps.hpp"
#include "search/study/results_file.hpp"

namespace jury {
namespace {

using ScoreList = std::vector<double> FitScores::*;

// One column per metric that any fit has: "valid.accuracy".
void add_scores(TableWriter& table, const FitTable& results, const std::string& part, ScoreList list) {
  for (std::size_t k = 0; k < results.task_metrics.size(); ++k) {
    std::vector<double> column;
    bool any = false;
    for (const auto& [key, scores] : results.scores) {
      const auto& values = scores.*list;
      any = any || k < values.size();
      column.push_back(k < values.size() ? values[k] : kNaN);
    }
    if (any) table.column(part + "." + std::string(results.task_metrics[k]->name), column);
  }
}

// The scores of held-out rows in the curves, of all fits: bases of a stack may have others.
std::vector<std::string> metrics_of_curves(const Fits& fits) {
  std::vector<std::string> names;
  for (const auto& [key, fit] : fits)
    for (const std::string& name : fit.result.curve_metrics)
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  return names;
}

// Of the rows held out, after an epoch; NaN where a fit has no such score.
double curve_score(const FitResult& fit, const std::string& metric, std::size_t epoch) {
  const auto column =
      static_cast<std::size_t>(std::ranges::find(fit.curve_metrics, metric) - fit.curve_metrics.begin());
  return column < fit.curve_metrics.size() ? fit.curve_valid_scores[epoch * fit.curve_metrics.size() + column] : kNaN;
}

// Where rows are in neither part of a split, its test rows do not tell what it trains on: index files may leave some
// out, and a time series the gap and what comes later.
void write_parts(const Hdf5Group& splits, const StudyPlan& plan) {
  const std::size_t n = plan.dataset().num_train();
  std::vector<SplitPart> parts(plan.dataset().parts().begin(), plan.dataset().parts().end());
  if (plan.has_cv() && plan.experiment().cv->method == "time_series") {
    for (std::int32_t fold = 0; fold < plan.num_folds(); ++fold) {
      std::vector<SplitPart> of_fold(n, SplitPart::unused);
      const Split split = plan.split(0, fold);
      for (const std::uint32_t row : split.train) of_fold[row] = SplitPart::train;
      for (const std::uint32_t row : split.test) of_fold[row] = SplitPart::test;
      parts.insert(parts.end(), of_fold.begin(), of_fold.end());
    }
  }
  if (std::ranges::find(parts, SplitPart::unused) == parts.end()) return;
  std::vector<std::int32_t> part;
  for (const SplitPart one : parts) part.push_back(static_cast<std::int32_t>(one));
  splits.array("part", part, {{"split", parts.size() / n}, {"row", n}},
               {.help = "what each training row is in each split: 0 not used, 1 trained on, 2 tested"});
}

}  // namespace

void write_fits(Hdf5Writer& file, const FitTable& results) {
  const Fits& fits = results.fits;
  std::vector<TaskKey> keys, curve_keys;
  std::vector<std::string> states, messages;
  std::vector<std::int64_t> n_train, n_valid, n_params, steps;
  std::vector<std::int32_t> best_epoch, epochs, epoch;
  std::vector<std::string> outcome;
  std::vector<double> weight, round_error, held_out_loss, loss, lr, valid_loss;
  const std::vector<std::string> curve_metrics = metrics_of_curves(fits);
  std::vector<std::vector<double>> valid(curve_metrics.size());
  for (const auto& [key, fit] : fits) {
    keys.push_back(key);
    states.emplace_back(to_string(fit.state));
    messages.push_back(fit.message);
    n_train.push_back(fit.result.num_train);
    n_valid.push_back(fit.result.num_valid);
    n_params.push_back(fit.result.num_params);
    steps.push_back(fit.result.num_steps);
    best_epoch.push_back(fit.result.best_epoch);
    epochs.push_back(fit.result.num_epochs);
    weight.push_back(results.weights.at(key));
    outcome.push_back(fit.result.outcome);
    round_error.push_back(fit.result.round_error);
    held_out_loss.push_back(fit.result.held_out_loss);
    for (std::size_t e = 0; e < fit.result.curve_loss.size(); ++e) {
      curve_keys.push_back(key);
      epoch.push_back(static_cast<std::int32_t>(e) + 1);
      loss.push_back(fit.result.curve_loss[e]);
      lr.push_back(fit.result.curve_lr[e]);
      const bool validated = e < fit.result.curve_valid_loss.size();
      valid_loss.push_back(validated ? fit.result.curve_valid_loss[e] : kNaN);
      for (std::size_t k = 0; k < valid.size(); ++k) valid[k].push_back(curve_score(fit.result, curve_metrics[k], e));
    }
  }
  const Hdf5Group group = file.group("fits");
  if (results.num_planned > 0) group.attribute("num_planned", static_cast<std::int64_t>(results.num_planned));
  TableWriter table(group, "row", keys.size());
  add_key_columns(table, keys);
  table.column("state", states).column("error", messages).column("n_train", n_train).column("n_valid", n_valid);
  table.column("epochs", epochs).column("best_epoch", best_epoch).column("steps", steps).column("n_params", n_params);
  table.column("weight", weight, {.help = "in weighted combinations; 0: it takes no part in them"});
  if (std::ranges::any_of(round_error, [](double e) { return !std::isnan(e); }))
    table.column("outcome", outcome, {.help = "how a round of AdaBoost ended"})
        .column("round_error", round_error, {.help = "of a round of AdaBoost; of gradient boosting the training loss"})
        .column("held_out_loss", held_out_loss);
  add_scores(table, results, "train", &FitScores::train);
  add_scores(table, results, "valid", &FitScores::valid);
  add_scores(table, results, "oob", &FitScores::oob);
  add_scores(table, results, "test", &FitScores::test);

  TableWriter curves(file.group("curves"), "row", curve_keys.size());
  add_key_columns(curves, curve_keys);
  curves.column("epoch", epoch).column("train.loss", loss).column("lr", lr);
  if (curve_metrics.empty()) return;
  curves.column("valid.loss", valid_loss);
  for (std::size_t k = 0; k < valid.size(); ++k) curves.column("valid." + curve_metrics[k], valid[k]);
}

void write_splits(Hdf5Writer& file, const StudyPlan& plan, const StudyResults& results) {
  const Hdf5Group splits = file.group("splits");
  std::vector<std::int32_t> outer, repeat, fold;
  std::vector<std::int64_t> offset, size;
  std::vector<std::uint32_t> rows;
  for (std::int32_t r = 0; r < plan.num_repeats(); ++r) {
    for (std::int32_t f = 0; f < plan.num_folds(); ++f) {
      const auto tested = plan.valid_rows(r, f);
      outer.push_back(TaskKey::kNone);
      repeat.push_back(r);
      fold.push_back(f);
      offset.push_back(static_cast<std::int64_t>(rows.size()));
      size.push_back(static_cast<std::int64_t>(tested.size()));
      rows.insert(rows.end(), tested.begin(), tested.end());
    }
  }
  if (!fold.empty()) {
    TableWriter(splits, "split", fold.size())
        .column("outer", outer)
        .column("repeat", repeat)
        .column("fold", fold)
        .column("offset", offset)
        .column("size", size);
    splits.array("rows", rows, {{"position", rows.size()}},
                 {.help = "test rows of each split: size rows from offset, the others are trained on (see part, where "
                          "it is there)"});
  }
  if (plan.has_cv()) {
    const FoldOverlaps overlaps = count_overlaps(plan);
    splits.attribute("duplicate_rows", static_cast<std::int64_t>(overlaps.duplicate_rows));
    splits.attribute("split_groups", static_cast<std::int64_t>(overlaps.split_groups));
  }
  write_parts(splits, plan);
  const auto bags = std::ranges::find(results.predictions, "oob", &MemberPredictions::source);
  if (bags == results.predictions.end()) return;
  const std::size_t n = plan.dataset().num_train(), members = bags->num_members;
  std::vector<std::uint32_t> counts;
  for (std::size_t m = 0; m < members; ++m) {
    const auto member = bag_counts(plan.rows({.member = static_cast<std::int32_t>(m)}).draws, n);
    counts.insert(counts.end(), member.begin(), member.end());
  }
  splits.array("bootstrap_count", counts, {{"member", members}, {"row", n}},
               {.help = "how often each member of the final ensemble drew each training row"});
}

}  // namespace jury
