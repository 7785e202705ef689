// Which layers train, and how fast: model.freeze and model.lr_factors.
#pragma once

#include <string>

#include "models/nn/model_options.hpp"
#include "models/nn/network.hpp"

namespace jury {

/// The name a layer is called by: its own, or "<place>.<type>".
std::string label_of(const NetworkSpec& spec, std::size_t layer);

/// Multiplies the learning-rate factors of the layers that options.lr_factors and options.freeze (a
/// factor of 0) name: "stem", "3.dense", or "stage1*" for all that begin so. Throws ConfigError when a
/// name fits no layer with weights, when a factor is no number in [0, 1e6], or when nothing is left
/// to train.
void apply_layer_rates(NetworkSpec& spec, const ModelOptions& options);

}  // namespace jury
