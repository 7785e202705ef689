// Members of one shape, side by side in one ONNX graph.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "search/study/stored_members.hpp"
#include "tools/export/onnx_graph.hpp"

namespace jury {

/// Members whose networks and preprocessing differ in numbers alone. A value of theirs is (member, row, ...), or
/// (1, row, ...) where it is the same for all of them, which broadcasts.
class OnnxMembers {
 public:
  using Value = OnnxGraph::Value;
  using Dims = OnnxGraph::Dims;

  /// `places` are those of the members in the order of joining. Expects members that are alike().
  OnnxMembers(OnnxGraph& graph, std::vector<const StoredMember*> members, std::vector<std::int64_t> places)
      : graph_(graph), members_(std::move(members)), places_(std::move(places)) {}

  OnnxGraph& graph() const noexcept { return graph_; }
  std::int64_t size() const noexcept { return static_cast<std::int64_t>(members_.size()); }
  const std::vector<std::int64_t>& places() const noexcept { return places_; }
  const TrainedMember& first() const noexcept { return members_.front()->model; }

  /// values_of(member), each row-major `dims`, as a constant (members, dims), or (1, dims) where they are all equal.
  template <class ValuesOf>
  Value stacked(const Dims& dims, ValuesOf&& values_of) const {
    std::vector<float> all = values_of(members_.front()->model);
    const std::size_t one = all.size();
    for (std::size_t m = 1; m < members_.size(); ++m) {
      const std::vector<float> more = values_of(members_[m]->model);
      all.insert(all.end(), more.begin(), more.end());
    }
    return constant(dims, one, std::move(all));
  }

  /// Whether values_of(member) is the same for all members.
  template <class ValuesOf>
  bool agree(ValuesOf&& values_of) const {
    const auto values = values_of(members_.front()->model);
    return std::ranges::all_of(members_,
                               [&](const StoredMember* member) { return values_of(member->model) == values; });
  }

  const std::vector<const StoredMember*>& all() const noexcept { return members_; }

 private:
  Value constant(Dims dims, std::size_t one, std::vector<float> all) const;

  OnnxGraph& graph_;
  std::vector<const StoredMember*> members_;
  std::vector<std::int64_t> places_;
};

/// Whether two members can be stacked: the same layers, and the same outputs of the same steps of preprocessing.
bool are_alike(const TrainedMember& a, const TrainedMember& b);

/// The features of new rows as the graph takes them: `numbers` (row, feature) float32, NaN where missing, and `texts`
/// (row, feature), empty where missing; each only where the data have such features.
class OnnxFeatures {
 public:
  OnnxFeatures(OnnxGraph& graph, const DataSchema& schema);

  const OnnxGraph::Value& numbers() const noexcept { return numbers_; }
  std::int64_t num_numbers() const noexcept { return num_numbers_; }
  /// (row) codes of a categorical feature, its size where the text is missing or not in its vocabulary.
  const OnnxGraph::Value& codes(std::uint32_t index);

 private:
  OnnxGraph& graph_;
  std::vector<const Feature*> categorical_;
  OnnxGraph::Value numbers_, texts_;
  std::int64_t num_numbers_ = 0;
  std::map<std::uint32_t, OnnxGraph::Value> codes_;
};

/// What preprocessing makes of the features: `inputs` (member or 1, row, width).
struct OnnxInputs {
  OnnxGraph::Value inputs;
  bool shared = false;       ///< the same for all members
  OnnxGraph::Value missing;  ///< (row) 1 where an input of a member is NaN, else 0
};

/// Throws ConfigError for a step that cannot be written as ONNX.
OnnxInputs onnx_inputs(const OnnxMembers& members, OnnxFeatures& features);

/// The sums of the members' last layers, (member or 1, row, outputs). Throws ConfigError that names the layer that
/// cannot be written as ONNX.
OnnxGraph::Value onnx_network(const OnnxMembers& members, const OnnxInputs& inputs);

/// What the members predict, as apply_head() has it: (member, row, outputs).
OnnxGraph::Value onnx_head(const OnnxMembers& members, const OnnxGraph::Value& sums);

/// Boosted trees of each member: (member, row, outputs), as TreeModel::predict().
OnnxGraph::Value onnx_trees(const OnnxMembers& members, const OnnxInputs& inputs);

/// x over its sum along the last axis, of `outputs`; all equal where that is 0.
OnnxGraph::Value onnx_shares(OnnxGraph& graph, const OnnxGraph::Value& x, std::int64_t outputs);
/// Logarithms of probabilities, which count as kSmallestProbability at least.
OnnxGraph::Value onnx_logarithms(OnnxGraph& graph, const OnnxGraph::Value& probabilities);

/// An activation by its name, value by value.
OnnxGraph::Value onnx_activation(OnnxGraph& graph, const OnnxGraph::Value& value, const std::string& name);

}  // namespace jury
