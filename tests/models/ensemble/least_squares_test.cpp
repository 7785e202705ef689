#include "models/ensemble/least_squares.hpp"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <cstdint>
#include <limits>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd random_matrix(Index rows, Index cols, std::uint64_t seed) {
  Rng rng(seed);
  MatrixXd x(rows, cols);
  for (Index j = 0; j < cols; ++j)
    for (Index i = 0; i < rows; ++i) x(i, j) = rng.normal();
  return x;
}

void expect_near(const VectorXd& a, const VectorXd& b, double tolerance) {
  ASSERT_EQ(a.size(), b.size());
  for (Index i = 0; i < a.size(); ++i) EXPECT_NEAR(a(i), b(i), tolerance) << i;
}

TEST(LeastSquares, SolvesTheNormalEquations) {
  for (const double ridge : {0.0, 0.5, 100.0}) {
    const MatrixXd x = random_matrix(40, 5, 1);
    const VectorXd y = random_matrix(40, 1, 2);
    const MatrixXd gram = x.transpose() * x + ridge * MatrixXd::Identity(5, 5);
    expect_near(least_squares(x, y, ridge), gram.inverse() * (x.transpose() * y), 1e-12);
  }
}

TEST(LeastSquares, OfSeveralSolutionsGivesTheShortest) {
  MatrixXd x(4, 3);
  x << 1, 1, 0, 2, 2, 0, 3, 3, 0, 4, 4, 1;
  const VectorXd y = 3 * x.col(0) + 2 * x.col(2);
  expect_near(least_squares(x, y), VectorXd{{1.5, 1.5, 2}}, 1e-12);
  expect_near(least_squares(MatrixXd::Zero(4, 2), y), VectorXd::Zero(2), 0);
  expect_near(least_squares(MatrixXd{{1, 2, 2}}, VectorXd{{9}}), VectorXd{{1, 2, 2}}, 1e-12);
}

// Without the tolerance the two would get coefficients of some 1e7 and opposite signs.
TEST(LeastSquares, ColumnsThatDifferByRoundingShare) {
  MatrixXd x = random_matrix(50, 2, 3);
  x.col(1) = x.col(0) * (1 + 1e-8);
  x(7, 1) += 1e-8;
  const VectorXd y = random_matrix(50, 1, 4) + x.col(0);
  const VectorXd b = least_squares(x, y);
  EXPECT_NEAR(b(0), b(1), 1e-6);
  EXPECT_NEAR(b(0) + b(1), x.col(0).dot(y) / x.col(0).squaredNorm(), 1e-6);
}

// What makes b the solution (Karush 1939, Kuhn and Tucker 1951); the problem is convex.
void expect_optimal(const MatrixXd& x, const VectorXd& y, const VectorXd& b) {
  const VectorXd gradient = x.transpose() * (y - x * b);
  for (Index j = 0; j < b.size(); ++j) {
    EXPECT_GE(b(j), 0);
    const double tolerance = 1e-9 * (1 + x.col(j).norm() * y.norm());
    EXPECT_LE(gradient(j), tolerance) << j;
    if (b(j) <= 0) continue;
    EXPECT_GE(gradient(j), -tolerance) << j;
  }
}

TEST(NonnegativeLeastSquares, MeetsItsConditionsOnRandomProblems) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto cols = static_cast<Index>(1 + seed % 9), rows = static_cast<Index>(2 + seed % 23);
    const MatrixXd x = random_matrix(rows, cols, 100 + seed);
    const VectorXd y = random_matrix(rows, 1, 200 + seed);
    SCOPED_TRACE(seed);
    expect_optimal(x, y, nonnegative_least_squares(x, y));
  }
}

// Predictions of one target are like this: all near each other, with a large offset.
TEST(NonnegativeLeastSquares, MeetsItsConditionsOnColumnsThatAreAlmostEqual) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const VectorXd y = random_matrix(80, 1, 300 + seed).array() + 100;
    const MatrixXd x = y.replicate(1, 8) + 0.3 * random_matrix(80, 8, 400 + seed);
    SCOPED_TRACE(seed);
    const VectorXd b = nonnegative_least_squares(x, y);
    expect_optimal(x, y, b);
    EXPECT_NEAR(b.sum(), 1, 0.01);
  }
}

// By hand: unconstrained (2, -1); on b1 = 0 the first column alone gives 7 / 5.
TEST(NonnegativeLeastSquares, ClipsByFittingAgain) {
  MatrixXd x(3, 2);
  x << 1, 1, 2, 1, 0, 1;
  const VectorXd y{{1, 3, -1}};
  expect_near(least_squares(x, y), VectorXd{{2, -1}}, 1e-12);
  expect_near(nonnegative_least_squares(x, y), VectorXd{{7.0 / 5, 0}}, 1e-12);
}

TEST(NonnegativeLeastSquares, OfEqualColumnsUsesTheFirst) {
  MatrixXd x = random_matrix(20, 4, 5);
  x.col(3) = x.col(1);
  const VectorXd y = 2 * x.col(1) + 0.5 * x.col(2);
  expect_near(nonnegative_least_squares(x, y), VectorXd{{0, 2, 0.5, 0}}, 1e-10);
}

TEST(NonnegativeLeastSquares, IsZeroWhenNothingPointsTheRightWay) {
  const MatrixXd x = random_matrix(20, 1, 6).replicate(1, 3);
  expect_near(nonnegative_least_squares(x, -x.col(0)), VectorXd::Zero(3), 0);
  expect_near(nonnegative_least_squares(MatrixXd::Zero(5, 2), VectorXd::Ones(5)), VectorXd::Zero(2), 0);
  expect_near(nonnegative_least_squares(x, VectorXd::Zero(20)), VectorXd::Zero(3), 0);
}

TEST(NonnegativeLeastSquares, DoesNotDependOnTheUnit) {
  const MatrixXd x = random_matrix(30, 6, 7);
  const VectorXd y = random_matrix(30, 1, 8);
  const VectorXd b = nonnegative_least_squares(x, y);
  expect_near(nonnegative_least_squares(x * 1e8, y * 1e8), b, 1e-9);
  expect_near(nonnegative_least_squares(x * 1e-8, y * 1e-8), b, 1e-9);
}

TEST(NonnegativeLeastSquares, OfFewerRowsThanColumnsFitsThemAll) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const MatrixXd x = random_matrix(3, 12, 500 + seed).cwiseAbs();
    const VectorXd y = VectorXd::Ones(3);
    expect_optimal(x, y, nonnegative_least_squares(x, y));
  }
}

}  // namespace
}  // namespace jury
