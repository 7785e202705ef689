#include "models/trees/tree_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> problems_of(Config::Table entries) {
  TreeOptions options;
  Problems problems;
  read_options(Config(std::move(entries)), options, "model.trees", problems);
  return problems.lines();
}

TEST(TreeOptions, DefaultsReadBackAsTheyAre) {
  EXPECT_THAT(problems_of(*to_config(TreeOptions{}).as<Config::Table>()), ElementsAre());
}

TEST(TreeOptions, RangesAndNamesAreChecked) {
  EXPECT_THAT(problems_of({{"rounds", Config(std::int64_t{0})},
                           {"depth", Config(std::int64_t{31})},
                           {"learning_rate", Config(1.5)},
                           {"samples", Config(0.0)},
                           {"method", Config(std::string("approx"))},
                           {"eta", Config(0.1)}}),
              ElementsAre(HasSubstr("model.trees.rounds = 0"), HasSubstr("model.trees.depth = 31"),
                          HasSubstr("model.trees.learning_rate = 1.5"), HasSubstr("model.trees.samples = 0"),
                          HasSubstr("\"approx\""), HasSubstr("unknown key 'model.trees.eta'")));
}

}  // namespace
}  // namespace jury
