#include "search/sampler/distribution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace jury {
namespace {

std::vector<Config> words(const std::vector<std::string>& texts) {
  std::vector<Config> values;
  for (const std::string& text : texts) values.emplace_back(text);
  return values;
}

// One of each kind.
std::vector<Distribution> all_kinds() {
  return {Distribution::range(Scale::linear, -5, 10),
          Distribution::range(Scale::log, 1e-4, 1e-1),
          Distribution::gaussian(Scale::normal, 3, 2),
          Distribution::gaussian(Scale::lognormal, 0, 1),
          Distribution::steps(0, 1, 0.1),
          Distribution::whole(Scale::linear, 8, 128, 8),
          Distribution::whole(Scale::linear, -3, 3),
          Distribution::whole(Scale::log, 1, 1000),
          Distribution::levels(words({"a", "b", "c"}), Order::unordered),
          Distribution::levels({Config(0.5)}, Order::ordered)};
}

double number(const Config& value) { return number_of(value).value_or(std::nan("")); }

TEST(Distribution, CoordinatesOfValuesAreTheirOwn) {
  for (const Distribution& distribution : all_kinds()) {
    for (double u = 0.0125; u < 1; u += 0.025) {
      const auto back = distribution.unit(distribution.value(u));
      ASSERT_TRUE(back) << distribution.describe();
      EXPECT_NEAR(*back, distribution.snapped(u), 1e-9) << distribution.describe();
    }
  }
}

TEST(Distribution, CellsCutTheUnitIntervalIntoTheLevels) {
  for (const Distribution& distribution : all_kinds()) {
    double end = 0;
    for (std::int64_t k = 0; k < distribution.num_levels(); ++k) {
      const NumberRange cell = distribution.cell(k);
      EXPECT_NEAR(cell.low, end, 1e-12);
      EXPECT_LT(cell.low, cell.high);
      EXPECT_EQ(distribution.level(cell.middle()), k) << distribution.describe();
      EXPECT_EQ(distribution.level(cell.low + 1e-9), k);
      EXPECT_EQ(distribution.level(cell.high - 1e-9), k);
      end = cell.high;
    }
    EXPECT_NEAR(end, distribution.is_continuous() ? 0 : 1, 1e-12);
  }
}

TEST(Distribution, CoordinatesOutsideCountAsTheNearestEnd) {
  for (const Distribution& distribution : all_kinds()) {
    EXPECT_EQ(distribution.value(-1), distribution.value(0));
    EXPECT_EQ(distribution.value(2), distribution.value(1));
  }
}

TEST(Distribution, KnownAnswers) {
  EXPECT_DOUBLE_EQ(number(Distribution::range(Scale::linear, -5, 10).value(0.2)), -2);
  EXPECT_NEAR(number(Distribution::range(Scale::log, 1e-4, 1e-2).value(0.5)), 1e-3, 1e-15);
  EXPECT_NEAR(number(Distribution::gaussian(Scale::normal, 3, 2).value(0.975)), 3 + 2 * 1.959963984540054, 1e-12);
  EXPECT_NEAR(number(Distribution::gaussian(Scale::lognormal, 1, 2).value(0.5)), std::exp(1), 1e-12);
  EXPECT_EQ(Distribution::steps(0, 1, 0.1).value(0.3), Config(0.3));
  EXPECT_EQ(Distribution::steps(0, 1, 0.1).num_levels(), 11);
  EXPECT_EQ(Distribution::steps(0, 1, 0.3).value(1), Config(0.9));
  EXPECT_EQ(Distribution::whole(Scale::linear, 8, 128, 8).num_levels(), 16);
  EXPECT_EQ(Distribution::whole(Scale::linear, 8, 128, 8).value(1), Config(std::int64_t{128}));
}

// P(k) is proportional to log((k + 1/2) / (k - 1/2)).
TEST(Distribution, LogIntsAreAsProbableAsTheirShareOfTheLogScale) {
  const Distribution distribution = Distribution::whole(Scale::log, 1, 100);
  const auto width = [&](std::int64_t k) { return distribution.cell(k - 1).high - distribution.cell(k - 1).low; };
  EXPECT_NEAR(width(1) / width(50), std::log(1.5 / 0.5) / std::log(50.5 / 49.5), 1e-9);
}

TEST(Distribution, KnowsWhatIsNoneOfItsValues) {
  EXPECT_FALSE(Distribution::range(Scale::linear, 0, 1).unit(Config(1.01)));
  EXPECT_FALSE(Distribution::range(Scale::linear, 0, 1).unit(Config(std::string("x"))));
  EXPECT_FALSE(Distribution::whole(Scale::linear, 8, 128, 8).unit(Config(std::int64_t{12})));
  EXPECT_FALSE(Distribution::gaussian(Scale::lognormal, 0, 1).unit(Config(-1.0)));
  EXPECT_FALSE(Distribution::levels(words({"a"}), Order::unordered).unit(Config(std::string("b"))));
  EXPECT_TRUE(Distribution::whole(Scale::linear, 8, 128, 8).unit(Config(16.0)));
}

TEST(Distribution, OneAndOnePointZeroAreTheSameValue) {
  EXPECT_TRUE(same_value(Config(std::int64_t{1}), Config(1.0)));
  EXPECT_TRUE(same_value(Config(Config::List{Config(1.0)}), Config(Config::List{Config(std::int64_t{1})})));
  EXPECT_FALSE(same_value(Config(std::int64_t{1}), Config(true)));
  EXPECT_FALSE(same_value(Config(std::int64_t{1}), Config(std::string("1"))));
}

}  // namespace
}  // namespace jury
