// What layers and losses see of a plan while it is compiled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "models/nn/plan.hpp"

namespace jury {

enum class PlanKind : std::uint8_t { training, inference };

/// When an operation runs.
enum class Phase : std::uint8_t { forward, backward };

/// Collects the operations of a plan and the memory they need. Layers are compiled in forward order;
/// the backward groups come out in reverse order, each group in the order it was added.
class PlanBuilder {
 public:
  PlanBuilder() = default;
  PlanBuilder(PlanKind kind, Precision precision, std::size_t arena_floats)
      : kind_(kind), precision_(precision), arena_floats_(arena_floats) {}

  PlanKind kind() const noexcept { return kind_; }
  Precision precision() const noexcept { return precision_; }

  void forward(Op op) { forward_.push_back(std::move(op)); }
  void backward(Op op) { backward_.back().push_back(std::move(op)); }
  void add(Phase phase, Op op) { phase == Phase::forward ? forward(std::move(op)) : backward(std::move(op)); }
  /// Runs whenever the plan is bound to other weights.
  void on_bind(Op op) { binders_.push_back(std::move(op)); }
  /// Derives something from the weights: at each step of a training, else whenever they are bound.
  void on_new_weights(Op op) { kind_ == PlanKind::training ? forward(std::move(op)) : on_bind(std::move(op)); }

  /// Memory of the layer's own, 64-byte aligned, padded to whole vectors, zero until it is written.
  Buffer allocate(std::size_t floats);

  /// The same numbers as an operand of products: rounded as the precision asks, made once however
  /// often it is asked for (see operand() in primitive.hpp).
  std::optional<Buffer>& rounded(Buffer buffer) { return rounded_[buffer]; }

  void begin_layer() { backward_.emplace_back(); }
  std::vector<Op> take_ops();
  std::vector<Op> take_binders() { return std::move(binders_); }
  std::size_t arena_floats() const noexcept { return arena_floats_; }

 private:
  PlanKind kind_ = PlanKind::inference;
  Precision precision_ = Precision::f32;
  std::size_t arena_floats_ = 0;
  std::vector<Op> forward_;
  std::vector<std::vector<Op>> backward_;
  std::vector<Op> binders_;
  std::map<Buffer, std::optional<Buffer>> rounded_;
};

/// One layer's arguments. Values lie in memory with their channels last: a (channels, height, width)
/// shape as (batch, height, width, channels).
struct LayerNode {
  PlanKind kind = PlanKind::inference;
  std::int32_t batch = 1;
  Shape src_shape, dst_shape;  ///< of one sample; of the first input
  std::uint32_t index = 0;     ///< of the layer in its network: its lane of the random streams
  Buffer src, dst;
  std::optional<Buffer> d_src;        ///< to be written unless absent
  Buffer d_dst;                       ///< read; may be overwritten
  std::vector<Buffer> params, grads;  ///< one per tensor of the layer
  bool trains = true;                 ///< else `grads` must stay as they are: zero

  // Of layers with several inputs; src and d_src are the first.
  std::vector<Shape> src_shapes;
  std::vector<Buffer> srcs;
  std::vector<std::optional<Buffer>> d_srcs;

  /// Whether there is anything to do backward.
  bool runs_backward = true;
  std::size_t src_size() const noexcept { return volume(src_shape) * static_cast<std::size_t>(batch); }
  std::size_t dst_size() const noexcept { return volume(dst_shape) * static_cast<std::size_t>(batch); }
};

/// The loss's arguments.
struct LossNode {
  std::int32_t batch = 1;
  std::int32_t outputs = 1;
  std::int32_t target_width = 1;  ///< outputs, or half of them for mean_variance
  Head head = Head::softmax;
  double huber_delta = 1, quantile = 0.5;
  bool soft_targets = false;
  Buffer output, d_output;      ///< (batch, outputs)
  Buffer labels;                ///< (batch), classes without soft targets
  Buffer targets;               ///< (batch, target_width): values as scaled, or soft targets
  Buffer row_weights, scratch;  ///< (batch) each
};

}  // namespace jury
