// The kernels under Pipeline::gather: rows by index through an affine map per column.
#pragma once

#include <cstddef>
#include <cstdint>

namespace jury {

/// Rows out of a row-major matrix, mapped and written row by row:
/// dst[i][j] = src[rows[i]][j] is missing ? fill[j]
///             : clip((src[rows[i]][j] - center[j]) * scale[j] + offset[j], low[j], high[j]).
/// Multiplication and addition are rounded one after the other, so every instruction set gives the
/// same bits. Whole vectors are read: src and the parameters must be readable for 64 bytes past
/// their last entry; dst is written exactly.
template <class T>
struct GatherJob {
  const T* src = nullptr;
  std::size_t src_stride = 0;
  const std::uint32_t* rows = nullptr;
  std::size_t num_rows = 0;
  std::size_t num_columns = 0;
  float* dst = nullptr;
  std::size_t dst_stride = 0;
  const float* fill = nullptr;  ///< not used for bytes, which are never missing
  const float* center = nullptr;
  const float* scale = nullptr;
  const float* offset = nullptr;
  const float* low = nullptr;
  const float* high = nullptr;
};

void run_gather(const GatherJob<float>& job) noexcept;
void run_gather(const GatherJob<std::uint8_t>& job) noexcept;

}  // namespace jury
