#include "tools/report/report_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/study/json.hpp"

namespace jury {
namespace {

TEST(ReportSettings, LeavesAreNamedByTheirPaths) {
  const auto leaves = flat_settings(
      config_from_json(R"({"train": {"lr": 0.5, "stop": {"rule": "x"}}, "model": {"hidden": [3, 4]}, "cv": false})"));
  EXPECT_THAT(leaves,
              testing::ElementsAre(testing::Pair("cv", "false"), testing::Pair("model.hidden", "[3, 4]"),
                                   testing::Pair("train.lr", "0.5"), testing::Pair("train.stop.rule", "\"x\"")));
}

TEST(ReportSettings, AnOptionalSectionHasDefaultsWhereItIsThere) {
  const auto without = flat_settings(default_settings(config_from_json("{}")));
  EXPECT_EQ(without.at("cv"), "false");
  EXPECT_EQ(without.count("cv.folds"), 0U);
  const auto with = flat_settings(default_settings(config_from_json(R"({"cv": {"folds": 7}})")));
  EXPECT_EQ(with.at("cv.folds"), "5");
}

}  // namespace
}  // namespace jury
