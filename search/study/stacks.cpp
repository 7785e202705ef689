#include "search/study/stacks.hpp"

#include <algorithm>
#include <limits>

#include "models/data/load.hpp"
#include "models/ensemble/combiner.hpp"
#include "search/study/jury_scores.hpp"
#include "search/study/jury_weights.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// The rows that a predictor is trained on come from the study's dataset, or from what the generator drew.
Dataset dataset_of(const StudyPlan& plan, const TaskKey& predictor) {
  if (predictor.replicate == TaskKey::kNone || !plan.draws_replicates()) return plan.dataset();
  return Dataset::own(generate_replicate(plan.experiment().data, plan.replicate_stream(predictor)));
}

// All members that are going to be (of members = "auto" nobody knows yet how many those are), and one that can predict.
bool is_there(const StudyPlan& plan, const Fits& fits, const TaskKey& jury) {
  const std::vector<TaskKey> tasks = plan.tasks_of(jury);
  const std::size_t needed = is_auto(plan.configuration(jury).ensemble) ? 1 : tasks.size();
  const auto is_complete = [&](const TaskKey& task) {
    const auto fit = fits.find(task);
    return fit != fits.end() && fit->second.state == TaskState::complete;
  };
  return std::ranges::all_of(std::span(tasks).first(needed),
                             [&](const TaskKey& task) { return fits.contains(task); }) &&
         std::ranges::any_of(tasks, is_complete);
}

// A base's predictions for all training rows of the predictor, put together from its inner folds.
std::vector<float> inner_predictions(const StudyPlan& plan, const Fits& fits, TaskKey jury, const Dataset& dataset,
                                     std::span<const std::uint32_t> rows) {
  const std::size_t width = prediction_width(plan);
  std::vector<float> all(rows.size() * width, std::numeric_limits<float>::quiet_NaN());
  for (jury.inner = 0; jury.inner < plan.experiment().ensemble.stack.folds; ++jury.inner) {
    TaskKey key = jury;
    std::vector<std::uint32_t> left_out;
    for (key.member = 0; fits.contains(key); ++key.member) {
      const FitRows of_fit = plan.rows(key, dataset);
      require_unseen(RowSet(dataset.domain(), of_fit.draws), dataset.domain(), of_fit.valid,
                     "stack of " + to_string(key));
      left_out = of_fit.valid;
    }
    const auto joined =
        joined_members(plan, fits, jury, {.predictor = jury, .rows = left_out, .part = &FitResult::valid});
    for (std::size_t i = 0; i < left_out.size(); ++i) {
      const auto place = static_cast<std::size_t>(std::ranges::lower_bound(rows, left_out[i]) - rows.begin());
      std::copy_n(joined.begin() + static_cast<std::ptrdiff_t>(i * width), width,
                  all.begin() + static_cast<std::ptrdiff_t>(place * width));
    }
  }
  return all;
}

std::vector<Predictions> spans_of(const std::vector<std::vector<float>>& bases) { return {bases.begin(), bases.end()}; }

}  // namespace

std::vector<float> joined_members(const StudyPlan& plan, const Fits& fits, const TaskKey& jury,
                                  const PredictorPart& part) {
  const EnsembleOptions& ensemble = plan.configuration(jury).ensemble;
  const auto rules = choose_combine_rules(outcome_of(plan.dataset()), combines_of(ensemble, plan.dataset().task()));
  const CombinationShape shape = combination_shape(plan, part.rows.size());
  Combiner combiner(shape, std::span(rules).first(1), {.trim = ensemble.trim});
  const std::vector<double> weights = member_weights(plan, fits, jury);
  TaskKey key = jury;
  for (std::size_t m = 0; m < weights.size(); ++m) {
    key.member = static_cast<std::int32_t>(m);
    const auto fit = fits.find(key);
    if (fit == fits.end()) continue;
    const std::vector<float> predictions = fit->second.array(part.part);
    if (predictions.size() == shape.num_rows * shape.width()) combiner.add(predictions, weights[m]);
  }
  return combiner.combined(*rules.front());
}

std::vector<std::vector<float>> base_predictions(const StudyPlan& plan, const Fits& fits, const PredictorPart& part) {
  std::vector<std::vector<float>> bases;
  TaskKey jury = part.predictor;
  for (jury.base = 0; jury.base < plan.num_bases(); ++jury.base)
    bases.push_back(joined_members(plan, fits, jury, part));
  return bases;
}

std::optional<Fitted<Stack>> fit_stack_of(const StudyPlan& plan, const Fits& fits, const TaskKey& predictor) {
  for (const TaskKey& jury : plan.juries_of(predictor))
    if (!is_there(plan, fits, jury)) return std::nullopt;
  const Dataset dataset = dataset_of(plan, predictor);
  std::vector<std::uint32_t> rows = plan.rows(predictor, dataset).draws;
  const RowSet saw(dataset.domain(), rows);
  if (const auto& given = plan.experiment().ensemble.stack.weights; !given.empty())
    return Fitted<Stack>(Stack{.model = {}, .weights = given}, saw);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  std::vector<std::vector<float>> bases;
  TaskKey jury = predictor;
  for (jury.base = 0; jury.base < plan.num_bases(); ++jury.base)
    bases.push_back(inner_predictions(plan, fits, jury, dataset, rows));
  const TruthOf truth(dataset, rows, forecast_of(plan.experiment(), dataset.task()));
  const EnsembleOptions& ensemble = plan.experiment().ensemble;
  Stack stack;
  if (ensemble.method == "stacking") {
    stack.model = fit_stack(ensemble.stack, truth.truth(), spans_of(bases));
  } else {
    const Scoring scoring = scoring_of(plan.experiment(), plan.dataset());
    Rng rng(plan.stream(Purpose::selection, predictor));
    const Truth values = truth.truth();
    Selection selection =
        select_bases({.metric = *scoring.metrics.front(), .truth = values}, spans_of(bases), ensemble.stack, rng);
    stack.weights = std::move(selection.weights);
    stack.path = std::move(selection.runs.front().scores);
  }
  return Fitted<Stack>(std::move(stack), saw);
}

Stacks fit_stacks(const StudyPlan& plan, const Fits& fits) {
  Stacks stacks;
  if (!plan.is_stack()) return stacks;
  for (const TaskKey& predictor : plan.predictors())
    if (auto stack = fit_stack_of(plan, fits, predictor)) stacks.emplace(predictor, std::move(*stack));
  return stacks;
}

std::vector<float> Stack::join(const CombinationShape& shape, std::span<const Predictions> bases) const {
  if (model) return predict_stack(*model, bases);
  WeightedCombination mean(shape);
  for (std::size_t b = 0; b < bases.size(); ++b) mean.add(bases[b], weights[b]);
  return mean.mean();
}

void Stack::save(ByteWriter& writer) const {
  writer.add(static_cast<std::uint8_t>(model ? 1 : 0));
  if (model) model->save(writer);
  writer.add(weights);
}

Stack Stack::load(ByteReader& reader) {
  Stack stack;
  if (reader.read<std::uint8_t>() != 0) stack.model = StackModel::load(reader);
  stack.weights = reader.vector<double>();
  return stack;
}

}  // namespace jury
