// The last step of a prediction as ONNX: what apply_head() does, with members side by side.
#include <cmath>
#include <limits>

#include "models/metrics/truth.hpp"
#include "runtime/base/error.hpp"
#include "tools/export/onnx_members.hpp"

namespace jury {
namespace {

using Value = OnnxGraph::Value;
using Dims = OnnxGraph::Dims;

Value clipped(OnnxGraph& graph, const Value& x) { return graph.node("Clip", {x, graph.real(0), graph.real(1)}); }

std::vector<float> as_floats(const std::vector<double>& values) { return {values.begin(), values.end()}; }

// Values in the units of the targets.
Value in_units(const OnnxMembers& members, const Value& x) {
  OnnxGraph& graph = members.graph();
  const auto targets = static_cast<std::int64_t>(members.first().targets->num_targets());
  const Value deviation =
      members.stacked({1, targets}, [](const TrainedMember& member) { return as_floats(member.targets->deviation); });
  const Value mean =
      members.stacked({1, targets}, [](const TrainedMember& member) { return as_floats(member.targets->mean); });
  return graph.node("Add", {graph.node("Mul", {x, deviation}), mean});
}

// Means in the units of the targets, then variances, softplus(sum) + 1e-6 of the scaled target.
Value means_and_variances(const OnnxMembers& members, const Value& sums) {
  constexpr float kLeast = 1e-6F, kSmallest = std::numeric_limits<float>::min();
  OnnxGraph& graph = members.graph();
  const auto targets = static_cast<std::int64_t>(members.first().targets->num_targets());
  const Value squared = members.stacked({1, targets}, [](const TrainedMember& member) {
    std::vector<float> out;
    for (const double deviation : member.targets->deviation) out.push_back(static_cast<float>(deviation * deviation));
    return out;
  });
  const Value variance =
      graph.node("Add", {graph.node("Softplus", {graph.columns(sums, targets, 2 * targets)}), graph.real(kLeast)});
  const Value scaled = graph.node("Max", {graph.node("Mul", {variance, squared}), graph.real(kSmallest)});
  return graph.node("Concat", {in_units(members, graph.columns(sums, 0, targets)), scaled},
                    {{"axis", std::int64_t{2}}});
}

}  // namespace

OnnxGraph::Value onnx_shares(OnnxGraph& graph, const OnnxGraph::Value& x, std::int64_t outputs) {
  const Value sum = graph.node("ReduceSum", {x, graph.wholes({1}, {-1})});
  const Value is_zero = graph.node("Equal", {sum, graph.real(0)});
  const Value divisor = graph.node("Where", {is_zero, graph.real(1), sum});
  return graph.node("Where",
                    {is_zero, graph.real(1.0F / static_cast<float>(outputs)), graph.node("Div", {x, divisor})});
}

OnnxGraph::Value onnx_logarithms(OnnxGraph& graph, const OnnxGraph::Value& probabilities) {
  return graph.node("Log", {graph.node("Max", {probabilities, graph.real(static_cast<float>(kSmallestProbability))})});
}

OnnxGraph::Value onnx_head(const OnnxMembers& members, const OnnxGraph::Value& network) {
  OnnxGraph& graph = members.graph();
  const NetworkSpec& spec = members.first().network;
  const bool classes = spec.task == TaskKind::classification;
  const Value sums =
      members.size() == 1 ? network : graph.node("Expand", {network, graph.wholes({3}, {members.size(), 1, 1})});
  switch (spec.head) {
    case Head::softmax:
      return graph.node("Softmax", {sums}, {{"axis", std::int64_t{-1}}});
    case Head::sigmoid:
      if (!classes) return graph.node("Sigmoid", {sums});
      // s_c / sum s is the softmax of log s = -softplus(-x), also where all s are too small for a float.
      return graph.node("Softmax", {graph.node("Neg", {graph.node("Softplus", {graph.node("Neg", {sums})})})},
                        {{"axis", std::int64_t{-1}}});
    case Head::linear:
      return classes ? onnx_shares(graph, clipped(graph, sums), spec.outputs) : in_units(members, sums);
    case Head::mean_variance:
      return means_and_variances(members, sums);
    case Head::exponential:
      return graph.node("Exp", {sums});
  }
  return sums;
}

}  // namespace jury
