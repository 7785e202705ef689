#include "models/nn/layer_rates.hpp"

#include <fmt/format.h>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

bool fits(std::string_view pattern, std::string_view label) {
  if (!pattern.ends_with('*')) return pattern == label;
  return label.starts_with(pattern.substr(0, pattern.size() - 1));
}

void scale(NetworkSpec& spec, const Network& network, const std::string& pattern, double factor, std::string_view key) {
  std::vector<std::string_view> known;
  bool found = false;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const Network::Node& node = network.nodes()[i];
    if (node.num_tensors == 0) continue;
    known.push_back(node.label);
    if (!fits(pattern, node.label)) continue;
    spec.layers[i].lr_factor *= factor;
    found = true;
  }
  if (found) return;
  std::string all;
  for (const std::string_view label : known) all.append(all.empty() ? "" : ", ").append(label);
  throw ConfigError(fmt::format("model.{} names the layer '{}', which is not there (layers with weights: {}){}", key,
                                pattern, all, nearest_suggestion(pattern, known)));
}

}  // namespace

std::string label_of(const NetworkSpec& spec, std::size_t layer) {
  const LayerSpec& it = spec.layers[layer];
  return it.name.empty() ? fmt::format("{}.{}", layer, it.type) : it.name;
}

void apply_layer_rates(NetworkSpec& spec, const ModelOptions& options) {
  const Network network(spec);
  if (const auto* factors = options.lr_factors.as<Config::Table>()) {
    for (const auto& [pattern, value] : *factors) {
      const auto* whole = value.as<std::int64_t>();
      const auto* real = value.as<double>();
      const double factor = whole != nullptr ? static_cast<double>(*whole) : real != nullptr ? *real : -1;
      if (!(factor >= 0 && factor <= 1e6))
        throw ConfigError(
            fmt::format("model.lr_factors.{} = {} is wrong (must be a number in [0, 1e6])", pattern, to_text(value)));
      scale(spec, network, pattern, factor, "lr_factors");
    }
  } else {
    throw ConfigError("model.lr_factors = " + to_text(options.lr_factors) + " is wrong (write { layer = factor })");
  }
  for (const std::string& pattern : options.freeze) scale(spec, network, pattern, 0, "freeze");
  const Network changed(spec);
  for (const Network::Node& node : changed.nodes())
    if (node.trains()) return;
  if (network.num_parameters() > 0)
    throw ConfigError("every layer is frozen, so there is nothing to train (free one of them)");
}

}  // namespace jury
