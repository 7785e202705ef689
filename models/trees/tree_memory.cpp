// What a training of trees needs.
#include <algorithm>
#include <cmath>

#include "models/trees/train_trees.hpp"

namespace jury {

std::size_t estimate_tree_bytes(const TreeOptions& options, const TreeSize& size) {
  const bool hist = options.method == "hist";
  const auto rows = static_cast<double>(size.rows), inputs = static_cast<double>(size.inputs);
  const auto outputs = static_cast<double>(size.outputs);
  const double nodes = std::min(std::exp2(options.depth + 1.0), rows);
  constexpr double library = 4 << 20;  // code and tables of its own, as measured
  // Of a cell: xgboost's copy with its column number, and the bins or the sorted columns beside it.
  const double cells = rows * inputs * (hist ? 18 : 16);
  const double draws = rows * (24 + 16 * outputs);
  // A histogram of each node of a tree: sums of gradients and of curvatures in every bin.
  const double histograms = hist ? nodes * inputs * std::min<double>(options.bins, rows) * 16 : 0;
  // Of a stored node: xgboost's columns of it, as a document when they are read.
  const double trees = static_cast<double>(options.rounds) * options.trees * outputs;
  return static_cast<std::size_t>(library + cells + draws + histograms + trees * nodes * 200);
}

}  // namespace jury
