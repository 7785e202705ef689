#include "search/study/tree_member.hpp"

#include <algorithm>
#include <limits>

#include "models/metrics/scores.hpp"
#include "models/nn/class_weights.hpp"
#include "models/nn/validation.hpp"
#include "models/trees/train_trees.hpp"

namespace jury {
namespace {

// The rows that trees learn from, with all that hangs on their draws, and those that end the rounds.
struct TreeRows {
  HeldOut split;
  std::vector<float> weights;   // per draw; empty: all equal
  std::vector<double> targets;  // (draws, targets) instead of the dataset's
};

// Where a request brings targets of its own, boosting holds rows out: its trees run all their rounds.
HeldOut split_of(const StudyPlan& plan, const MemberRequest& request, const Pipeline& pipeline) {
  const double share = plan.configuration(request.key).trees.validation;
  if (share > 0 && request.targets.empty())
    return validation_split({.dataset = request.dataset, .pipeline = pipeline, .rows = request.draws},
                            {.fraction = share}, plan.stream(Purpose::early_stopping, request.key));
  return {.training = {request.draws.begin(), request.draws.end()}, .kept = {}, .validation = {}};
}

// Times the factor of the row's class.
void weigh_classes(const Config& setting, const MemberRequest& request, TreeRows& rows) {
  const bool classes = request.targets.empty() && request.dataset.task() == TaskKind::classification;
  if (!classes) return;
  std::vector<std::int32_t> labels;
  for (const std::uint32_t row : rows.split.training) labels.push_back(request.dataset.labels()[row]);
  const std::vector<double> factors = class_weights(setting, request.dataset.num_classes(), labels);
  if (factors.empty()) return;
  if (rows.weights.empty()) rows.weights.assign(labels.size(), 1.0F);
  for (std::size_t i = 0; i < labels.size(); ++i)
    rows.weights[i] =
        static_cast<float>(static_cast<double>(rows.weights[i]) * factors[static_cast<std::size_t>(labels[i])]);
}

TreeRows rows_of(const StudyPlan& plan, const MemberRequest& request, const Pipeline& pipeline) {
  TreeRows rows{.split = split_of(plan, request, pipeline), .weights = {}, .targets = {}};
  const std::vector<float> all = draw_weights(request);
  if (rows.split.validation.empty())
    rows.weights = all;
  else if (!all.empty())
    for (const std::uint32_t place : rows.split.kept) rows.weights.push_back(all[place]);
  weigh_classes(plan.configuration(request.key).train.class_weights, request, rows);
  if (!request.targets.empty())
    for (const std::uint32_t row : rows.split.training) {
      const auto values = request.targets.subspan(row * request.num_targets, request.num_targets);
      rows.targets.insert(rows.targets.end(), values.begin(), values.end());
    }
  return rows;
}

FitResult result_of(const TrainedTrees& trained, const TreeModel& model, const TreeOptions& options,
                    std::size_t draws) {
  FitResult result{.num_train = static_cast<std::int64_t>(draws),
                   .num_params = static_cast<std::int64_t>(model.parts().nodes.size()),
                   .num_steps = static_cast<std::int64_t>(trained.curve.size()),
                   .num_epochs = static_cast<std::int32_t>(trained.curve.size()),
                   .best_epoch = trained.best_round};
  for (const RoundRecord& round : trained.curve) {
    result.curve_loss.push_back(round.train_loss);
    result.curve_lr.push_back(options.learning_rate);
  }
  return result;
}

// Scores of the trees that are kept on the rows held out, of each metric of the task.
struct HeldOutScores {
  std::vector<std::string> metrics;
  std::vector<double> scores;
};

HeldOutScores held_out_scores(const TrainedMember& member, const Dataset& dataset, std::span<const std::uint32_t> rows,
                              const Forecast& forecast) {
  std::vector<float> predictions(rows.size() * member.num_outputs());
  member.trees->predict(dataset, member.pipeline, rows, predictions);
  HeldOutScores out{.metrics = {}, .scores = training_scores(predictions, dataset, rows, forecast)};
  for (const Metric* metric : choose_metrics(outcome_of(dataset), {}, forecast.kind))
    out.metrics.emplace_back(metric->name);
  return out;
}

void add_validation(const TrainedTrees& trained, const HeldOutScores& kept, FitResult& result) {
  for (const RoundRecord& round : trained.curve) result.curve_valid_loss.push_back(round.valid_loss);
  result.curve_metrics = kept.metrics;
  const std::size_t count = kept.scores.size(), best = static_cast<std::size_t>(trained.best_round - 1);
  result.curve_valid_scores.assign(trained.curve.size() * count, std::numeric_limits<double>::quiet_NaN());
  std::ranges::copy(kept.scores, result.curve_valid_scores.begin() + static_cast<std::ptrdiff_t>(best * count));
}

}  // namespace

std::optional<MemberTraining> train_tree_member(const StudyPlan& plan, const MemberRequest& request,
                                                const Fitted<Pipeline>& pipeline, const StopFlag& stop) {
  const Configuration& configuration = plan.configuration(request.key);
  const Dataset& dataset = request.dataset;
  const TreeRows rows = rows_of(plan, request, *pipeline);
  const TrainedTrees trained = train_trees(
      configuration.trees,
      {.dataset = dataset,
       .pipeline = *pipeline,
       .rows = rows.split.training,
       .weights = rows.weights,
       .targets = rows.targets,
       .validation = rows.split.validation},
      {.key = plan.stream(Purpose::init, request.key), .threads = plan.experiment().resources.threads, .stop = &stop});
  if (trained.stopped) return std::nullopt;
  TrainedMember member{.pipeline = *pipeline, .targets = {}, .trees = TreeModel::load(trained.model)};
  MemberTraining training{.member = {}, .outcome = {}};
  training.outcome.result = result_of(trained, *member.trees, configuration.trees, request.draws.size());
  if (const auto& held_out = rows.split.validation; !held_out.empty())
    add_validation(trained, held_out_scores(member, dataset, held_out, forecast_of(configuration, dataset.task())),
                   training.outcome.result);
  training.member.emplace(std::move(member), RowSet(dataset.domain(), request.draws));
  return training;
}

}  // namespace jury
