// Transposition, in tiles that stay in the cache, of blocks that stay in registers.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/nn/transpose.cpp"
// Highway needs this order.
// clang-format off
#include "models/nn/simd_targets.hpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
// clang-format on

#include <algorithm>
#include <cstring>

#include "models/nn/kernels.hpp"

HWY_BEFORE_NAMESPACE();
namespace jury::HWY_NAMESPACE {
namespace {
namespace hn = hwy::HWY_NAMESPACE;

// A (rows, cols) matrix and where its transpose goes.
struct Part {
  const float* in;
  float* out;
  std::size_t rows, cols;
};

struct Range {
  std::size_t first, last;
};

void scalar(const Part& part, Range rows, Range cols) {
  for (std::size_t col = cols.first; col < cols.last; ++col)
    for (std::size_t row = rows.first; row < rows.last; ++row)
      part.out[col * part.rows + row] = part.in[row * part.cols + col];
}

#if HWY_TARGET == HWY_SCALAR
constexpr std::size_t kSide = 1;
void square(const Part& part, std::size_t row, std::size_t col) {
  part.out[col * part.rows + row] = part.in[row * part.cols + col];
}
#else
constexpr std::size_t kSide = 4;
void square(const Part& part, std::size_t row, std::size_t col) {
  const hn::Full128<float> d;
  const hn::RepartitionToWide<decltype(d)> pairs;
  const float* const in = part.in + row * part.cols + col;
  float* const out = part.out + col * part.rows + row;
  const auto a = hn::LoadU(d, in), b = hn::LoadU(d, in + part.cols);
  const auto c = hn::LoadU(d, in + 2 * part.cols), e = hn::LoadU(d, in + 3 * part.cols);
  const auto ab_low = hn::BitCast(pairs, hn::InterleaveLower(d, a, b)),
             ab_high = hn::BitCast(pairs, hn::InterleaveUpper(d, a, b));
  const auto ce_low = hn::BitCast(pairs, hn::InterleaveLower(d, c, e)),
             ce_high = hn::BitCast(pairs, hn::InterleaveUpper(d, c, e));
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, ab_low, ce_low)), d, out);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, ab_low, ce_low)), d, out + part.rows);
  hn::StoreU(hn::BitCast(d, hn::InterleaveLower(pairs, ab_high, ce_high)), d, out + 2 * part.rows);
  hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(pairs, ab_high, ce_high)), d, out + 3 * part.rows);
}
#endif

void one(const Part& part) {
  constexpr std::size_t kTile = 16;
  for (std::size_t row0 = 0; row0 < part.rows; row0 += kTile)
    for (std::size_t col0 = 0; col0 < part.cols; col0 += kTile) {
      const std::size_t row1 = std::min(row0 + kTile, part.rows), col1 = std::min(col0 + kTile, part.cols);
      const std::size_t row_end = row0 + (row1 - row0) / kSide * kSide, col_end = col0 + (col1 - col0) / kSide * kSide;
      for (std::size_t col = col0; col < col_end; col += kSide)
        for (std::size_t row = row0; row < row_end; row += kSide) square(part, row, col);
      scalar(part, {row_end, row1}, {col0, col1});
      scalar(part, {row0, row_end}, {col_end, col1});
    }
}

void Transpose(const TransposeEach& args) {
  const std::size_t size = args.rows * args.cols;
  for (std::size_t i = 0; i < args.count; ++i) one({args.in + i * size, args.out + i * size, args.rows, args.cols});
}

}  // namespace
}  // namespace jury::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace jury {
HWY_EXPORT(Transpose);
void transpose_each(const TransposeEach& args) noexcept {
  if (args.rows == 1 || args.cols == 1) {
    std::memcpy(args.out, args.in, args.count * args.rows * args.cols * sizeof(float));
    return;
  }
  HWY_DYNAMIC_DISPATCH(Transpose)(args);
}
}  // namespace jury
#endif
