// Trained trees, and what they say of rows. Needs no xgboost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/data/target_scaler.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

class Pipeline;

/// A split or a leaf. A split sends a sample to its second child when its number is not below `value`,
/// and a missing number where `missing_second` says.
struct TreeNode {
  std::uint32_t child = 0;           ///< place in the nodes of its first child, the second is next; 0: a leaf
  std::uint32_t input = 0;           ///< of the sample, of a split
  float value = 0;                   ///< threshold of a split, what a leaf says
  std::uint32_t missing_second = 0;  ///< 0 or 1
  bool operator==(const TreeNode&) const = default;
};

/// What TreeModel is made of.
struct TreeParts {
  TaskKind task = TaskKind::classification;
  std::uint32_t outputs = 0;              ///< classes or targets
  std::uint32_t inputs = 0;               ///< numbers of a sample
  TargetScaler scaler = {};               ///< regression: sums are scaled values
  std::vector<TreeNode> nodes = {};       ///< of all trees, tree after tree; children behind their parents
  std::vector<std::uint32_t> roots = {};  ///< ascending, the first is 0
  std::vector<std::uint32_t> sums = {};   ///< the sum that each tree's leaf is added to
  std::vector<double> gains = {};         ///< (inputs), of the splits on each

  /// Of two classes there is one sum, the log odds of the second.
  std::uint32_t num_sums() const noexcept { return task == TaskKind::classification && outputs == 2 ? 1 : outputs; }
};

/// A sum of trees for each output. Immutable; shared by threads freely.
///
///   two classes    p = 1 / (1 + exp(-sum)) of the second
///   more classes   softmax of the sums
///   values         the sums, scaled back to the units of the targets
class TreeModel {
 public:
  /// Throws DataError when the parts do not fit together: whatever they come from, predict() stays within them.
  explicit TreeModel(TreeParts parts);

  TaskKind task() const noexcept { return parts_.task; }
  std::size_t outputs() const noexcept { return parts_.outputs; }
  std::size_t inputs() const noexcept { return parts_.inputs; }
  const TreeParts& parts() const noexcept { return parts_; }

  /// Fills out[i] for the dataset's row rows[i]: (rows.size(), outputs()), row-major: probabilities of the
  /// classes, which sum to 1, or values in the units of the targets. Leaves are summed in double, in the order of
  /// the trees: a row's bits do not depend on the others. Expects pipeline.width() == inputs().
  void predict(const Dataset& dataset, const Pipeline& pipeline, std::span<const std::uint32_t> rows,
               std::span<float> out) const;

  /// Of the gain of all splits, the share of those on each input (all 0 without splits): (inputs()).
  std::vector<double> importance() const;

  /// "jurytree", version, the parts in their order, and the CRC-32C of all before it.
  Bytes save() const;
  /// Whether bytes begin as those of save(): what tells trees from other models.
  static bool is_begun(std::span<const std::byte> bytes) noexcept;
  /// Throws DataError when the bytes are not those of save(), whole and sound.
  static TreeModel load(std::span<const std::byte> bytes);

 private:
  TreeParts parts_;
};

}  // namespace jury
