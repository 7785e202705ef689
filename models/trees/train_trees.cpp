#include "models/trees/train_trees.hpp"

#include <fmt/format.h>

#include <array>

#include "models/data/pipeline.hpp"
#include "models/trees/omp_threads.hpp"
#include "models/trees/read_booster.hpp"
#include "models/trees/tree_targets.hpp"
#include "models/trees/xgboost.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// Rows as xgboost keeps them, what is true of them, and room for what is predicted.
struct Part {
  xgboost::Matrix matrix;
  TreeTargets targets;
  std::vector<float> predictions;

  Part(const TreeTrainingSet& set, std::span<const std::uint32_t> rows, TreeTargets truth, int threads)
      : targets(std::move(truth)), predictions(rows.size() * targets.outputs) {
    std::vector<float> gathered(rows.size() * set.pipeline.width());
    set.pipeline.gather(set.dataset, rows, gathered.data());
    matrix = xgboost::make_matrix(gathered, set.pipeline.width(), threads);
    xgboost::set_labels(matrix, targets.numbers(), targets.labels.empty() ? targets.outputs : 1);
    if (!targets.weights.empty()) xgboost::set_weights(matrix, targets.weights);
  }
  double loss(const xgboost::Booster& booster) {
    booster.predict(matrix, predictions);
    return targets.loss(predictions);
  }
};

void set_objective(xgboost::Booster& booster, const TreeTargets& targets) {
  if (targets.task == TaskKind::regression) {
    booster.set("objective", "reg:squarederror");
    booster.set("base_score", "0");
  } else if (targets.outputs == 2) {
    booster.set("objective", "binary:logistic");
  } else {
    booster.set("objective", "multi:softprob");
    booster.set("num_class", fmt::to_string(targets.outputs));
  }
  booster.set("disable_default_eval_metric", "1");
}

void set_options(xgboost::Booster& booster, const TreeOptions& options, const TreeContext& context) {
  booster.set("nthread", fmt::to_string(context.threads));
  booster.set("seed", fmt::to_string(context.key >> 33));  // of which xgboost uses 32 bits
  booster.set("seed_per_iteration", "1");
  booster.set("tree_method", options.method);
  booster.set("max_bin", fmt::to_string(options.bins));
  booster.set("max_depth", fmt::to_string(options.depth));
  booster.set("eta", fmt::to_string(options.learning_rate));
  booster.set("subsample", fmt::to_string(options.samples));
  booster.set("colsample_bytree", fmt::to_string(options.features));
  booster.set("colsample_bynode", fmt::to_string(options.split_features));
  booster.set("min_child_weight", fmt::to_string(options.min_child_weight));
  booster.set("lambda", fmt::to_string(options.l2));
  booster.set("alpha", fmt::to_string(options.l1));
  booster.set("gamma", fmt::to_string(options.min_gain));
  booster.set("num_parallel_tree", fmt::to_string(options.trees));
}

// Runs the rounds; the model is best after the round that is returned in `result`.
void run_rounds(xgboost::Booster& booster, const TreeOptions& options, const StopFlag* stop, std::span<Part> parts,
                TrainedTrees& result) {
  double best = 0;
  for (std::int32_t round = 1; round <= options.rounds; ++round) {
    if (stop != nullptr && stop->is_set()) {
      result.stopped = true;
      return;
    }
    booster.update(round - 1, parts[0].matrix);
    RoundRecord& record = result.curve.emplace_back();
    record.train_loss = parts[0].loss(booster);
    if (parts.size() == 1) {
      result.best_round = round;
      continue;
    }
    record.valid_loss = parts[1].loss(booster);
    if (round == 1 || record.valid_loss < best) {
      best = record.valid_loss;
      result.best_round = round;
    } else if (round - result.best_round >= options.patience) {
      return;
    }
  }
}

}  // namespace

TrainedTrees train_trees(const TreeOptions& options, const TreeTrainingSet& set, const TreeContext& context) {
  JURY_EXPECTS(set.weights.empty() || set.weights.size() == set.rows.size());
  JURY_EXPECTS(set.targets.empty() || (set.targets.size() % set.rows.size() == 0 && set.validation.empty()));
  const ScopedOmpThreads threads(context.threads);
  const TargetScaler scaler = fit_tree_scaler(set);
  std::vector<Part> parts;
  parts.emplace_back(set, set.rows, training_targets(set, scaler), context.threads);
  if (!set.validation.empty())
    parts.emplace_back(set, set.validation, validation_targets(set, scaler), context.threads);

  const std::array<void*, 2> matrices = {parts[0].matrix.get(), parts.back().matrix.get()};
  xgboost::Booster booster({matrices.data(), parts.size()});
  set_objective(booster, parts[0].targets);
  set_options(booster, options, context);
  TrainedTrees result;
  run_rounds(booster, options, context.stop, parts, result);
  if (result.stopped) return result;

  result.model = read_booster(booster.save(), {.targets = parts[0].targets,
                                               .scaler = scaler,
                                               .inputs = set.pipeline.width(),
                                               .trees_per_round = static_cast<std::size_t>(options.trees),
                                               .rounds = static_cast<std::size_t>(result.best_round)})
                     .save();
  return result;
}

std::string xgboost_version() { return xgboost::version(); }

void require_xgboost() {}

}  // namespace jury
