#include "models/nn/recurrent_layer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/nn/plan_builder.hpp"
#include "models/nn/recurrent_level.hpp"

namespace jury {
namespace {

// Where the state of a direction that has read everything lies in (n, time, directions, units).
struct LastStates {
  std::size_t batch, time, directions, units;

  std::size_t size() const noexcept { return batch * time * directions * units; }
  void copy(const float* all, float* last) const noexcept {
    for (std::size_t i = 0; i < batch * directions; ++i) std::copy_n(all + place(i), units, last + i * units);
  }
  void spread(const float* last, float* all) const noexcept {
    std::fill_n(all, size(), 0.0F);
    for (std::size_t i = 0; i < batch * directions; ++i) std::copy_n(last + i * units, units, all + place(i));
  }

 private:
  std::size_t place(std::size_t i) const noexcept {
    const std::size_t row = i / directions, direction = i % directions;
    return ((row * time + (direction == 0 ? time - 1 : 0)) * directions + direction) * units;
  }
};

}  // namespace

RecurrentLayer::RecurrentLayer(const RecurrentCell& cell, const RecurrentOptions& options)
    : cell_(cell),
      units_(options.units),
      levels_(options.layers),
      directions_(options.bidirectional ? 2 : 1),
      returns_(options.returns == "all" ? Returns::all : Returns::last),
      initialise_inputs_(find(initialisers(), "initialisation", options.init)),
      initialise_state_(find(initialisers(), "initialisation", "orthogonal")) {}

Shape RecurrentLayer::output(std::span<const Shape> srcs) const {
  const Shape& src = only(srcs);
  if (src.size() != 2)
    throw ConfigError("needs sequences (features x time), is given " + to_string(src) +
                      " (set data.shape = [time, features])");
  return returns_ == Returns::all ? Shape{width(), src[1]} : Shape{width()};
}

std::vector<Tensor> RecurrentLayer::tensors(const Shape& src) const {
  std::vector<Tensor> all;
  for (std::int32_t level = 0; level < levels_; ++level)
    for (std::int32_t d = 0; d < directions_; ++d) {
      const std::string suffix = fmt::format("_l{}{}", level, d == 0 ? "" : "_reverse");
      all.push_back({.name = "weight_ih" + suffix, .shape = {cell_.gates * units_, inputs_of(level, src)}});
      all.push_back({.name = "weight_hh" + suffix, .shape = {cell_.gates * units_, units_}});
      all.push_back({.name = "bias" + suffix, .shape = {cell_.biases * units_}, .role = Tensor::Role::bias});
    }
  return all;
}

double RecurrentLayer::flops(const Shape& src) const {
  double per_step = 0;
  for (std::int32_t level = 0; level < levels_; ++level)
    per_step += 2.0 * cell_.gates * units_ * (inputs_of(level, src) + units_) * directions_;
  return per_step * src[1];
}

void RecurrentLayer::initialise(const Tensor& tensor, std::span<float> values, Rng& rng) const {
  if (tensor.role == Tensor::Role::bias) return;
  const bool of_state = tensor.name.substr(tensor.name.rfind('.') + 1).starts_with("weight_hh");
  const std::size_t gate = values.size() / static_cast<std::size_t>(cell_.gates);
  for (std::size_t from = 0; from < values.size(); from += gate)
    (of_state ? initialise_state_ : initialise_inputs_)(values.subspan(from, gate),
                                                        {.fan_in = static_cast<double>(tensor.shape[1]),
                                                         .fan_out = static_cast<double>(units_),
                                                         .rows = static_cast<std::size_t>(units_),
                                                         .cols = static_cast<std::size_t>(tensor.shape[1])},
                                                        rng);
}

void RecurrentLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  const bool backward = node.kind == PlanKind::training && node.runs_backward;
  const auto size = [](std::int32_t extent) { return static_cast<std::size_t>(extent); };
  const LastStates states{size(node.batch), size(node.src_shape[1]), size(directions_), size(units_)};
  const std::size_t tensors = RecurrentLevel::kTensors * states.directions;  // of a level

  std::vector<RecurrentLevel> levels;
  std::size_t scratch_floats = 0;
  for (std::int32_t k = 0; k < levels_; ++k) {
    levels.emplace_back(builder, cell_,
                        LevelSizes{.batch = node.batch,
                                   .time = node.src_shape[1],
                                   .inputs = inputs_of(k, node.src_shape),
                                   .units = units_,
                                   .directions = directions_});
    scratch_floats = std::max(scratch_floats, levels.back().scratch_floats());
  }
  const Buffer scratch = builder.allocate(scratch_floats);

  // The top level's values are the layer's own unless only the last are asked for.
  const bool all = returns_ == Returns::all;
  Buffer value = node.src;
  for (std::size_t k = 0; k < levels.size(); ++k) {
    const Buffer dst = all && k + 1 == levels.size() ? node.dst : builder.allocate(states.size());
    levels[k].forward(
        {.src = value, .dst = dst, .params = std::span(node.params).subspan(k * tensors, tensors), .scratch = scratch});
    value = dst;
  }
  if (!all)
    builder.forward([states, from = value, to = node.dst](Step& step) { states.copy(step.at(from), step.at(to)); });
  if (!backward) return;

  Buffer gradient = node.d_dst;
  if (!all) {
    gradient = builder.allocate(states.size());
    builder.backward(
        [states, from = node.d_dst, to = gradient](Step& step) { states.spread(step.at(from), step.at(to)); });
  }
  for (std::size_t k = levels.size(); k-- > 0;) {
    const std::optional<Buffer> below = k == 0 ? node.d_src : builder.allocate(states.size());
    levels[k].backward(
        {.d_dst = gradient,
         .d_src = below,
         .grads = node.trains ? std::span(node.grads).subspan(k * tensors, tensors) : std::span<const Buffer>()});
    if (below) gradient = *below;
  }
}

}  // namespace jury
