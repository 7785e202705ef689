// Boosted trees as ONNX: a tree ensemble for each member, and what TreeModel::predict() makes of its sums.
#include "models/trees/tree_model.hpp"
#include "tools/export/onnx_members.hpp"

namespace jury {
namespace {

using Value = OnnxGraph::Value;
using Dims = OnnxGraph::Dims;

// The attributes of a TreeEnsembleRegressor: one entry for each node, and for each leaf.
struct Forest {
  Dims trees, nodes, inputs, first, second, missing_first, leaf_trees, leaf_nodes, leaf_sums;
  std::vector<float> thresholds, leaves;
  std::vector<std::string> modes;

  explicit Forest(const TreeParts& parts) {
    for (std::size_t t = 0; t < parts.roots.size(); ++t) {
      const std::size_t begin = parts.roots[t];
      const std::size_t end = t + 1 < parts.roots.size() ? parts.roots[t + 1] : parts.nodes.size();
      for (std::size_t i = begin; i < end; ++i) add(parts.nodes[i], t, i - begin, begin, parts.sums[t]);
    }
  }

 private:
  void add(const TreeNode& node, std::size_t tree, std::size_t place, std::size_t root, std::uint32_t sum) {
    const bool is_leaf = node.child == 0;
    const auto child = is_leaf ? 0 : static_cast<std::int64_t>(node.child - root);
    trees.push_back(static_cast<std::int64_t>(tree));
    nodes.push_back(static_cast<std::int64_t>(place));
    inputs.push_back(is_leaf ? 0 : node.input);
    thresholds.push_back(is_leaf ? 0 : node.value);
    modes.emplace_back(is_leaf ? "LEAF" : "BRANCH_LT");
    first.push_back(child);
    second.push_back(is_leaf ? 0 : child + 1);
    missing_first.push_back(is_leaf || node.missing_second != 0 ? 0 : 1);
    if (!is_leaf) return;
    leaf_trees.push_back(trees.back());
    leaf_nodes.push_back(nodes.back());
    leaf_sums.push_back(sum);
    leaves.push_back(node.value);
  }
};

// (row, sums)
Value sums_of(OnnxGraph& graph, const TreeParts& parts, const Value& inputs) {
  const Forest forest(parts);
  const Value sums = graph.node("TreeEnsembleRegressor", {inputs},
                                {{"n_targets", std::int64_t{parts.num_sums()}},
                                 {"nodes_treeids", forest.trees},
                                 {"nodes_nodeids", forest.nodes},
                                 {"nodes_featureids", forest.inputs},
                                 {"nodes_values", forest.thresholds},
                                 {"nodes_modes", forest.modes},
                                 {"nodes_truenodeids", forest.first},
                                 {"nodes_falsenodeids", forest.second},
                                 {"nodes_missing_value_tracks_true", forest.missing_first},
                                 {"target_treeids", forest.leaf_trees},
                                 {"target_nodeids", forest.leaf_nodes},
                                 {"target_ids", forest.leaf_sums},
                                 {"target_weights", forest.leaves}});
  graph.declare(sums, OnnxGraph::Type::real, {OnnxGraph::kRows, parts.num_sums()});
  return sums;
}

// (row, outputs)
Value predictions_of(OnnxGraph& graph, const TreeParts& parts, const Value& sums) {
  if (parts.task == TaskKind::regression) {
    const std::int64_t targets = parts.outputs;
    const std::vector<float> mean(parts.scaler.mean.begin(), parts.scaler.mean.end());
    const std::vector<float> deviation(parts.scaler.deviation.begin(), parts.scaler.deviation.end());
    const Value scaled = graph.node("Mul", {sums, graph.reals({targets}, deviation)});
    return graph.node("Add", {scaled, graph.reals({targets}, mean)});
  }
  if (parts.num_sums() > 1) return graph.node("Softmax", {sums}, {{"axis", std::int64_t{-1}}});
  return graph.node("Sigmoid", {graph.node("Concat", {graph.node("Neg", {sums}), sums}, {{"axis", std::int64_t{1}}})});
}

}  // namespace

OnnxGraph::Value onnx_trees(const OnnxMembers& members, const OnnxInputs& inputs) {
  OnnxGraph& graph = members.graph();
  std::vector<Value> all;
  for (const StoredMember* member : members.all()) {
    const std::int64_t place = inputs.shared ? 0 : static_cast<std::int64_t>(all.size());
    const TreeParts& parts = member->model.trees->parts();
    const Value rows = graph.node("Gather", {inputs.inputs, graph.wholes({}, {place})}, {{"axis", std::int64_t{0}}});
    const Value said = predictions_of(graph, parts, sums_of(graph, parts, rows));
    all.push_back(graph.node("Unsqueeze", {said, graph.wholes({1}, {0})}));
  }
  return all.size() == 1 ? all.front() : graph.node("Concat", all, {{"axis", std::int64_t{0}}});
}

}  // namespace jury
