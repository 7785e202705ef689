#include "models/nn/pooling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "models/nn/extents.hpp"
#include "models/nn/plan_builder.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

struct Range {
  std::int32_t first, last;
};

}  // namespace

std::span<const Entry<PoolKind>> pool_kinds() noexcept {
  static constexpr Entry<PoolKind> table[] = {{"average", "mean of the window", PoolKind::average},
                                              {"max", "largest value of the window", PoolKind::max}};
  return table;
}

Shape pooled(const Shape& src, const SlidingWindow& window) {
  const std::vector<std::int32_t> in = spatial_extents(src);
  Shape least, out{src.front()};
  bool fits = true;
  for (std::size_t k = 0; k < in.size(); ++k) {
    least.push_back(std::max(1, window.size[k] - 2 * window.padding[k]));
    fits &= in[k] >= least.back();
    out.push_back((in[k] + 2 * window.padding[k] - window.size[k]) / window.stride[k] + 1);
  }
  if (!fits)
    throw ConfigError(
        fmt::format("needs at least {}, is given {} (its window does not fit)", to_string(least), to_string(in)));
  return out;
}

Windows windows_of(const Shape& src, const SlidingWindow& window) {
  const Shape dst = pooled(src, window);
  const auto in = in_three(std::span(src).subspan(1), 1), out = in_three(std::span(dst).subspan(1), 1);
  const auto size = in_three(window.size, 1), stride = in_three(window.stride, 1), pad = in_three(window.padding, 0);
  const auto seen = [&](std::size_t k, std::int32_t at) {
    const std::int32_t first = at * stride[k] - pad[k];
    return Range{std::max(first, 0), std::min(first + size[k], in[k])};
  };
  Windows all{.begins = {0},
              .offsets = {},
              .places = static_cast<std::size_t>(num_places(src)),
              .channels = static_cast<std::size_t>(src.front())};
  for (std::int32_t z = 0; z < out[0]; ++z)
    for (std::int32_t y = 0; y < out[1]; ++y)
      for (std::int32_t x = 0; x < out[2]; ++x) {
        const Range depths = seen(0, z), heights = seen(1, y), widths = seen(2, x);
        for (std::int32_t d = depths.first; d < depths.last; ++d)
          for (std::int32_t h = heights.first; h < heights.last; ++h)
            for (std::int32_t w = widths.first; w < widths.last; ++w)
              all.offsets.push_back(((d * in[1] + h) * in[2] + w) * src.front());
        all.begins.push_back(all.offsets.size());
      }
  std::vector<std::int32_t> seen_places = all.offsets;
  std::ranges::sort(seen_places);
  all.cut = seen_places.size() == all.places && std::ranges::adjacent_find(seen_places) == seen_places.end();
  return all;
}

void compile_pooling(PlanBuilder& builder, const LayerNode& node, PoolKind kind, const SlidingWindow& window) {
  const auto windows = std::make_shared<const Windows>(windows_of(node.src_shape, window));
  const auto rows = static_cast<std::size_t>(node.batch);
  const bool backward = node.kind == PlanKind::training && node.d_src;
  if (kind == PoolKind::average) {
    builder.forward([windows, rows, src = node.src, dst = node.dst](Step& step) {
      average_pool({*windows, rows, step.at(src), step.at(dst)});
    });
    if (backward)
      builder.backward([windows, rows, d_dst = node.d_dst, d_src = *node.d_src](Step& step) {
        average_pool_backward({*windows, rows, step.at(d_dst), step.at(d_src)});
      });
    return;
  }
  const Buffer winners = builder.allocate(node.dst_size());
  builder.forward([windows, rows, src = node.src, dst = node.dst, winners](Step& step) {
    max_pool({*windows, rows, step.at(src), step.at(dst), step.ints_at(winners)});
  });
  if (backward)
    builder.backward([windows, rows, d_dst = node.d_dst, winners, d_src = *node.d_src](Step& step) {
      max_pool_backward({*windows, rows, step.at(d_dst), step.ints_at(winners), step.at(d_src)});
    });
}

}  // namespace jury
