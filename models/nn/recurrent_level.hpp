// One level of a recurrent layer as oneDNN primitives. For the .cpp files that call oneDNN; no header
// includes it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "models/nn/onednn.hpp"
#include "models/nn/plan_builder.hpp"

namespace jury {

/// What oneDNN is told of a level. Values are (time, n, features) with the strides of (n, time,
/// features); weights are (1, directions, inputs, gates, units) in oneDNN's order of the gates.
/// The zeros to start from are given as (1, directions, n, units): without them the backward pass of
/// an LSTM over a single step gets the gradient of weights_hh wrong (oneDNN 2.6.3).
struct CellShapes {
  dnnl::rnn_direction direction = dnnl::rnn_direction::unidirectional_left2right;
  dnnl::memory::desc src, state, dst, bias;
  dnnl::memory::desc weights_ih, weights_hh;                    ///< forward, and all gradients: ldigo
  dnnl::memory::desc backward_weights_ih, backward_weights_hh;  ///< ldgoi
};

struct CellPrimitives {
  dnnl::primitive_desc forward;
  std::optional<dnnl::primitive_desc> backward;
};

/// What tells one cell from another.
struct RecurrentCell {
  std::int32_t gates = 1;
  std::int32_t states = 1;            ///< h, or h and c
  std::int32_t biases = 1;            ///< vectors of `units` in the bias
  std::array<std::int32_t, 4> order;  ///< of the gates (biases): oneDNN's g-th is the order[g]-th stored
  /// Backward is made in training plans only. Scratchpads are the caller's.
  CellPrimitives (*make)(const CellShapes& shapes, PlanKind kind);
};

/// Scratchpads of primitives are given by who runs them.
dnnl::primitive_attr own_scratchpad();

struct LevelSizes {
  std::int32_t batch = 1, time = 1, inputs = 1, units = 1, directions = 1;
};

/// Packs weights, runs both directions and unpacks gradients.
class RecurrentLevel {
 public:
  RecurrentLevel(PlanBuilder& builder, const RecurrentCell& cell, const LevelSizes& sizes);

  /// Floats of the scratchpad that forward() and backward() take; levels may share one.
  std::size_t scratch_floats() const;

  /// Of each direction in turn: weight_ih, weight_hh and bias.
  using Tensors = std::span<const Buffer>;
  static constexpr std::size_t kTensors = 3;  ///< of a direction

  /// src (n, time, inputs) -> dst (n, time, directions * units).
  struct Forward {
    Buffer src, dst;
    Tensors params;
    Buffer scratch;
  };
  void forward(const Forward& args);

  /// Expects forward() before. Without `grads` only d_src is written; it may be absent.
  struct Backward {
    Buffer d_dst;
    std::optional<Buffer> d_src;
    Tensors grads;
  };
  void backward(const Backward& args);

 private:
  enum class Order : std::uint8_t { forward, backward };
  std::size_t per_direction(std::int32_t rows) const;
  void pack(Tensors params, std::size_t which, std::int32_t inputs, Buffer to, Order order);
  void unpack(Tensors grads, std::size_t which, std::int32_t inputs, Buffer from);

  PlanBuilder& builder_;
  const RecurrentCell& cell_;
  LevelSizes sizes_;
  CellShapes shapes_;
  CellPrimitives primitives_;
  Forward forward_{};
  Buffer bias_, zeros_, workspace_;
};

}  // namespace jury
