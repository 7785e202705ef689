// What layers and losses see of a plan while it is compiled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "models/nn/plan.hpp"

namespace jury {

/// Collects the operations of a plan. Layers are compiled in forward order; the backward groups
/// come out in reverse order, each group in the order it was added.
class PlanBuilder {
 public:
  void forward(Op op) { forward_.push_back(std::move(op)); }
  void backward(Op op) { backward_.back().push_back(std::move(op)); }
  /// Runs whenever the plan is bound to other weights.
  void on_bind(Op op) { binders_.push_back(std::move(op)); }

  void begin_layer() { backward_.emplace_back(); }
  std::vector<Op> take_ops();
  std::vector<Op> take_binders() { return std::move(binders_); }

 private:
  std::vector<Op> forward_;
  std::vector<std::vector<Op>> backward_;
  std::vector<Op> binders_;
};

enum class PlanKind : std::uint8_t { training, inference };

/// One layer's arguments.
struct LayerNode {
  PlanKind kind = PlanKind::inference;
  std::int32_t batch = 1;
  Shape src_shape, dst_shape;  ///< of one sample
  std::uint32_t index = 0;     ///< of the layer in its network: its lane of the random streams
  Buffer src, dst;
  std::optional<Buffer> d_src;  ///< to be written unless absent
  Buffer d_dst;                 ///< read; may be overwritten
  Buffer scratch;
  std::vector<Buffer> params, grads;  ///< one per tensor of the layer
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
