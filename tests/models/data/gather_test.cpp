// The kernels against plain loops, over shapes that fill vectors, overfill them and leave tails.
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cmath>
#include <limits>

#include "models/data/gather_kernel.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

constexpr std::size_t kPadding = 64;

template <class T>
struct Case {
  std::size_t num_columns, num_rows, first;
  std::vector<T> src;
  std::vector<std::uint32_t> rows;
  std::vector<float> fill, center, scale, offset, low, high;

  Case(std::size_t columns, std::size_t count, std::size_t skip, std::uint64_t seed)
      : num_columns(columns), num_rows(count), first(skip) {
    Rng rng(seed);
    const std::size_t stride = columns + skip, available = 40;
    for (std::size_t i = 0; i < available * stride; ++i) src.push_back(number(rng));
    src.resize(src.size() + kPadding);
    for (std::size_t i = 0; i < count; ++i) rows.push_back(static_cast<std::uint32_t>(rng.below(available)));
    for (auto* column : {&fill, &center, &scale, &offset, &low, &high}) {
      for (std::size_t j = 0; j < columns; ++j) column->push_back(static_cast<float>(rng.normal()));
      column->resize(columns + kPadding);
    }
    for (std::size_t j = 0; j < columns; ++j) low[j] = -std::abs(low[j]), high[j] = std::abs(high[j]);
    if (columns > 1) low[1] = -std::numeric_limits<float>::infinity(), high[1] = -low[1];
  }

  static T number(Rng& rng) {
    if constexpr (sizeof(T) == 1)
      return static_cast<T>(rng.below(256));
    else
      return rng.below(5) == 0 ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(3 * rng.normal());
  }

  GatherJob<T> job(float* dst, std::size_t dst_stride) const {
    return {.src = src.data() + first,
            .src_stride = num_columns + first,
            .rows = rows.data(),
            .num_rows = num_rows,
            .num_columns = num_columns,
            .dst = dst,
            .dst_stride = dst_stride,
            .fill = fill.data(),
            .center = center.data(),
            .scale = scale.data(),
            .offset = offset.data(),
            .low = low.data(),
            .high = high.data()};
  }

  float expected(std::size_t i, std::size_t j) const {
    const auto x = static_cast<float>(src[rows[i] * (num_columns + first) + first + j]);
    if (std::isnan(x)) return fill[j];
    const float difference = x - center[j];
    const float product = difference * scale[j];
    return std::min(std::max(product + offset[j], low[j]), high[j]);
  }
};

template <class T>
void agrees_with_the_loop() {
  for (const std::size_t columns : {1U, 3U, 8U, 13U, 16U, 17U, 33U, 784U})
    for (const std::size_t rows : {0U, 1U, 5U, 32U}) {
      const Case<T> c(columns, rows, columns % 3, columns * 100 + rows);
      const std::size_t stride = columns + 2;
      std::vector<float> dst(rows * stride + 1, -77.0F);
      run_gather(c.job(dst.data(), stride));
      for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j)
          ASSERT_EQ(dst[i * stride + j], c.expected(i, j)) << columns << " " << i << " " << j;
        ASSERT_EQ(dst[i * stride + columns], -77.0F) << "wrote behind the row";
      }
      ASSERT_EQ(dst.back(), -77.0F);
    }
}

TEST(GatherKernel, NumbersAgreeWithAPlainLoop) { agrees_with_the_loop<float>(); }
TEST(GatherKernel, BytesAgreeWithAPlainLoop) { agrees_with_the_loop<std::uint8_t>(); }

TEST(GatherKernel, EveryInstructionSetGivesTheSameBits) {
  const Case<float> c(29, 32, 1, 9);
  const auto run = [&] {
    std::vector<float> dst(32 * 29);
    run_gather(c.job(dst.data(), 29));
    return dst;
  };
  const std::vector<float> best = run();
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().DeInit();
    EXPECT_EQ(run(), best) << hwy::TargetName(target);
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
}

}  // namespace
}  // namespace jury
