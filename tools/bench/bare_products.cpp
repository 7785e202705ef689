#include "tools/bench/bare_products.hpp"

#include <algorithm>
#include <iterator>

#include "models/nn/matmul.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/rng.hpp"
#include "tools/bench/bare_convolutions.hpp"

namespace jury {
namespace {

Buffer place(PlanBuilder& builder, std::int32_t rows, std::int32_t cols) {
  return builder.allocate(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
}

}  // namespace

std::optional<BareProducts> BareProducts::of(const NetworkSpec& spec, std::int32_t batch, Directions directions) {
  using enum Matrix::Order;
  const Network network(spec);
  BareProducts products;
  PlanBuilder builder;
  bool first = true;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const Network::Node& node = network.nodes()[i];
    const bool trains = directions == Directions::step;
    if (spec.layers[i].type == "conv") {
      std::ranges::move(
          bare_convolution(builder, {.node = node, .batch = batch, .trains = trains, .d_src = trains && !first}),
          std::back_inserter(products.ops_));
      first = false;
    }
    if (spec.layers[i].type == "lstm" || spec.layers[i].type == "gru") return std::nullopt;
    if (spec.layers[i].type != "dense") continue;
    const auto in = static_cast<std::int32_t>(volume(node.src())), out = static_cast<std::int32_t>(volume(node.dst));
    const Buffer src = place(builder, batch, in), weights = place(builder, out, in), dst = place(builder, batch, out);
    const auto add = [&](const Matmul& product) {
      products.ops_.push_back(matmul_primitive(builder, Phase::forward, product));
    };
    add({.a = {src, batch, in}, .b = {weights, in, out, transposed}, .dst = {dst, batch, out}});
    if (!trains) continue;
    add({.a = {dst, out, batch, transposed}, .b = {src, batch, in}, .dst = {place(builder, out, in), out, in}});
    if (!first) add({.a = {dst, batch, out}, .b = {weights, out, in}, .dst = {place(builder, batch, in), batch, in}});
    first = false;
  }
  products.arena_ = AlignedBlock(builder.arena_floats());
  Rng rng(1);
  for (float& x : products.arena_.span()) x = static_cast<float>(0.01 * rng.normal());
  products.step_.bases[static_cast<std::size_t>(Region::arena)] = products.arena_.data();
  for (const Op& binder : builder.take_binders()) binder(products.step_);
  return products;
}

double BareProducts::seconds_of(std::int64_t runs) {
  const double start = system_clock().seconds();
  for (std::int64_t i = 0; i < runs; ++i)
    for (const Op& op : ops_) op(step_);
  return system_clock().seconds() - start;
}

}  // namespace jury
