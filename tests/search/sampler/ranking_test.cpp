#include "search/sampler/ranking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using Values = std::vector<std::vector<double>>;

TEST(Ranking, OneObjectiveIsSortedAndTiesKeepTheirOrder) {
  EXPECT_THAT(ranking(Values{{3}, {1}, {2}, {1}}), ElementsAre(1, 3, 2, 0));
  EXPECT_THAT(ranking(Values{}), ElementsAre());
}

//  y
//  4 a . . .     a, b, c are the front; d is behind b, e behind d (and b).
//  3 . . e .
//  2 . d . .
//  1 . b . .
//  0 . . . c
TEST(Ranking, FrontsAreThosePeeledOffOneAfterTheOther) {
  EXPECT_THAT(front_numbers(Values{{0, 4}, {1, 1}, {3, 0}, {1, 2}, {2, 3}}), ElementsAre(0, 0, 0, 1, 2));
}

TEST(Ranking, EqualPointsAreOnTheSameFront) {
  EXPECT_THAT(front_numbers(Values{{1, 1}, {1, 1}, {1, 2}}), ElementsAre(0, 0, 1));
}

// The definition: front f dominates nothing of fronts below, and each point of front f > 0 is dominated from f - 1.
TEST(Ranking, FrontsKeepTheirDefinitionOnRandomPoints) {
  Rng rng(4);
  Values values(60, std::vector<double>(3));
  for (auto& point : values)
    for (double& value : point) value = static_cast<double>(rng.below(6));
  const std::vector<std::size_t> fronts = front_numbers(values);
  const auto dominates = [&](std::size_t i, std::size_t j) {
    bool better = false;
    for (std::size_t k = 0; k < 3; ++k) {
      if (values[i][k] > values[j][k]) return false;
      better = better || values[i][k] < values[j][k];
    }
    return better;
  };
  for (std::size_t j = 0; j < values.size(); ++j) {
    bool from_before = fronts[j] == 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!dominates(i, j)) continue;
      EXPECT_LT(fronts[i], fronts[j]);
      from_before = from_before || fronts[i] + 1 == fronts[j];
    }
    EXPECT_TRUE(from_before) << j;
  }
}

TEST(Ranking, OnAFrontLonelyPointsComeFirst) {
  // Ends first, then (2, 6) with the larger gap, then the two that are close.
  EXPECT_THAT(ranking(Values{{0, 10}, {9, 1}, {8, 1.5}, {2, 6}, {10, 0}}), ElementsAre(0, 4, 3, 2, 1));
}

}  // namespace
}  // namespace jury
