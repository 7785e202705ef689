// What the Gaussian process is to reach on published functions.
#include <gtest/gtest.h>

#include "search/sampler/virtual_workers.hpp"

namespace jury {
namespace {

TEST(GpFigures, BraninFiveSeeds) {
  const VirtualSearch search{.method = "gp", .objective = {.function = "branin"}};
  EXPECT_LE(median_regret(search, 5, 25), 0.1);
  EXPECT_LE(median_regret(search, 5, 50), 1e-3);
}

TEST(GpFigures, BraninFiveSeedsEightWorkers) {
  const VirtualSearch search{.method = "gp", .objective = {.function = "branin"}, .workers = 8};
  EXPECT_LE(median_regret(search, 5, 50), 4e-3);
}

TEST(GpFigures, HartmannFiveSeeds) {
  EXPECT_LE(median_regret({.method = "gp", .objective = {.function = "hartmann6"}, .trials = 100}, 5, 100), 0.05);
}

}  // namespace
}  // namespace jury
