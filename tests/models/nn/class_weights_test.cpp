#include "models/nn/class_weights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

const std::vector<std::int32_t> kLabels = {0, 0, 0, 2, 2, 0};

Config word(const std::string& text) { return Config(text); }
Config numbers(std::initializer_list<Config> items) { return Config(Config::List(items)); }
Config number(double value) { return Config(value); }

TEST(ClassWeights, NoneIsNoFactors) {
  EXPECT_THAT(class_weights(word("none"), 3, kLabels), IsEmpty());
  EXPECT_THAT(class_weights(word("none"), 0, {}), IsEmpty()) << "of regression";
}

// What scikit-learn calls "balanced", with K = 3 classes of which one has no draw.
TEST(ClassWeights, BalancedGivesEachClassTheSameTotal) {
  EXPECT_THAT(class_weights(word("balanced"), 3, kLabels), ElementsAre(DoubleEq(6.0 / (3 * 4)), 0, DoubleEq(1)));
}

TEST(ClassWeights, AListIsTakenAsItIs) {
  EXPECT_THAT(class_weights(numbers({number(0.5), Config(std::int64_t{2}), number(1)}), 3, kLabels),
              ElementsAre(0.5, 2, 1));
}

TEST(ClassWeights, WhatIsNoWeightingIsRefusedByName) {
  const auto refused = [](const Config& setting, std::size_t classes, const std::string& why) {
    EXPECT_THAT([&] { class_weights(setting, classes, {}); },
                ThrowsMessage<ConfigError>(AllOf(HasSubstr("train.class_weights = "), HasSubstr(why))));
  };
  refused(word("even"), 3, "is no weighting of classes (use \"none\", \"balanced\" or a list");
  refused(Config(std::int64_t{2}), 3, "is no weighting of classes");
  refused(Config(), 3, "is no weighting of classes");
  refused(numbers({number(1), number(2)}), 3, "has 2 numbers (the data has 3 classes)");
  refused(numbers({}), 3, "has 0 numbers (the data has 3 classes)");
  refused(numbers({number(1), number(-2)}), 2, "holds -2");
  refused(numbers({number(1), number(0)}), 2, "must be a positive number per class");
  refused(numbers({number(1), number(std::numeric_limits<double>::infinity())}), 2, "must be a positive number");
  refused(numbers({number(1), number(std::numeric_limits<double>::quiet_NaN())}), 2, "must be a positive number");
  refused(numbers({number(1), word("2")}), 2, "holds a text");
  refused(word("balanced"), 0, "is for classification");
  refused(numbers({number(1)}), 0, "is for classification");
}

TEST(ClassWeights, TheirPlaceIsNamed) {
  EXPECT_THAT(
      [] {
        class_weights(Config(std::string("even"), Origin{"f.toml", 3, 7}), 2, {});
      },
      ThrowsMessage<ConfigError>(HasSubstr("f.toml:3:7: train.class_weights = \"even\"")));
}

}  // namespace
}  // namespace jury
