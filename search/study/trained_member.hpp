// A trained member: all it needs to predict, and the only ways to its predictions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/data/fitted.hpp"
#include "models/data/pipeline.hpp"
#include "models/data/target_scaler.hpp"
#include "models/nn/network.hpp"
#include "models/nn/plan_cache.hpp"
#include "models/nn/predict.hpp"
#include "models/trees/tree_model.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

/// Preprocessing, and behind it either a network with its weights or boosted trees.
struct TrainedMember {
  NetworkSpec network = {};  ///< means nothing where there are trees
  std::vector<float> weights = {};
  Pipeline pipeline;
  std::optional<TargetScaler> targets;      ///< only where regression targets are scaled
  std::optional<DropoutPass> dropout = {};  ///< it predicts by this pass of Monte-Carlo dropout
  std::optional<TreeModel> trees = {};      ///< in place of network, weights, targets and dropout

  TaskKind task() const noexcept { return trees ? trees->task() : network.task; }
  /// Numbers it predicts of a row.
  std::size_t num_outputs() const noexcept {
    return trees ? trees->outputs() : static_cast<std::size_t>(network.outputs);
  }
};

/// Predictions of a fitted member for rows of a dataset, float32 (rows, prediction_width()). The only way to
/// score: Throws LeakError when the member saw any of the rows.
std::vector<float> predict_unseen(const Fitted<TrainedMember>& member, const Dataset& dataset,
                                  std::span<const std::uint32_t> rows, PlanCache& plans, std::string_view what);

/// The same without a proof: for rows that are not the study's, and for rows the member was trained on, which the next
/// round of boosting needs. No score of a study may come of them but training_scores().
std::vector<float> predict_rows(const TrainedMember& member, const Dataset& dataset,
                                std::span<const std::uint32_t> rows, PlanCache& plans);

/// Scores of every metric of the task and forecast on the rows the member was trained on. Nothing may
/// be selected by them.
std::vector<double> training_scores(std::span<const float> predictions, const Dataset& dataset,
                                    std::span<const std::uint32_t> rows, const Forecast& forecast);

/// Bytes of the network or of the trees, as FitResult::network holds them: they tell which it is.
Bytes save_model(const TrainedMember& member);

/// Bytes of pipeline and target scaling, as FitResult::preprocess holds them.
Bytes save_preprocess(const TrainedMember& member);

/// The member that FitResult::network, weights (none of trees) and preprocess are of. Throws DataError when they are
/// damaged or do not fit together.
TrainedMember load_member(std::span<const std::byte> model, std::vector<float> weights,
                          std::span<const std::byte> preprocess);

}  // namespace jury
