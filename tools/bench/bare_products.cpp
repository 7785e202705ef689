#include "tools/bench/bare_products.hpp"

#include <algorithm>

#include "models/nn/matmul.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// Hands out places of an arena.
class Places {
 public:
  Buffer next(std::int32_t rows, std::int32_t cols) noexcept {
    const Buffer buffer{Region::arena, size_};
    size_ += padded_size(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
    return buffer;
  }
  std::size_t size() const noexcept { return size_; }

 private:
  std::size_t size_ = 0;
};

}  // namespace

std::optional<BareProducts> BareProducts::of(const NetworkSpec& spec, std::int32_t batch, Directions directions) {
  using enum Matrix::Order;
  const Network network(spec);
  BareProducts products;
  PlanBuilder builder;
  Places places;
  bool first = true;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const Network::Node& node = network.nodes()[i];
    const auto tensors = std::span(network.tensors()).subspan(node.first_tensor, node.num_tensors);
    if (std::ranges::any_of(tensors, [](const Tensor& tensor) { return tensor.shape.size() > 2; })) return std::nullopt;
    if (spec.layers[i].type != "dense") continue;
    const auto in = static_cast<std::int32_t>(volume(node.src())), out = static_cast<std::int32_t>(volume(node.dst));
    const Buffer src = places.next(batch, in), weights = places.next(out, in), dst = places.next(batch, out);
    const auto add = [&](const Matmul& product) { products.ops_.push_back(matmul_primitive(builder, Phase::forward, product)); };
    add({.a = {src, batch, in}, .b = {weights, in, out, transposed}, .dst = {dst, batch, out}});
    if (directions == Directions::forward) continue;
    add({.a = {dst, out, batch, transposed}, .b = {src, batch, in}, .dst = {places.next(out, in), out, in}});
    if (!first)
      add({.a = {dst, batch, out}, .b = {weights, out, in}, .dst = {places.next(batch, in), batch, in}});
    first = false;
  }
  products.arena_ = AlignedBlock(places.size());
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
