// Where everything of a plan lies in its arena, known before anything is compiled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/nn/network.hpp"

namespace jury {

/// Number type of the operands of products; sums, weights and everything else are f32.
/// bf16_emulated: f32 arithmetic on operands rounded to bf16, for processors without bf16.
enum class Precision : std::uint8_t { f32, bf16, bf16_emulated };

/// What a plan is compiled for.
struct PlanOptions {
  std::int32_t batch = 1;  ///< rows
  std::string loss = {};   ///< a name of the loss table; empty: inference only
  bool soft_targets = false;  ///< classes: the truth is a distribution over them per row, not a label
  double huber_delta = 1.0;
  double quantile = 0.5;
  Precision precision = Precision::f32;
  bool operator==(const PlanOptions&) const = default;
};

/// The memory an operation's argument lives in: the plan's arena, or the blocks it is bound to.
enum class Region : std::uint8_t { arena, params, grads };
inline constexpr std::size_t kNumRegions = 3;

/// A place in a region.
struct Buffer {
  Region region = Region::arena;
  std::size_t offset = 0;  ///< in floats
};

/// Buffers of a plan. Each starts on 64 bytes and is padded to a multiple of them.
struct PlanLayout {
  PlanLayout(const Network& network, const PlanOptions& options);

  /// Of one layer that runs.
  struct Slot {
    std::size_t node = 0;         ///< in network.nodes()
    Buffer src, dst;              ///< (batch, shape)
    std::optional<Buffer> d_src;  ///< none for the first layer, whose input needs no gradient
    Buffer d_dst;                 ///< training only
    Buffer scratch;               ///< as many floats as the layer asked for
  };

  std::vector<Slot> slots;
  Buffer input, output, d_output;
  Buffer labels, targets, row_weights, row_scratch;
  std::size_t arena_floats = 0;
};

/// Bytes of the arena of a plan, exactly, without compiling it; weights are not in it.
/// Throws as Network does.
std::size_t estimate_bytes(const NetworkSpec& spec, const PlanOptions& options);

}  // namespace jury
