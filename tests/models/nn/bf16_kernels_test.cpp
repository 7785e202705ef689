// Rounding to bf16 against arithmetic that knows no bits.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "models/nn/kernels.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"
#include "vector_sets.hpp"

namespace jury {
namespace {

// The nearest number of 8 significant bits (fewer below the least normal one), of two the even one.
float naive_bf16(float x) {
  if (!std::isfinite(x) || x == 0) return x;
  const int exponent = std::max(std::ilogb(x), -126) - 7;
  const double units = std::nearbyint(std::ldexp(static_cast<double>(x), -exponent));
  const double rounded = std::ldexp(units, exponent);
  const double largest = std::ldexp(255.0, 120);  // 2^127 (2 - 2^-7)
  return std::abs(rounded) > largest ? std::copysign(kFloatInfinity, x) : static_cast<float>(rounded);
}

std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }
float of_bits(std::uint32_t x) { return std::bit_cast<float>(x); }

// Numbers of every size, each with what is just below, at and just above the middle of two bf16 numbers.
std::vector<float> numbers() {
  std::vector<float> all{0.0F,
                         -0.0F,
                         kFloatInfinity,
                         -kFloatInfinity,
                         std::numeric_limits<float>::max(),
                         -std::numeric_limits<float>::max(),
                         std::numeric_limits<float>::min(),
                         std::numeric_limits<float>::denorm_min(),
                         1.0F,
                         -1.0F};
  Rng rng(1);
  for (int i = 0; i < 2000; ++i) {
    const auto upper = static_cast<std::uint32_t>(rng.below(0x10000)) << 16;
    for (const std::uint32_t lower : {0U, 1U, 0x7fffU, 0x8000U, 0x8001U, 0xffffU})
      if (!std::isnan(of_bits(upper | lower))) all.push_back(of_bits(upper | lower));
  }
  for (std::uint32_t denormal = 0; denormal < 0x800000U; denormal += 0x3fffU) all.push_back(of_bits(denormal));
  return all;
}

TEST(Bf16, IsTheNearestAndOfTwoTheEven) {
  const std::vector<float> x = numbers();
  for_each_vector_set([&] {
    std::vector<float> rounded(x.size() + 64);
    std::vector<std::uint16_t> halves(x.size() + 64);
    round_to_bf16(x.data(), rounded.data(), x.size());
    convert_to_bf16(x.data(), halves.data(), x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_EQ(bits(rounded[i]), bits(naive_bf16(x[i]))) << x[i];
      ASSERT_EQ(halves[i], bits(naive_bf16(x[i])) >> 16) << x[i];
    }
  });
}

TEST(Bf16, KnownNumbers) {
  const std::vector<std::pair<float, float>> known{{1.00390625F, 1.0F},              // a tie: 1 + 1/256
                                                   {1.01171875F, 1.015625F},         // a tie: 1 + 3/256
                                                   {1.0039064F, 1.0078125F},         // just above the first
                                                   {-1.00390625F, -1.0F},            //
                                                   {3.3961776e38F, kFloatInfinity},  // halfway beyond the largest
                                                   {3.3895314e38F, 3.3895314e38F}};  // the largest
  for (const auto& [x, expected] : known) {
    std::vector<float> out(64);
    round_to_bf16(&x, out.data(), 1);
    EXPECT_EQ(out[0], expected) << x;
  }
}

// A payload in the lower half alone must not become infinity.
TEST(Bf16, NanStaysNan) {
  for_each_vector_set([] {
    for (const std::uint32_t nan : {0x7fc00000U, 0x7f800001U, 0x7f80ffffU, 0x7fffffffU, 0xff800001U, 0xffffffffU}) {
      const std::vector<float> x(5, of_bits(nan));
      std::vector<float> rounded(64);
      std::vector<std::uint16_t> halves(64);
      round_to_bf16(x.data(), rounded.data(), x.size());
      convert_to_bf16(x.data(), halves.data(), x.size());
      for (std::size_t i = 0; i < x.size(); ++i) {
        EXPECT_TRUE(std::isnan(rounded[i])) << std::hex << nan;
        EXPECT_EQ(std::signbit(rounded[i]), nan >> 31 != 0) << std::hex << nan;
        EXPECT_EQ(halves[i], bits(rounded[i]) >> 16);
      }
    }
  });
}

TEST(Bf16, RoundsInPlaceAndOnlyOnce) {
  std::vector<float> x = numbers();
  x.resize(x.size() + 64);
  const std::vector<float> from = x;
  std::vector<float> out(x.size());
  round_to_bf16(from.data(), out.data(), x.size() - 64);
  round_to_bf16(x.data(), x.data(), x.size() - 64);
  EXPECT_EQ(x, out);
  round_to_bf16(x.data(), x.data(), x.size() - 64);
  EXPECT_EQ(x, out);
}

}  // namespace
}  // namespace jury
