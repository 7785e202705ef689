// Transposition of small matrices, in tiles that stay in the cache.
#include <algorithm>
#include <cstring>

#include "models/nn/kernels.hpp"

namespace jury {

void transpose_each(const TransposeEach& args) noexcept {
  const std::size_t size = args.rows * args.cols;
  if (args.rows == 1 || args.cols == 1) {
    std::memcpy(args.out, args.in, args.count * size * sizeof(float));
    return;
  }
  constexpr std::size_t kTile = 16;
  for (std::size_t i = 0; i < args.count; ++i) {
    const float* in = args.in + i * size;
    float* out = args.out + i * size;
    for (std::size_t row0 = 0; row0 < args.rows; row0 += kTile)
      for (std::size_t col0 = 0; col0 < args.cols; col0 += kTile)
        for (std::size_t col = col0; col < std::min(col0 + kTile, args.cols); ++col)
          for (std::size_t row = row0; row < std::min(row0 + kTile, args.rows); ++row)
            out[col * args.rows + row] = in[row * args.cols + col];
  }
}

}  // namespace jury
