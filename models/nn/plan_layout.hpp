// Where everything of a plan lies in its arena, known before anything is compiled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/nn/network.hpp"

namespace jury {

/// Number type of the operands of products; sums, weights and everything else are f32.
/// bf16_emulated: f32 arithmetic on operands rounded to bf16, for processors without bf16.
enum class Precision : std::uint8_t { f32, bf16, bf16_emulated };

/// The precision that train.precision names.
Precision precision_of(std::string_view name);

/// What a plan is compiled for.
struct PlanOptions {
  std::int32_t batch = 1;     ///< rows
  std::string loss = {};      ///< a name of the loss table; empty: inference only
  bool soft_targets = false;  ///< classes: the truth is a distribution over them per row, not a label
  double huber_delta = 1.0;
  double quantile = 0.5;
  /// Layers as in inference, and the loss: how a network does on held-out rows.
  bool evaluation = false;
  /// Inference in which dropout and dropout2d drop, by Plan::Draw (Gal, Ghahramani 2016); everything else is as in
  /// inference: batch normalisation uses its running statistics, gaussian_noise adds none.
  bool dropout = false;
  bool input_gradient = false;  ///< training: also the loss's gradient with respect to the input
  Precision precision = Precision::f32;
  bool operator==(const PlanOptions&) const = default;

  /// Whether gradients are computed.
  bool trains() const noexcept { return !loss.empty() && !evaluation; }
};

/// The memory an operation's argument lives in: the plan's arena, or the blocks it is bound to.
enum class Region : std::uint8_t { arena, params, grads };
inline constexpr std::size_t kNumRegions = 3;

/// A place in a region.
struct Buffer {
  Region region = Region::arena;
  std::size_t offset = 0;  ///< in floats
  auto operator<=>(const Buffer&) const = default;
};

/// Values, gradients and what the loss reads. Each starts on 64 bytes and is padded to a multiple of
/// them; what layers allocate while they are compiled follows.
///
/// A value that several layers read has one gradient: the last of them writes it (it is the first to
/// run backward), the others write to `d_srcs` of their own that are added to it.
struct PlanLayout {
  PlanLayout(const Network& network, const PlanOptions& options);

  /// `from` is added to `to` after the layer ran backward.
  struct Sum {
    Buffer from, to;
    std::size_t size = 0;
  };
  /// Of one layer that runs.
  struct Slot {
    std::size_t node = 0;                       ///< in network.nodes()
    std::vector<Buffer> srcs;                   ///< (batch, shape), one per input
    Buffer dst;                                 ///< (batch, shape)
    std::vector<std::optional<Buffer>> d_srcs;  ///< none where no layer before needs the gradient
    Buffer d_dst;                               ///< training only
    bool runs_backward = false;                 ///< it or a layer before it trains
    std::vector<Sum> sums;
  };

  std::vector<Slot> slots;
  Buffer input, output, d_output;
  std::optional<Buffer> d_input;
  Buffer labels, targets, row_weights, row_scratch;
  std::size_t arena_floats = 0;

 private:
  Buffer floats(std::size_t count);
  void lay_values(const Network& network, const PlanOptions& options);
  void lay_gradients(const Network& network, const PlanOptions& options);
  void lay_loss(const Network& network, const PlanOptions& options);
};

/// Bytes of the arena of a plan, exactly: by compiling it. Weights are not in it.
/// Throws as Network does.
std::size_t estimate_bytes(const NetworkSpec& spec, const PlanOptions& options);

}  // namespace jury
