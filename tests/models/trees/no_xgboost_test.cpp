// A build without xgboost says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/trees/train_trees.hpp"
#include "tree_data.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(NoXgboost, TrainingIsAConfigError) {
  EXPECT_EQ(xgboost_version(), "");
  EXPECT_THAT([] { require_xgboost(); }, ThrowsMessage<ConfigError>(HasSubstr("this build of jury has no xgboost")));
  EXPECT_THROW(grow(tree_xor(10)), ConfigError);
}

}  // namespace
}  // namespace jury
