#include "tools/command/network_table.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "models/nn/layer.hpp"

namespace jury {
namespace {

// "conv1 (conv)"; a name of a block, "stage1.0.conv", says it already.
std::string title(const LayerSpec& layer) {
  if (layer.name.empty()) return layer.type;
  return layer.name.ends_with("." + layer.type) ? layer.name : fmt::format("{} ({})", layer.name, layer.type);
}

std::string reads(const Network::Node& node, std::size_t place) {
  if (node.inputs == std::vector{static_cast<std::int32_t>(place) - 1}) return {};
  std::string text;
  for (const std::int32_t input : node.inputs)
    text.append(text.empty() ? "" : ", ").append(input == LayerSpec::kInput ? "input" : std::to_string(input));
  return text;
}

std::string extents(const Shape& shape) {
  std::string text;
  for (const std::int32_t extent : shape) text.append(text.empty() ? "" : " x ").append(std::to_string(extent));
  return text;
}

std::size_t count(const Network& network, const Network::Node& node, bool (*counts)(const Tensor&)) {
  std::size_t sum = 0;
  for (std::size_t i = node.first_tensor; i < node.first_tensor + node.num_tensors; ++i)
    if (counts(network.tensors()[i])) sum += volume(network.tensors()[i].shape);
  return sum;
}

bool is_buffer(const Tensor& tensor) { return tensor.role == Tensor::Role::buffer; }
bool is_parameter(const Tensor& tensor) { return !is_buffer(tensor); }

std::string rate(const Network::Node& node) {
  if (node.num_tensors == 0 || node.lr_factor == 1) return {};
  return node.lr_factor == 0 ? "frozen" : fmt::format("{:g}", node.lr_factor);
}

void drop_empty_columns(TextTable& table) {
  for (std::size_t column = table.header.size(); column-- > 0;) {
    bool empty = true;
    for (const auto& row : table.rows) empty = empty && row[column].empty();
    if (!empty) continue;
    const auto at = static_cast<std::ptrdiff_t>(column);
    table.header.erase(table.header.begin() + at);
    for (auto& row : table.rows) row.erase(row.begin() + at);
  }
}

}  // namespace

TextTable network_table(const Network& network) {
  TextTable table{.header = {"place", "layer", "reads", "output", "parameters", "work %", "rate", "note"}, .rows = {}};
  const double all = network.forward_flops();
  for (std::size_t i = 0; i < network.nodes().size(); ++i) {
    const Network::Node& node = network.nodes()[i];
    const std::size_t parameters = count(network, node, is_parameter);
    const double flops = node.layer->flops(node.src());
    table.rows.push_back({std::to_string(i), title(network.spec().layers[i]), reads(node, i), extents(node.dst),
                          parameters > 0 ? std::to_string(parameters) : "",
                          flops > 0 ? fmt::format("{:.1f}", 100 * flops / all) : "", rate(node),
                          node.layer->note(node.src())});
  }
  drop_empty_columns(table);
  return table;
}

ParameterCounts count_parameters(const Network& network) {
  ParameterCounts counts;
  for (const Network::Node& node : network.nodes()) {
    (node.trains() ? counts.trained : counts.frozen) += count(network, node, is_parameter);
    counts.buffers += count(network, node, is_buffer);
  }
  return counts;
}

}  // namespace jury
