#include "tools/bench/bare_products.hpp"

#include <algorithm>
#include <iterator>

#include "models/nn/matmul.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/rng.hpp"
#include "tools/bench/bare_convolutions.hpp"

namespace jury {
namespace {

std::size_t size(std::int32_t rows, std::int32_t cols) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
}

AlignedBlock random_floats(std::size_t count, Rng& rng) {
  AlignedBlock block(count);
  for (float& x : block.span()) x = static_cast<float>(0.01 * rng.normal());
  return block;
}

}  // namespace

std::optional<BareProducts> BareProducts::of(const NetworkSpec& spec, std::int32_t batch, Directions directions) {
  using enum Matrix::Order;
  const Network network(spec);
  BareProducts products;
  const bool trains = directions == Directions::step;
  PlanBuilder builder(trains ? PlanKind::training : PlanKind::inference, Precision::f32, 0);
  const auto place = [&](std::int32_t rows, std::int32_t cols) { return builder.allocate(size(rows, cols)); };
  std::size_t num_weights = 0;
  bool first = true;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const Network::Node& node = network.nodes()[i];
    if (spec.layers[i].type == "conv") {
      std::ranges::move(
          bare_convolution(builder, {.node = node, .batch = batch, .trains = trains, .d_src = trains && !first}),
          std::back_inserter(products.ops_));
      first = false;
    }
    if (spec.layers[i].type == "lstm" || spec.layers[i].type == "gru") return std::nullopt;
    if (spec.layers[i].type != "dense") continue;
    const auto in = static_cast<std::int32_t>(volume(node.src())), out = static_cast<std::int32_t>(volume(node.dst));
    const Buffer src = place(batch, in), dst = place(batch, out);
    const Buffer weights{Region::params, num_weights};
    num_weights += padded_size(size(out, in));
    const Matmul forward{.a = {src, batch, in}, .b = {weights, in, out, transposed}, .dst = {dst, batch, out}};
    if (!trains) {
      products.ops_.push_back(matmul(builder, Phase::forward, forward));
      continue;
    }
    const auto add = [&](const Matmul& product) {
      products.ops_.push_back(matmul_primitive(builder, Phase::forward, product));
    };
    add(forward);
    add({.a = {dst, out, batch, transposed}, .b = {src, batch, in}, .dst = {place(out, in), out, in}});
    if (!first) add({.a = {dst, batch, out}, .b = {weights, out, in}, .dst = {place(batch, in), batch, in}});
    first = false;
  }
  Rng rng(1);
  products.arena_ = random_floats(builder.arena_floats(), rng);
  products.weights_ = random_floats(num_weights, rng);
  products.step_.bases[static_cast<std::size_t>(Region::arena)] = products.arena_.data();
  products.step_.bases[static_cast<std::size_t>(Region::params)] = products.weights_.data();
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
