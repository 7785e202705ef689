// LSTM and GRU as ONNX: members one after the other, since these operations know no groups.
#include <array>
#include <span>

#include "models/nn/gru_layer.hpp"
#include "models/nn/lstm_layer.hpp"
#include "tools/export/onnx_network.hpp"

namespace jury {
namespace {

// How a layer's gates, which lie as PyTorch's, lie in ONNX's operation.
struct OnnxCell {
  const char* op;
  std::vector<std::size_t> gates;       // ours, in ONNX's order; the biases on the inputs as well
  std::vector<std::size_t> state_bias;  // ours, to ONNX's on the state; kNone: zeros
  OnnxGraph::Settings settings = {};
};
constexpr std::size_t kNone = ~std::size_t{0};

// Gates i f g o to i o f g, with one bias; r z n to z r n, whose n has one on the state of its own.
OnnxCell cell_of(const std::string& type) {
  if (type == "lstm") return {"LSTM", {0, 3, 1, 2}, {kNone, kNone, kNone, kNone}};
  return {"GRU", {1, 0, 2}, {kNone, kNone, 3}, {{"linear_before_reset", std::int64_t{1}}}};
}

// Blocks of `size` numbers in this order behind `out`.
void append(std::vector<float>& out, std::span<const float> blocks, const std::vector<std::size_t>& order,
            std::size_t size) {
  for (const std::size_t k : order) {
    if (k == kNone) {
      out.resize(out.size() + size);
    } else {
      const auto block = blocks.subspan(k * size, size);
      out.insert(out.end(), block.begin(), block.end());
    }
  }
}

}  // namespace

// Each member's sequences, (row, features, time) among its image's channels, go through its levels as (time, row,
// features).
OnnxNetwork::Value OnnxNetwork::recurrent(const RecurrentOptions& options, const std::string& type,
                                          const Network::Node& node) {
  const OnnxCell cell = cell_of(type);
  const std::int64_t units = options.units, directions = options.bidirectional ? 2 : 1, width = units * directions;
  const std::int64_t time = node.src()[1], features = channels(node.src());
  const auto size = static_cast<std::size_t>(units);
  const Value image = each(src(node, 0));
  std::vector<Value> members;
  for (std::int64_t m = 0; m < count_; ++m) {
    const TrainedMember& member = members_.all()[static_cast<std::size_t>(m)]->model;
    Value value = count_ == 1
                      ? image
                      : graph_.node("Slice", {image, ints({m * features}), ints({(m + 1) * features}), ints({1})});
    value = graph_.node("Transpose", {value}, {{"perm", Dims{2, 0, 1}}});
    for (std::int64_t level = 0; level < options.layers; ++level) {
      const std::int64_t inputs = level == 0 ? features : width;
      std::vector<float> on_inputs, on_state, biases;
      for (std::int64_t d = 0; d < directions; ++d) {
        const auto first = static_cast<std::size_t>(3 * (level * directions + d));
        append(on_inputs, tensor(node, first)(member), cell.gates, size * static_cast<std::size_t>(inputs));
        append(on_state, tensor(node, first + 1)(member), cell.gates, size * size);
        const std::vector<float> bias = tensor(node, first + 2)(member);
        append(biases, bias, cell.gates, size);
        append(biases, bias, cell.state_bias, size);
      }
      const auto gates = static_cast<std::int64_t>(cell.gates.size());
      OnnxGraph::Settings settings = cell.settings;
      settings.emplace_back("hidden_size", units);
      settings.emplace_back("direction", std::string(directions == 2 ? "bidirectional" : "forward"));
      value = graph_.node(cell.op,
                          {value, graph_.reals({directions, gates * units, inputs}, on_inputs),
                           graph_.reals({directions, gates * units, units}, on_state),
                           graph_.reals({directions, 2 * gates * units}, biases)},
                          settings);  // (time, direction, row, unit)
      if (level + 1 < options.layers)
        value = reshaped(graph_.node("Transpose", {value}, {{"perm", Dims{0, 2, 1, 3}}}), {time, -1, width});
    }
    members.push_back(options.returns == "all"
                          ? reshaped(graph_.node("Transpose", {value}, {{"perm", Dims{2, 1, 3, 0}}}), {-1, width, time})
                          : last_states(value, time, directions, units));
  }
  if (count_ == 1) return members.front();
  return graph_.node("Concat", members, {{"axis", std::int64_t{options.returns == "all" ? 1 : 0}}});
}

// (1, row, width): the forward state after the last step, the reverse one after the first.
OnnxNetwork::Value OnnxNetwork::last_states(const Value& states, std::int64_t time, std::int64_t directions,
                                            std::int64_t units) {
  std::vector<Value> parts;
  for (std::int64_t d = 0; d < directions; ++d) {
    const Value step = graph_.node("Gather", {states, ints({d == 0 ? time - 1 : 0})}, {{"axis", std::int64_t{0}}});
    parts.push_back(graph_.node("Gather", {step, ints({d})}, {{"axis", std::int64_t{1}}}));
  }
  const Value all = directions == 1 ? parts.front() : graph_.node("Concat", parts, {{"axis", std::int64_t{3}}});
  return reshaped(all, {1, -1, directions * units});
}

}  // namespace jury
