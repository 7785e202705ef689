#include "models/nn/adversarial.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "models/nn/toy_data.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

TEST(Adversary, StepsUphillByAShareOfEachRange) {
  const std::vector<float> inputs = {1, 2, 3, 4, 5, 6};
  const std::vector<float> slopes = {0.5F, -9, 0, -1e-30F, 1e30F, std::numeric_limits<float>::quiet_NaN()};
  std::vector<float> out(6);
  Adversary(std::vector<float>{2, 4, 8}, 0.25).perturb(inputs.data(), slopes.data(), out.data(), 2);
  EXPECT_THAT(out, ElementsAre(1.5F, 1.0F, 3.0F, 3.5F, 6.0F, 6.0F));
}

TEST(Adversary, WorksInPlace) {
  std::vector<float> inputs = {1, 2};
  const std::vector<float> slopes = {1, -1};
  Adversary(std::vector<float>{1}, 0.5).perturb(inputs.data(), slopes.data(), inputs.data(), 2);
  EXPECT_THAT(inputs, ElementsAre(1.5F, 1.5F));
}

TEST(Adversary, WithoutRangeOrEpsilonNothingMoves) {
  const std::vector<float> inputs = {1, 2}, slopes = {1, -1};
  std::vector<float> out(2);
  Adversary(std::vector<float>{0, 3}, 0).perturb(inputs.data(), slopes.data(), out.data(), 1);
  EXPECT_EQ(out, inputs);
  Adversary(std::vector<float>{0, 0}, 0.5).perturb(inputs.data(), slopes.data(), out.data(), 1);
  EXPECT_EQ(out, inputs);
}

// f(x) = sum of w_j x_j rises by epsilon times the sum of |w_j| range_j, the most within the box.
TEST(Adversary, RaisesALinearLossByTheMostThereIs) {
  const std::vector<float> slopes = {0.5F, -2, 3}, ranges = {1, 2, 0.5F}, inputs = {0, 0, 0};
  std::vector<float> out(3);
  Adversary(ranges, 0.5).perturb(inputs.data(), slopes.data(), out.data(), 1);
  EXPECT_FLOAT_EQ(slopes[0] * out[0] + slopes[1] * out[1] + slopes[2] * out[2], 0.5F * (0.5F + 4 + 1.5F));
}

// More rows than a block has, with repeats and an extreme in the last.
TEST(InputRanges, AreThoseOfTheGatheredRows) {
  const ToyData toy = toy_blobs(700, 5, 2);
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < 600; ++i) rows.push_back(i / 2 * 2 + 90);
  std::vector<float> all(rows.size() * 5);
  toy.pipeline.gather(toy.dataset, rows, all.data());
  const std::vector<float> ranges = input_ranges(toy.dataset, toy.pipeline, rows);
  ASSERT_EQ(ranges.size(), 5U);
  for (std::size_t j = 0; j < 5; ++j) {
    float low = all[j], high = all[j];
    for (std::size_t at = j; at < all.size(); at += 5) {
      low = std::min(low, all[at]);
      high = std::max(high, all[at]);
    }
    EXPECT_EQ(ranges[j], high - low);
    EXPECT_GT(ranges[j], 0);
  }
}

TEST(InputRanges, OfOneRowAreZero) {
  const ToyData toy = toy_blobs(10, 3, 2);
  const std::vector<std::uint32_t> row = {7, 7};
  EXPECT_THAT(input_ranges(toy.dataset, toy.pipeline, row), ElementsAre(0.0F, 0.0F, 0.0F));
}

TEST(InputRangesDeathTest, OfNoRowsAreABug) {
  const ToyData toy = toy_blobs(10, 3, 2);
  EXPECT_DEATH(static_cast<void>(input_ranges(toy.dataset, toy.pipeline, {})), "rows.empty");
}

}  // namespace
}  // namespace jury
