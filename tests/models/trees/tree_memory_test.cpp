#include <gtest/gtest.h>

#include "models/trees/train_trees.hpp"

namespace jury {
namespace {

constexpr TreeSize kSize{.rows = 100000, .inputs = 20, .outputs = 1};

TEST(TreeMemory, IsAtLeastTheCellsXgboostCopies) {
  for (const char* method : {"hist", "exact"})
    EXPECT_GE(estimate_tree_bytes({.method = method}, kSize), 100000U * 20 * 8) << method;
}

TEST(TreeMemory, GrowsWithWhatCosts) {
  const std::size_t base = estimate_tree_bytes({}, kSize);
  EXPECT_GT(estimate_tree_bytes({}, {.rows = 200000, .inputs = 20, .outputs = 1}), base);
  EXPECT_GT(estimate_tree_bytes({}, {.rows = 100000, .inputs = 40, .outputs = 1}), base);
  EXPECT_GT(estimate_tree_bytes({}, {.rows = 100000, .inputs = 20, .outputs = 3}), base);
  EXPECT_GT(estimate_tree_bytes({.depth = 7}, kSize), base);
  EXPECT_GT(estimate_tree_bytes({.bins = 512}, kSize), base);
  EXPECT_GT(estimate_tree_bytes({.rounds = 200}, kSize), base);
  EXPECT_EQ(estimate_tree_bytes({.method = "exact", .bins = 512}, kSize),
            estimate_tree_bytes({.method = "exact"}, kSize));
}

// A tree has no more leaves than rows, however deep it may be.
TEST(TreeMemory, DepthBeyondTheRowsCostsNothing) {
  EXPECT_EQ(estimate_tree_bytes({.depth = 30}, kSize), estimate_tree_bytes({.depth = 20}, kSize));
}

}  // namespace
}  // namespace jury
