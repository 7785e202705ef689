#include "search/sampler/cma_es.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "search/sampler/level_weights.hpp"

namespace jury {
namespace {

using Eigen::VectorXd;

double best_after(CmaEs strategy, int generations, const std::function<double(const VectorXd&)>& f) {
  Rng rng(4);
  double best = 1e300;
  for (int g = 0; g < generations; ++g) {
    std::vector<std::pair<double, VectorXd>> points;
    for (std::size_t i = 0; i < strategy.population(); ++i) {
      VectorXd point = strategy.draw(rng);
      points.emplace_back(f(point), std::move(point));
    }
    std::ranges::stable_sort(points, {}, [](const auto& p) { return p.first; });
    best = std::min(best, points.front().first);
    std::vector<VectorXd> ranked;
    for (const auto& [value, point] : points) ranked.push_back(point);
    strategy.update(ranked);
  }
  return best;
}

CmaEs in_the_middle(Eigen::Index n) { return CmaEs({.mean = VectorXd::Constant(n, 0.5)}); }

TEST(CmaEs, HasHansensPopulation) {
  EXPECT_EQ(in_the_middle(2).population(), 6U);
  EXPECT_EQ(in_the_middle(10).population(), 10U);
  EXPECT_EQ(in_the_middle(30).population(), 14U);
  // Table 1 of Hansen 2016 for lambda = 10: ln 5.5 - ln i, over their sum.
  EXPECT_NEAR(in_the_middle(10).weights()[0], 0.4562727, 1e-6);
  EXPECT_NEAR(in_the_middle(10).weights()[4], 0.0255095, 1e-6);
}

TEST(CmaEs, ConvergesOnASphereAndOnAValleyAcrossTheAxes) {
  EXPECT_LT(best_after(in_the_middle(5), 120, [](const VectorXd& x) { return (x.array() - 0.3).square().sum(); }),
            1e-8);
  const auto valley = [](const VectorXd& x) {
    const double along = x[0] + x[1] - 1.1;
    const double across = x[0] - x[1] - 0.2;
    return along * along + 1e4 * across * across;
  };
  EXPECT_LT(best_after(in_the_middle(2), 80, valley), 1e-6);
}

TEST(CmaEs, FindsMinimaAtTheSidesAndStaysInside) {
  const auto corner = [](const VectorXd& x) {
    EXPECT_GE(x.minCoeff(), 0);
    EXPECT_LE(x.maxCoeff(), 1);
    return x[0] - x[1];
  };
  EXPECT_LT(best_after(in_the_middle(2), 40, corner), -1 + 1e-3);
}

TEST(CmaEs, DeviationsThatAreHeldUpStayUp) {
  CmaEs strategy({.mean = VectorXd::Constant(2, 0.5), .least_deviation = Eigen::Vector2d(0.1, 0)});
  Rng rng(1);
  for (int g = 0; g < 60; ++g) strategy.update(std::vector<VectorXd>(6, VectorXd::Constant(2, 0.5)));
  double squares = 0;
  for (int i = 0; i < 2000; ++i) squares += std::pow(strategy.draw(rng)[0] - 0.5, 2) / 2000;
  EXPECT_GE(std::sqrt(squares), 0.09);
}

TEST(CmaEs, IsStuckWhenItHasNoWidthLeft) {
  CmaEs strategy = in_the_middle(2);
  EXPECT_FALSE(strategy.is_stuck());
  for (int g = 0; g < 200; ++g) strategy.update(std::vector<VectorXd>(6, VectorXd::Constant(2, 0.5)));
  EXPECT_TRUE(strategy.is_stuck());
}

TEST(CmaEs, OnePointFromFarAwayDoesNotThrowItOff) {
  CmaEs near({.mean = VectorXd::Constant(2, 0.5), .sigma = 1e-3});
  near.update(std::vector<VectorXd>{VectorXd::Constant(2, 1.0)});
  Rng rng(1);
  EXPECT_LT((near.draw(rng) - VectorXd::Constant(2, 0.5)).norm(), 0.05);
}

TEST(CmaEs, WithoutPointsNothingMoves) {
  CmaEs strategy = in_the_middle(3);
  Rng a(1);
  const VectorXd before = strategy.draw(a);
  strategy.update({});
  Rng b(1);
  EXPECT_EQ(strategy.draw(b), before);
}

TEST(LevelWeights, MoveTowardsTheLevelsOfGoodTrialsAndLoseNone) {
  LevelWeights weights(3, 1);
  const std::vector<std::optional<std::int64_t>> ranked = {2, std::nullopt, 2, 0};
  for (int i = 0; i < 200; ++i) weights.update(ranked, std::vector<double>{0.5, 0.3, 0.2});
  const double least = (1 - 0.73) / 2;
  EXPECT_NEAR(weights.weights()[0], least, 1e-9);
  EXPECT_NEAR(weights.weights()[2], 1 - 2 * least, 1e-9);
}

TEST(LevelWeights, StayProbabilities) {
  for (const std::int64_t levels : {1, 2, 7}) {
    LevelWeights weights(levels, 3);
    Rng rng(2);
    for (int i = 0; i < 50; ++i) {
      weights.update(std::vector<std::optional<std::int64_t>>{weights.draw(rng), std::nullopt},
                     std::vector<double>{0.7, 0.3});
      double sum = 0;
      for (const double weight : weights.weights()) sum += weight;
      EXPECT_NEAR(sum, 1, 1e-12);
    }
  }
}

TEST(LevelWeights, AreDrawnFrom) {
  LevelWeights weights(2, 1);
  for (int i = 0; i < 50; ++i) weights.update(std::vector<std::optional<std::int64_t>>{1}, std::vector<double>{1});
  Rng rng(3);
  int ones = 0;
  for (int i = 0; i < 4000; ++i) ones += weights.draw(rng) == 1 ? 1 : 0;
  EXPECT_NEAR(ones / 4000.0, weights.weights()[1], 4 * std::sqrt(0.25 / 4000));
}

}  // namespace
}  // namespace jury
