#include "search/sampler/objective_functions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "search/sampler/virtual_workers.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Config point_of(const std::vector<double>& x) {
  Config point;
  for (std::size_t i = 0; i < x.size(); ++i) point.set("x" + std::to_string(i + 1), Config(x[i]));
  return point;
}

double value(const std::string& function, const Config& point, std::int64_t dims = 2) {
  return evaluate_objective({.function = function, .dims = dims}, point, 1, 0);
}

TEST(ObjectiveFunctions, TakeTheirPublishedOptimaWherePublished) {
  const double pi = std::numbers::pi;
  for (const auto& x : {std::vector{-pi, 12.275}, {pi, 2.275}, {3 * pi, 2.475}})
    EXPECT_NEAR(value("branin", point_of(x)), 0.397887, 1e-5);
  EXPECT_NEAR(value("hartmann6", point_of({0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573})), -3.32237, 1e-5);
  EXPECT_EQ(value("rosenbrock", point_of({1, 1, 1, 1}), 4), 0);
  EXPECT_EQ(value("sphere", point_of({0, 0, 0}), 3), 0);
  EXPECT_NEAR(value("ackley", point_of({0, 0}), 2), 0, 1e-14);
  EXPECT_EQ(value("rastrigin", point_of({0, 0}), 2), 0);
  Config best;
  best.set("kind", Config(std::string("ridge")));
  best.set("x", Config(0.25));
  best.set("size", Config(std::int64_t{64}));
  best.set("k", Config(std::int64_t{12}));
  best.set("rate", Config(0.01));
  EXPECT_NEAR(value("mixed", best), 0, 1e-15);
}

TEST(ObjectiveFunctions, KnownAnswersElsewhere) {
  EXPECT_NEAR(value("branin", point_of({0, 0})), 55.602112642270262, 1e-12);
  EXPECT_NEAR(value("hartmann6", point_of({0.5, 0.5, 0.5, 0.5, 0.5, 0.5})), -0.50531482, 1e-5);
  EXPECT_EQ(value("rosenbrock", point_of({-1, 2}), 2), 104);
  EXPECT_NEAR(value("ackley", point_of({1, 1}), 2), 20 - 20 * std::exp(-0.2), 1e-12);
  EXPECT_NEAR(value("rastrigin", point_of({0.5, 0.5}), 2), 40.5, 1e-12);
}

TEST(ObjectiveFunctions, NothingInTheDefaultSpaceIsBelowTheOptimum) {
  for (const ObjectiveFunction& function : objective_functions()) {
    const std::vector<double> best =
        regrets({.method = "random", .objective = {.function = std::string(function.name), .dims = 3}, .trials = 500});
    EXPECT_GE(best.back(), -1e-9) << function.name;
    EXPECT_LT(best.back(), best.front()) << function.name;
  }
}

TEST(ObjectiveFunctions, SmallSharesOfTheBudgetAreBiasedByAShareOfTheBias) {
  const Config point = point_of({1, 2});
  const auto at = [&](double share, const Config& x) {
    return evaluate_objective({.function = "sphere", .bias = 10}, x, share, 3);
  };
  EXPECT_EQ(at(1, point), 5);
  const double own = (at(0.5, point) - 5) / 5;
  EXPECT_GE(own, 0);
  EXPECT_LT(own, 1);
  EXPECT_NEAR(at(0.1, point), 5 + 10 * 0.9 * own, 1e-12);
  EXPECT_NE(at(0.5, point_of({2, 1})), at(0.5, point));
}

TEST(ObjectiveFunctions, NoiseHasItsDeviationAndIsTheSameForTheSamePoint) {
  Rng rng(1);
  for (const double share : {1.0, 0.25}) {
    double squares = 0;
    for (int i = 0; i < 4000; ++i) {
      const std::vector<double> x = {rng.uniform(), rng.uniform()};
      const double noise =
          evaluate_objective({.function = "sphere", .noise = 2}, point_of(x), share, 3) - x[0] * x[0] - x[1] * x[1];
      squares += noise * noise / 4000;
    }
    EXPECT_NEAR(squares, 4 / share, 5 * 4 / share * std::sqrt(2.0 / 4000));
  }
  const auto at = [](const Config& x, std::uint64_t seed) {
    return evaluate_objective({.function = "sphere", .noise = 2}, x, 1, seed);
  };
  Config turned;  // written the other way round
  turned.set("x2", Config(2.0));
  turned.set("x1", Config(1.0));
  EXPECT_EQ(at(point_of({1, 2}), 3), at(turned, 3));
  EXPECT_NE(at(turned, 3), at(turned, 4));
}

TEST(ObjectiveFunctions, WhatIsMissingOrUnknownIsNamed) {
  EXPECT_THAT([] { value("branin", point_of({1})); },
              ThrowsMessage<ConfigError>(HasSubstr("objective.point.x2 is not set")));
  EXPECT_THAT([] { value("brannin", point_of({1})); }, ThrowsMessage<ConfigError>(HasSubstr("did you mean 'branin'?")));
  Config text = point_of({1, 1});
  text.set("x2", Config(std::string("a")));
  EXPECT_THAT([&] { value("branin", text); }, ThrowsMessage<ConfigError>(HasSubstr("must be a number")));
}

}  // namespace
}  // namespace jury
