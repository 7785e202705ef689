// Later stages of a pipeline: from one row of numbers to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "models/data/first_stage.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

/// A map for each number of the row.
struct AffineStage {
  std::vector<ColumnMap> maps;
  bool operator==(const AffineStage&) const = default;
};

/// Replaces some numbers of the row by their place among the training rows: the level of the
/// quantile they are, linear between neighbouring knots, the middle level of equal knots. Missing
/// stays missing.
struct QuantileStage {
  std::vector<std::uint32_t> columns;  ///< positions in the row
  std::vector<float> levels;           ///< (knots): what the quantiles 0, 1/(knots-1), ..., 1 become
  std::vector<float> knots;            ///< (columns, knots), ascending within a column
  bool operator==(const QuantileStage&) const = default;
};

/// Replaces some numbers of the row by their principal components, which stand at the end of the row.
struct PcaStage {
  std::vector<std::uint32_t> kept;     ///< positions that pass through, in this order
  std::vector<std::uint32_t> columns;  ///< positions that are replaced
  std::vector<float> mean;             ///< (columns)
  std::vector<float> components;       ///< (components, columns), orthonormal rows
  bool operator==(const PcaStage&) const = default;

  std::size_t num_components() const noexcept { return columns.empty() ? 0 : components.size() / columns.size(); }
};

using Stage = std::variant<AffineStage, QuantileStage, PcaStage>;

/// Numbers in a row behind the stage, given those before it.
std::size_t stage_width(const Stage& stage, std::size_t width) noexcept;

/// One row: src (width) -> dst (stage_width). src and dst do not overlap.
void apply_stage(const Stage& stage, const float* src, std::size_t width, float* dst) noexcept;

void save_stage(const Stage& stage, ByteWriter& writer);
/// Throws DataError when the bytes are no stage for rows of `width` numbers.
Stage load_stage(ByteReader& reader, std::size_t width);

}  // namespace jury
