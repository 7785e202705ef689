// What trees are to learn of each draw, and how far they are from it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/data/target_scaler.hpp"
#include "models/trees/train_trees.hpp"

namespace jury {

/// The truth of a list of rows: labels of classes, or scaled values.
struct TreeTargets {
  TaskKind task = TaskKind::classification;
  std::size_t outputs = 0;
  std::vector<float> weights = {};        ///< mean 1; empty: all equal
  std::vector<std::int32_t> labels = {};  ///< (rows) of classes
  std::vector<double> values = {};        ///< (rows, outputs), scaled

  std::size_t rows() const noexcept {
    return task == TaskKind::classification ? labels.size() : values.size() / outputs;
  }
  /// (rows, outputs) of values, or (rows) of classes, as xgboost takes them.
  std::vector<float> numbers() const;
  /// The loss of RoundRecord, of predictions (rows, outputs).
  double loss(std::span<const float> predictions) const;
};

/// Weighted mean and deviation of each target of the draws; without targets (classes) there are none.
/// Expects draws and weights as train_trees() does.
TargetScaler fit_tree_scaler(const TreeTrainingSet& set);

/// Of the draws. Throws DataError when there are none or their weights sum to nothing.
TreeTargets training_targets(const TreeTrainingSet& set, const TargetScaler& scaler);
/// Of the validation rows.
TreeTargets validation_targets(const TreeTrainingSet& set, const TargetScaler& scaler);

}  // namespace jury
