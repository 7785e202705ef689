#include "models/trees/read_booster.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using nlohmann::json;

// The columns of a tree, a number for each of its nodes.
struct Columns {
  const json& left;
  const json& right;
  const json& inputs;
  const json& values;
  const json& first_if_missing;
  const json& gains;

  explicit Columns(const json& tree)
      : left(tree.at("left_children")),
        right(tree.at("right_children")),
        inputs(tree.at("split_indices")),
        values(tree.at("split_conditions")),
        first_if_missing(tree.at("default_left")),
        gains(tree.at("loss_changes")) {}
};

// Adds a tree: its root, then the children of each node in the order of the nodes. What xgboost has pruned
// stays in its columns, but no way leads there.
void add_tree(const Columns& tree, TreeParts& parts) {
  std::vector<std::size_t> origin = {0};  // in the columns, of each node that is added
  const std::size_t root = parts.nodes.size();
  parts.roots.push_back(static_cast<std::uint32_t>(root));
  for (std::size_t n = 0; n < origin.size(); ++n) {
    const std::size_t from = origin[n];
    TreeNode node{.value = tree.values.at(from).get<float>()};
    if (const auto left = tree.left.at(from).get<std::int64_t>(); left >= 0) {
      node.child = static_cast<std::uint32_t>(root + origin.size());
      node.input = tree.inputs.at(from).get<std::uint32_t>();
      node.missing_second = tree.first_if_missing.at(from).get<int>() != 0 ? 0 : 1;
      parts.gains.at(node.input) += tree.gains.at(from).get<double>();
      origin.push_back(static_cast<std::size_t>(left));
      origin.push_back(tree.right.at(from).get<std::size_t>());
    }
    parts.nodes.push_back(node);
  }
}

}  // namespace

TreeModel read_booster(std::span<const std::byte> bytes, const BoosterFacts& facts) {
  TreeParts parts{.task = facts.targets.task,
                  .outputs = static_cast<std::uint32_t>(facts.targets.outputs),
                  .inputs = static_cast<std::uint32_t>(facts.inputs),
                  .scaler = facts.scaler,
                  .gains = std::vector<double>(facts.inputs)};
  try {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
    const json document = json::from_ubjson(begin, begin + bytes.size());
    const json& model = document.at("learner").at("gradient_booster").at("model");
    const std::size_t count = facts.rounds * facts.trees_per_round * parts.num_sums();
    for (std::size_t t = 0; t < count; ++t) {
      add_tree(Columns(model.at("trees").at(t)), parts);
      parts.sums.push_back(model.at("tree_info").at(t).get<std::uint32_t>());
    }
    return TreeModel(std::move(parts));
  } catch (const std::exception& error) {
    throw Error(std::string("xgboost's model is not as expected (") + error.what() +
                ") this version of xgboost may be too new");
  }
}

}  // namespace jury
