// Names that stand for several layers: residual, inception, dense and squeeze blocks, and branches.
#pragma once

#include <cstdint>
#include <span>

#include "models/nn/table.hpp"
#include "runtime/base/config.hpp"

namespace jury {

class SpecBuilder;

/// Adds the block's layers, reading the layer at `src`; returns the place of its last one.
using AddBlock = std::int32_t (*)(SpecBuilder& builder, const Config& options, std::int32_t src);

/// Every block there is:
///
///   conv_block      convolution, batch normalisation, activation, max pooling, dropout of channels
///   residual        two 3x3 convolutions, or 1x1, 3x3, 1x1 (bottleneck), added to the input, which is
///                   projected by a 1x1 convolution where its shape changes (He et al. 2016); with
///                   preactivation normalisation and activation come before each convolution (He et
///                   al. 2016, "Identity mappings")
///   inception       1x1, 1x1-3x3, 1x1-5x5 and pooling-1x1 side by side (Szegedy et al. 2015)
///   dense_block     each layer reads all before it: normalisation, activation, 1x1 to 4 growth, the
///                   same to 3x3, concatenated (Huang et al. 2017, DenseNet-B)
///   transition      normalisation, activation, 1x1 to a share of the channels, 2x2 mean (DenseNet-C)
///   squeeze_excite  channels scaled by a small net of their means (Hu et al. 2018)
///   branches        lists of layers side by side, added or concatenated; an empty one is the input
std::span<const Entry<AddBlock>> blocks() noexcept;

}  // namespace jury
