#include "search/importance/box_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

std::vector<std::uint32_t> all_rows(std::size_t n) {
  std::vector<std::uint32_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0U);
  return rows;
}

TEST(BoxTree, CutsWhereTheSquaredErrorFallsMost) {
  const std::vector<double> low{0}, high{1};
  const std::vector<double> points{0.1, 0.3, 0.5, 0.9};
  const std::vector<double> values{1, 1, 5, 6};
  const Boxes boxes = grow_box_tree({points, values, low, high, 2}, all_rows(4));
  EXPECT_THAT(boxes.low, ElementsAre(0, 0.4));
  EXPECT_THAT(boxes.high, ElementsAre(0.4, 1));
  EXPECT_THAT(boxes.value, ElementsAre(1, 5.5));
}

TEST(BoxTree, CutsTheInactivePartOffAtZero) {
  const std::vector<double> low{-1}, high{1};
  const std::vector<double> points{-0.5, 0.8};
  const std::vector<double> values{1, 2};
  EXPECT_THAT(grow_box_tree({points, values, low, high, 1}, all_rows(2)).high, ElementsAre(0, 1));
}

TEST(BoxTree, BoxesFillTheSpaceAndHoldTheirPointsValues) {
  Rng rng(1);
  const std::size_t n = 200, d = 3;
  std::vector<double> points(n * d), values(n);
  for (double& x : points) x = rng.uniform();
  for (double& y : values) y = rng.uniform();
  const std::vector<double> low(d, 0.0), high(d, 1.0);
  const Boxes boxes = grow_box_tree({points, values, low, high, 1}, all_rows(n));
  EXPECT_EQ(boxes.value.size(), n);
  double volume = 0;
  for (std::size_t b = 0; b < boxes.value.size(); ++b) {
    double product = 1;
    for (std::size_t k = 0; k < d; ++k) product *= boxes.high[b * d + k] - boxes.low[b * d + k];
    volume += product;
  }
  EXPECT_NEAR(volume, 1, 1e-12);
  for (std::size_t i = 0; i < n; ++i) {
    int found = 0;
    for (std::size_t b = 0; b < boxes.value.size(); ++b) {
      bool inside = true;
      for (std::size_t k = 0; k < d; ++k)
        inside &= boxes.low[b * d + k] <= points[i * d + k] && points[i * d + k] < boxes.high[b * d + k];
      if (!inside) continue;
      ++found;
      EXPECT_EQ(boxes.value[b], values[i]);
    }
    EXPECT_EQ(found, 1);
  }
}

TEST(BoxTree, EqualValuesOrEqualPointsAreOneBox) {
  const std::vector<double> low{0}, high{1};
  EXPECT_EQ(
      grow_box_tree({std::vector<double>{0.1, 0.2}, std::vector<double>{3, 3}, low, high, 1}, all_rows(2)).value.size(),
      1U);
  const Boxes same =
      grow_box_tree({std::vector<double>{0.1, 0.1}, std::vector<double>{3, 5}, low, high, 1}, all_rows(2));
  EXPECT_THAT(same.value, ElementsAre(4));
}

}  // namespace
}  // namespace jury
