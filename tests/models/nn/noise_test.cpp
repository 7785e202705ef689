#include "models/nn/noise.hpp"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "runtime/base/rng.hpp"
#include "vector_sets.hpp"

namespace jury {
namespace {

constexpr std::uint64_t kNoiseKey = 0x0123456789abcdef, kNoiseStep = 0x500000007;

// Tried with every vector set this processor has.
class Noise : public testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override { choose(GetParam()); }
  void TearDown() override { choose(0); }

 private:
  static void choose(std::int64_t targets) {
    hwy::SetSupportedTargetsForTest(targets);
    hwy::GetChosenTarget().DeInit();
  }
};

INSTANTIATE_TEST_SUITE_P(EveryVectorSet, Noise, testing::ValuesIn(vector_sets()),
                         [](const auto& test) { return std::string(hwy::TargetName(test.param)); });

// As the header has it, in double.
double reference(std::size_t i, std::uint32_t lane) {
  const std::size_t quarter = i % 64 / 16;
  const auto words = philox({static_cast<std::uint32_t>(i / 64 * 16 + i % 16), lane, 7, 5}, {0x89abcdef, 0x01234567});
  const double a = (words[quarter / 2 * 2] >> 8) + 1.0, b = words[quarter / 2 * 2 + 1] >> 8;
  const double angle = 2 * std::numbers::pi * b * 0x1.0p-24;
  return std::sqrt(-2 * std::log(a * 0x1.0p-24)) * (quarter % 2 == 0 ? std::cos(angle) : std::sin(angle));
}

std::vector<float> noise(std::size_t size, std::uint32_t lane = 3, std::uint64_t step = kNoiseStep) {
  std::vector<float> values(size);
  add_normal_noise(
      {.key = kNoiseKey, .step = step, .lane = lane, .deviation = 1, .values = values.data(), .size = values.size()});
  return values;
}

TEST_P(Noise, IsBoxAndMullersOfPhiloxWords) {
  for (const std::size_t size : {1U, 15U, 16U, 17U, 63U, 64U, 65U, 1000U}) {
    std::vector<float> values(size + 2, 10.0F);  // an odd start, and a last that must stay
    add_normal_noise(
        {.key = kNoiseKey, .step = kNoiseStep, .lane = 3, .deviation = 0.5, .values = values.data() + 1, .size = size});
    EXPECT_EQ(values.front(), 10.0F);
    EXPECT_EQ(values.back(), 10.0F);
    // Rounding of sums near 10; of angles up to 2 pi at radii up to 5.8.
    for (std::size_t i = 0; i < size; ++i)
      EXPECT_NEAR(static_cast<double>(values[i + 1]), 10 + 0.5 * reference(i, 3), 5e-6) << i << " of " << size;
  }
}

TEST_P(Noise, OfAPlaceDoesNotDependOnTheSize) {
  const std::vector<float> all = noise(300);
  for (const std::size_t size : {1U, 63U, 64U, 65U, 299U}) {
    const std::vector<float> some = noise(size);
    for (std::size_t i = 0; i < size; ++i) EXPECT_EQ(some[i], all[i]) << i << " of " << size;
  }
}

// Standard errors at 2^18 numbers: 0.002 of the mean, 0.003 of the variance, 0.008 and 0.02 of the third and fourth
// moments; the bounds are about four of them.
TEST_P(Noise, HasTheMomentsOfANormal) {
  const std::vector<float> values = noise(1U << 18);
  double moments[5] = {};
  double neighbours = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double z = static_cast<double>(values[i]), n = static_cast<double>(values.size());
    for (int k = 1; k <= 4; ++k) moments[k] += std::pow(z, k) / n;
    if (i >= 16) neighbours += z * static_cast<double>(values[i - 16]) / n;
  }
  EXPECT_NEAR(moments[1], 0, 0.008);
  EXPECT_NEAR(moments[2], 1, 0.011);
  EXPECT_NEAR(moments[3], 0, 0.03);
  EXPECT_NEAR(moments[4], 3, 0.08);
  EXPECT_NEAR(neighbours, 0, 0.008);  // cosine and sine of one angle
}

TEST_P(Noise, LanesAndStepsAreUnrelated) {
  const std::vector<float> base = noise(10000), lane = noise(10000, 4), step = noise(10000, 3, kNoiseStep + 1);
  double with_lane = 0, with_step = 0;
  for (std::size_t i = 0; i < base.size(); ++i) {
    with_lane += static_cast<double>(base[i]) * static_cast<double>(lane[i]) / 1e4;
    with_step += static_cast<double>(base[i]) * static_cast<double>(step[i]) / 1e4;
  }
  EXPECT_NEAR(with_lane, 0, 0.04);
  EXPECT_NEAR(with_step, 0, 0.04);
}

TEST_P(Noise, OfDeviationZeroChangesNothing) {
  std::vector<float> values = {-0.0F, 1.5F};
  add_normal_noise({.key = 1, .step = 0, .lane = 0, .deviation = 0, .values = values.data(), .size = 2});
  EXPECT_TRUE(std::signbit(values[0]));
  EXPECT_EQ(values[1], 1.5F);
}

TEST(NoiseDeathTest, NegativeDeviationsAreABug) {
  EXPECT_DEATH(add_normal_noise({.key = 1, .step = 0, .lane = 0, .deviation = -1, .values = nullptr, .size = 0}),
               "deviation");
}

}  // namespace
}  // namespace jury
