#include "search/sampler/sobol_sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "search/sampler/spaces.hpp"

namespace jury {
namespace {

std::vector<std::vector<double>> points(std::size_t count, std::size_t dimensions, std::uint64_t key) {
  SobolSequence sequence(dimensions, key);
  std::vector<std::vector<double>> points;
  for (std::size_t i = 0; i < count; ++i) points.push_back(sequence.next());
  return points;
}

// A (0, m, 1)-net in each coordinate, whatever the scrambling.
TEST(SobolSequence, EverySliceOfACoordinateHasOnePoint) {
  for (const std::uint64_t key : {1ULL, 2ULL, 0xFFFFFFFFFFFFFFFFULL}) {
    const auto net = points(64, 12, key);
    for (std::size_t d = 0; d < 12; ++d) {
      std::vector<int> hits(64);
      for (const auto& point : net) ++hits[static_cast<std::size_t>(point[d] * 64)];
      EXPECT_THAT(hits, testing::Each(1)) << "dimension " << d;
    }
  }
}

// The first two dimensions are a (0, m, 2)-net: every box of area 1/64 with dyadic sides has one.
TEST(SobolSequence, EveryDyadicBoxOfTwoDimensionsHasOnePoint) {
  const auto net = points(64, 2, 5);
  for (const std::size_t rows : {1U, 2U, 4U, 8U, 16U, 32U, 64U}) {
    std::vector<int> hits(64);
    const std::size_t columns = 64 / rows;
    for (const auto& point : net)
      ++hits[static_cast<std::size_t>(point[0] * static_cast<double>(rows)) * columns +
             static_cast<std::size_t>(point[1] * static_cast<double>(columns))];
    EXPECT_THAT(hits, testing::Each(1)) << rows << " rows";
  }
}

TEST(SobolSequence, ScramblingMovesThePointsAndKeysDiffer) {
  EXPECT_NE(points(1, 3, 1), points(1, 3, 2));
  EXPECT_EQ(points(8, 3, 1), points(8, 3, 1));
  EXPECT_NE(points(1, 2, 1)[0][0], points(1, 2, 1)[0][1]);
}

// The mean of x1 * ... * x4 is 1/16; 256 random points miss it by about 0.004, a scrambled net by far less.
TEST(SobolSequence, IntegratesBetterThanRandomPoints) {
  double worst = 0;
  for (std::uint64_t key = 0; key < 5; ++key) {
    double sum = 0;
    for (const auto& point : points(256, 4, key)) sum += point[0] * point[1] * point[2] * point[3];
    worst = std::max(worst, std::abs(sum / 256 - 1.0 / 16));
  }
  EXPECT_LT(worst, 0.0008);
}

TEST(SobolSampler, ProposesTheSequencePointAfterPoint) {
  const Space space = space_of({{"x", "uniform(0, 1)"}, {"y", "uniform(0, 1)"}});
  const auto sampler = make_sampler({.method = "sobol"}, space, 3);
  SobolSequence sequence = sobol_sequence(space, 3);
  for (std::int64_t trial = 0; trial < 5; ++trial)
    EXPECT_EQ(space.unit_vector(*sampler->ask(trial), 0), sequence.next());
}

}  // namespace
}  // namespace jury
