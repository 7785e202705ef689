// What the pooling layers share: windows from their sizes, and the operations over them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/nn/pool_kernels.hpp"
#include "models/nn/shape.hpp"
#include "models/nn/table.hpp"

namespace jury {

class PlanBuilder;
struct LayerNode;

enum class PoolKind : std::uint8_t { average, max };

std::span<const Entry<PoolKind>> pool_kinds() noexcept;

/// A window that slides over the spatial dimensions: one number for each.
struct SlidingWindow {
  std::vector<std::int32_t> size, stride, padding;  ///< padding on both sides, smaller than size
};

/// (channels, extents): each becomes floor((extent + 2 padding - size) / stride) + 1; what is left over
/// is dropped. Throws ConfigError "needs at least 3x3, is given 2x2" when the window does not fit.
Shape pooled(const Shape& src, const SlidingWindow& window);

/// The places it sees of a sample, row-major in places of dst and of src; padding is not among them.
Windows windows_of(const Shape& src, const SlidingWindow& window);

/// Adds forward and, where it is needed, backward.
void compile_pooling(PlanBuilder& builder, const LayerNode& node, PoolKind kind, const SlidingWindow& window);

}  // namespace jury
