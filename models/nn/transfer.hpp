// Starting from the weights of a network that was trained before.
#pragma once

#include <cstdint>
#include <vector>

#include "models/nn/model_options.hpp"
#include "models/nn/network.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// A trained network that others start from.
struct Donor {
  NetworkSpec network;
  std::vector<float> weights;  ///< canonical dense

  /// Of network and weights: what a run's identity needs of it.
  std::uint64_t hash() const;
};

/// The donor's network for these inputs and outputs. With options.replace_head its last layer is a new
/// one of the size that the outputs need; options.freeze and lr_factors are applied. Throws ConfigError when
/// the inputs are others, when the outputs are and the head is not to be replaced, or when the last
/// layer has no width to replace.
NetworkSpec transfer_network(const Donor& donor, const ModelOptions& options, const Inputs& inputs,
                             const Outputs& outputs);

/// First weights of a network from transfer_network(): the donor's, but for layers whose tensors
/// have another shape or that were replaced; those are drawn from the stream `init_key`.
std::vector<float> transfer_weights(const Donor& donor, const NetworkSpec& network, std::uint64_t init_key);

}  // namespace jury
