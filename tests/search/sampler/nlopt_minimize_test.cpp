#include "search/sampler/nlopt_minimize.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace jury {
namespace {

using Eigen::VectorXd;

double rosenbrock(const VectorXd& x, VectorXd* gradient) {
  const double valley = x[1] - x[0] * x[0];
  if (gradient != nullptr) *gradient = Eigen::Vector2d(-400 * x[0] * valley - 2 * (1 - x[0]), 200 * valley);
  return 100 * valley * valley + (1 - x[0]) * (1 - x[0]);
}

TEST(Minimize, FindsTheMinimumInsideTheBox) {
  const BoxMinimum found = minimize(rosenbrock, Eigen::Vector2d(-1.2, 1), Eigen::Vector2d(-2, -2),
                                    Eigen::Vector2d(2, 2), {.max_evaluations = 200});
  EXPECT_NEAR(found.x[0], 1, 1e-3);
  EXPECT_NEAR(found.value, 0, 1e-6);
}

TEST(Minimize, StopsAtTheSidesOfTheBox) {
  const BoxMinimum found = minimize(rosenbrock, Eigen::Vector2d(-1.2, 1), Eigen::Vector2d(-2, -2),
                                    Eigen::Vector2d(0.5, 2), {.max_evaluations = 200});
  EXPECT_NEAR(found.x[0], 0.5, 1e-6);
  EXPECT_NEAR(found.x[1], 0.25, 1e-3);
}

TEST(Minimize, GivesThePointItBeganAtWhereNothingIsBetter) {
  const auto constant = [](const VectorXd& x, VectorXd* gradient) {
    if (gradient != nullptr) *gradient = VectorXd::Zero(x.size());
    return 3.0;
  };
  EXPECT_EQ(minimize(constant, VectorXd::Constant(2, 0.5), VectorXd::Zero(2), VectorXd::Ones(2)).x,
            VectorXd::Constant(2, 0.5));
  EXPECT_EQ(minimize(constant, VectorXd(0), VectorXd(0), VectorXd(0)).value, 3);
}

TEST(Minimize, EndsWhereTheValueIsNotFinite) {
  const auto cliff = [](const VectorXd& x, VectorXd* gradient) {
    if (gradient != nullptr) *gradient = VectorXd::Constant(1, 1);
    return x[0] < 0.4 ? std::numeric_limits<double>::infinity() : x[0];
  };
  const BoxMinimum found = minimize(cliff, VectorXd::Constant(1, 0.5), VectorXd::Zero(1), VectorXd::Ones(1));
  EXPECT_GE(found.x[0], 0.4);
  EXPECT_LE(found.value, 0.5);
}

}  // namespace
}  // namespace jury
