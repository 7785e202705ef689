// A network compiled for one batch size: a flat list of operations over one arena.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "models/nn/aligned_block.hpp"
#include "models/nn/network.hpp"
#include "models/nn/plan_layout.hpp"

namespace jury {

/// What the operations of one run share.
struct Step {
  std::array<float*, kNumRegions> bases{};
  std::uint64_t dropout_key = 0;
  std::uint64_t number = 0;  ///< of the step, from 0: the place in the dropout stream
  double loss = 0;           ///< sum over the rows of weight times loss

  float* at(Buffer buffer) const noexcept { return bases[static_cast<std::size_t>(buffer.region)] + buffer.offset; }
  std::int32_t* ints_at(Buffer buffer) const noexcept { return reinterpret_cast<std::int32_t*>(at(buffer)); }
};

/// One instruction, its arguments fixed when it was compiled. Neither allocates nor looks up.
using Op = std::function<void(Step&)>;

/// Compiled once per (spec, options), then run for any weights. Not for use by two threads at once.
///
///   plan.bind(params, grads);
///   ... fill plan.input(), plan.row_weights() and plan.labels() or plan.targets() ...
///   const double loss = plan.run({.dropout_key = key, .number = step});  // grads are written
class Plan {
 public:
  /// Takes milliseconds. Throws ConfigError as Network does.
  Plan(const NetworkSpec& spec, const PlanOptions& options);

  const NetworkSpec& spec() const noexcept { return spec_; }
  const PlanOptions& options() const noexcept { return options_; }

  /// Makes the operations work on these blocks, in canonical order. Expects num_parameters(spec)
  /// floats in each. What they are bound to must live until the last run. A training plan writes the
  /// gradients of what trains (the others must be zero and stay so) and, in `params`, the buffers.
  void bind(std::span<const float> params);  ///< inference
  void bind(std::span<float> params, std::span<float> grads);

  /// (batch, inputs), channels last.
  std::span<float> input() noexcept { return view(layout_.input, inputs_); }
  /// (batch, inputs): gradient of the mean loss. Expects options().input_gradient.
  std::span<const float> d_input() noexcept { return view(layout_.d_input.value(), inputs_); }
  /// (batch, outputs): logits, or values as the targets are scaled.
  std::span<const float> output() noexcept { return view(layout_.output, outputs_); }
  std::span<float> row_weights() noexcept { return view(layout_.row_weights, 1); }  ///< (batch)
  /// (batch, targets): regression, and classes with soft targets.
  std::span<float> targets() noexcept { return view(layout_.targets, target_width_); }
  /// (batch): classes without soft targets.
  std::span<std::int32_t> labels() noexcept { return {step_.ints_at(layout_.labels), rows()}; }

  /// Where a run is in the random streams.
  struct Draw {
    std::uint64_t dropout_key = 0;
    std::uint64_t number = 0;
  };
  /// Forward and, unless for inference, loss and gradients of its mean over the rows. Returns the sum
  /// over the rows of weight times loss (0 for inference). Expects bind() before.
  double run(const Draw& draw = {0, 0});

  /// Of the arena.
  std::size_t memory_bytes() const noexcept { return arena_.size_bytes(); }

 private:
  void bind_blocks(float* params, float* grads, std::size_t num_params);
  std::size_t rows() const noexcept { return static_cast<std::size_t>(options_.batch); }
  std::span<float> view(Buffer buffer, std::size_t width) noexcept { return {step_.at(buffer), rows() * width}; }

  NetworkSpec spec_;
  PlanOptions options_;
  Network network_;
  PlanLayout layout_;
  std::size_t inputs_, outputs_, target_width_, num_params_;
  AlignedBlock arena_;
  Step step_;
  std::vector<Op> ops_;
  std::vector<Op> binders_;  ///< hand the places of a bound step to oneDNN
};

}  // namespace jury
