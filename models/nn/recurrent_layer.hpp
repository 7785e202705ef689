// What recurrent layers have in common: their options, tensors and how levels stand on each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/nn/initialiser.hpp"
#include "models/nn/layer.hpp"
#include "runtime/base/options.hpp"

namespace jury {

struct RecurrentOptions {
  std::int32_t units = 1;
  std::int32_t layers = 1;
  bool bidirectional = false;
  std::string returns = "last";
  std::string init = "xavier";

  static void fields(auto& self, auto&& visit) {
    visit("units", self.units, Field{.help = "outputs of each direction", .low = 1, .high = 1 << 16});
    visit("layers", self.layers, Field{.help = "levels, each reading the one below", .low = 1, .high = 64});
    visit("bidirectional", self.bidirectional, Field{.help = "also read from the end to the start"});
    visit("return", self.returns,
          Field{.help = "last: the state after the whole sequence; all: after each step", .choices = {"last", "all"}});
    visit("init", self.init,
          Field{.help = "initial weights on the inputs; those on the state are orthogonal",
                .choices = initialiser_names()});
  }
};

struct RecurrentCell;

/// Reads a sequence (features, time), in memory (n, time, features), step by step from a zero state.
///
///   return = "all"   (units * directions, time): the state after each step, forward then reverse
///   return = "last"  (units * directions): the forward state after the last step and the reverse
///                    one after the first, each having read all (PyTorch's h_n of the top level)
///
/// Level k reads what all directions of level k - 1 put out. Tensors are named and laid out as
/// PyTorch's, per level and direction: "weight_ih_l<k>" (gates * units, inputs), "weight_hh_l<k>"
/// (gates * units, units) and "bias_l<k>", with "_reverse" behind the names of the second direction.
/// Weights on the inputs start as `init` says and those on the state orthogonal (Saxe et al. 2014),
/// gate by gate; biases at 0.
///
/// Products are f32 in every precision of a plan. Weights are packed for oneDNN whenever they are new.
class RecurrentLayer : public Layer {
 public:
  Shape output(std::span<const Shape> srcs) const override;
  std::vector<Tensor> tensors(const Shape& src) const override;
  double flops(const Shape& src) const override;
  void initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const override;
  void compile(PlanBuilder& builder, const LayerNode& node) const override;

 protected:
  RecurrentLayer(const RecurrentCell& cell, const RecurrentOptions& options);
  std::int32_t units() const noexcept { return units_; }

 private:
  enum class Returns : std::uint8_t { last, all };
  std::int32_t width() const noexcept { return units_ * directions_; }
  std::int32_t inputs_of(std::int32_t level, const Shape& src) const { return level == 0 ? src[0] : width(); }

  const RecurrentCell& cell_;
  std::int32_t units_, levels_, directions_;
  Returns returns_;
  Initialise initialise_inputs_, initialise_state_;
};

}  // namespace jury
