// A network as a table, layer by layer.
#pragma once

#include <cstddef>

#include "models/nn/network.hpp"
#include "tools/command/print_table.hpp"

namespace jury {

/// One row per layer in the order they run:
///
///   place       in the list, from 0; a layer without a name is called "<place>.<type>"
///   layer       its name and type
///   reads       the places of its inputs, where that is not the layer before alone
///   output      of one sample, "64 x 8 x 8"; sequences are features x time
///   parameters  its numbers that are learned, running statistics left out
///   work %      its share of the operations of a prediction
///   rate        its factor of the learning rate, or "frozen", where that is not 1
///
/// Columns that would be empty are left out.
TextTable network_table(const Network& network);

/// Numbers of a network by what becomes of them in a training.
struct ParameterCounts {
  std::size_t trained = 0;
  std::size_t frozen = 0;
  std::size_t buffers = 0;  ///< running statistics, which no gradient reaches
};
ParameterCounts count_parameters(const Network& network);

}  // namespace jury
