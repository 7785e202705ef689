// A step on the way from a sample to its outputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/nn/network.hpp"
#include "models/nn/shape.hpp"
#include "models/nn/table.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

class PlanBuilder;
struct LayerNode;

/// Knows its shapes, tensors and cost, and compiles itself into a plan. Immutable. Shapes are of one
/// sample, channels named first; `src` (the first input) has been accepted by output() wherever it is
/// passed.
class Layer {
 public:
  virtual ~Layer() = default;

  /// Shape of what comes out. Throws ConfigError "needs ..., is given ..." when `srcs` do not fit.
  virtual Shape output(std::span<const Shape> srcs) const = 0;
  /// Its parameters, in order; offsets are filled in by Network.
  virtual std::vector<Tensor> tensors(const Shape& src) const;
  /// Floating point operations of the forward direction, per sample; its gradients with respect to
  /// weights and data are taken to cost as much each.
  virtual double flops(const Shape& src) const;
  /// with_dropout: in training, and in inference where PlanOptions::dropout asks for it.
  enum class Runs : std::uint8_t { always, with_dropout, in_training };
  virtual Runs runs() const noexcept { return Runs::always; }

  /// Rows that a training batch must have at least.
  virtual std::int32_t least_rows(const Shape& src) const;

  /// What people should know about it at this input, in a few words; usually nothing.
  virtual std::string note(const Shape& src) const;

  /// Draws one of its tensors' first values. Zeros come in.
  virtual void initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const;
  /// Adds its forward operations and, in a training plan, its backward ones. Gradients are written,
  /// not added to.
  virtual void compile(PlanBuilder& builder, const LayerNode& node) const = 0;
};

/// The input of a layer that takes one. Throws ConfigError when it is given more.
const Shape& only(std::span<const Shape> srcs);

using MakeLayer = std::unique_ptr<Layer> (*)(const Config& options);

/// Every layer there is; README.md says how to add one.
std::span<const Entry<MakeLayer>> layers() noexcept;

/// The layer of a spec. Throws ConfigError when the type is unknown or an option is wrong.
std::unique_ptr<Layer> make_layer(const LayerSpec& spec);

}  // namespace jury
