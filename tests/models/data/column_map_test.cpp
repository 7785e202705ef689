#include <gtest/gtest.h>

#include <cmath>

#include "models/data/first_stage.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

TEST(ColumnMap, PassesEverythingAtFirst) {
  const ColumnMap map;
  EXPECT_EQ(map(-1e30), -1e30);
  EXPECT_TRUE(std::isnan(map(kNaN)));
}

// Any run of steps collapses into one map that does what the steps do one after the other.
TEST(ColumnMap, IsTheCompositionOfItsSteps) {
  Rng rng(11);
  for (int round = 0; round < 500; ++round) {
    ColumnMap map;
    double values[] = {-50, -1, 0, 0.5, 3, 100, kNaN};
    for (int step = 0; step < 5; ++step) {
      const double a = 4 * rng.uniform() - 2, b = 4 * rng.uniform() - 2, c = 4 * rng.uniform() - 2;
      const std::uint64_t kind = rng.below(3);
      if (kind == 0) map.then_affine(a, b, c);
      if (kind == 1) map.then_clip(std::min(a, b), std::max(a, b));
      if (kind == 2) map.then_fill(a);
      for (double& y : values) {
        if (kind == 0) y = (y - a) * b + c;
        if (kind == 1 && !std::isnan(y)) y = std::min(std::max(y, std::min(a, b)), std::max(a, b));
        if (kind == 2 && std::isnan(y)) y = a;
      }
    }
    const double inputs[] = {-50, -1, 0, 0.5, 3, 100, kNaN};
    for (std::size_t i = 0; i < 7; ++i) {
      if (std::isnan(values[i])) {
        EXPECT_TRUE(std::isnan(map(inputs[i])));
      } else {
        EXPECT_NEAR(map(inputs[i]), values[i], 1e-9 * (1 + std::abs(values[i]))) << round;
      }
    }
  }
}

// x - center is exact for x near the center; x * scale + shift would lose all digits here.
TEST(ColumnMap, KeepsDigitsOfLargeNumbers) {
  ColumnMap map;
  map.then_affine(1e7, 1000, 0);
  EXPECT_EQ(static_cast<float>(map.center), 1e7F);
  EXPECT_EQ(map(1e7 + 1), 1000);
}

TEST(ColumnMap, ReadsBackWhatItSaved) {
  ColumnMap map;
  map.then_affine(1, 2, 3);
  map.then_clip(-1, 1);
  ByteWriter writer;
  map.save(writer);
  ColumnMap().save(writer);
  ByteReader reader(writer.bytes());
  EXPECT_EQ(ColumnMap::load(reader), map);
  EXPECT_EQ(ColumnMap::load(reader), ColumnMap());
}

}  // namespace
}  // namespace jury
