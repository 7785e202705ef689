#include "models/ensemble/logistic.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

// What a problem shows, kept alive; features are 1 and normal numbers.
struct Case {
  std::size_t classes;
  std::vector<std::int32_t> labels;
  std::vector<double> weights;
  LogisticProblem::Features features;

  Case(std::size_t rows, std::size_t classes_, std::size_t own, std::uint64_t seed)
      : classes(classes_),
        weights(rows, 1.0),
        features(static_cast<Index>(rows), static_cast<Index>(classes_ * (own + 1))) {
    Rng rng(seed);
    for (std::size_t i = 0; i < rows; ++i) labels.push_back(static_cast<std::int32_t>(rng.below(classes)));
    for (Index i = 0; i < features.rows(); ++i)
      for (Index j = 0; j < features.cols(); ++j) {
        const bool is_own = j / static_cast<Index>(own + 1) == labels[static_cast<std::size_t>(i)];
        features(i, j) = j % static_cast<Index>(own + 1) == 0 ? 1 : rng.normal() + (is_own ? 0.5 : 0);
      }
  }
  LogisticProblem problem(double ridge) const { return {features, classes, labels, weights, ridge}; }
};

double loss(const LogisticProblem& problem, const VectorXd& b) {
  const Index width = problem.features.cols() / static_cast<Index>(problem.num_classes);
  double total = 0;
  for (Index i = 0; i < problem.features.rows(); ++i) {
    double sum = 0, own = 0;
    for (std::size_t c = 0; c < problem.num_classes; ++c) {
      const Index begin = static_cast<Index>(c) * width;
      double score = 0;
      for (Index j = begin; j < begin + width; ++j) score += b(j) * problem.features(i, j);
      sum += std::exp(score);
      if (problem.labels[static_cast<std::size_t>(i)] == static_cast<std::int32_t>(c)) own = score;
    }
    total += problem.weights[static_cast<std::size_t>(i)] * (std::log(sum) - own);
  }
  for (Index j = 0; j < b.size(); ++j)
    if (j % width != 0) total += 0.5 * problem.ridge * b(j) * b(j);
  return total;
}

TEST(Logistic, EndsWhereTheLossIsFlat) {
  for (const std::size_t classes : {2U, 3U, 5U})
    for (const double ridge : {0.0, 0.01, 1.0, 1e4}) {
      const Case data(120, classes, 2, classes);
      const LogisticProblem problem = data.problem(ridge);
      const LogisticFit fit = fit_logistic(problem);
      EXPECT_TRUE(fit.converged) << classes << " classes, ridge " << ridge;
      EXPECT_LE(fit.iterations, 12);
      for (Index j = 0; j < fit.coefficients.size(); ++j) {
        VectorXd up = fit.coefficients, down = fit.coefficients;
        up(j) += 1e-4;
        down(j) -= 1e-4;
        EXPECT_NEAR((loss(problem, up) - loss(problem, down)) / 2e-4, 0, 1e-5) << j;
        EXPECT_LT(loss(problem, fit.coefficients), loss(problem, up) + 1e-12);
      }
    }
}

// Intercepts alone reproduce the shares of the classes: their differences are log ratios.
TEST(Logistic, OfInterceptsAloneGivesTheSharesOfTheClasses) {
  Case data(10, 3, 0, 1);
  data.labels = {0, 0, 0, 0, 0, 1, 1, 1, 2, 2};
  const VectorXd b = fit_logistic(data.problem(7)).coefficients;
  EXPECT_NEAR(b(0) - b(2), std::log(5.0 / 2), 1e-9);
  EXPECT_NEAR(b(1) - b(2), std::log(3.0 / 2), 1e-9);
  EXPECT_NEAR(b.sum(), 0, 1e-12) << "intercepts sum to 0";
}

// One feature that is 0 or 1, two classes: log odds ratio of a two by two table.
TEST(Logistic, OfATwoByTwoTableGivesTheLogOddsRatio) {
  Case data(20, 2, 1, 1);
  data.features.setZero();
  for (Index i = 0; i < 20; ++i) {
    data.features(i, 0) = data.features(i, 2) = 1;
    data.features(i, 3) = i < 12 ? 1 : 0;
    data.labels[static_cast<std::size_t>(i)] = i < 12 ? (i < 9 ? 1 : 0) : (i < 14 ? 1 : 0);
  }
  const VectorXd b = fit_logistic(data.problem(0)).coefficients;
  EXPECT_NEAR(b(3), std::log((9.0 / 3) / (2.0 / 6)), 1e-8);
  EXPECT_NEAR(b(1), 0, 1e-12) << "no feature, no coefficient";
}

TEST(Logistic, AWeightOfTwoIsARowTwice) {
  Case once(30, 3, 2, 5), twice(33, 3, 2, 6);
  twice.features << once.features, once.features.topRows(3);
  twice.labels = once.labels;
  for (std::size_t i = 0; i < 3; ++i) {
    once.weights[i] = 2;
    twice.labels.push_back(once.labels[i]);
  }
  const VectorXd a = fit_logistic(once.problem(0.1)).coefficients, b = fit_logistic(twice.problem(0.1)).coefficients;
  for (Index j = 0; j < a.size(); ++j) EXPECT_NEAR(a(j), b(j), 1e-8);
}

TEST(Logistic, FeaturesThatDependOnEachOtherShare) {
  Case data(60, 2, 2, 7);
  data.features.col(2) = data.features.col(1);
  data.features.col(5) = data.features.col(4);
  const LogisticFit fit = fit_logistic(data.problem(0));
  EXPECT_TRUE(fit.converged);
  EXPECT_NEAR(fit.coefficients(1), fit.coefficients(2), 1e-6);
  EXPECT_NEAR(fit.coefficients(4), fit.coefficients(5), 1e-6);
  EXPECT_LT(fit.coefficients.cwiseAbs().maxCoeff(), 10);
}

TEST(Logistic, ClassesThatCanBeToldApartEndFinite) {
  Case data(40, 2, 1, 8);
  for (Index i = 0; i < 40; ++i) {
    const bool first = data.labels[static_cast<std::size_t>(i)] == 0;
    data.features(i, 1) = first ? 0 : -27;
    data.features(i, 3) = first ? -27 : 0;
  }
  const LogisticFit fit = fit_logistic(data.problem(0));
  EXPECT_TRUE(fit.converged);
  EXPECT_TRUE(fit.coefficients.allFinite());
  EXPECT_LT(loss(data.problem(0), fit.coefficients), 1e-6);
}

TEST(Logistic, GoesFarFromItsStartWhenItHasTo) {
  Case data(200, 3, 2, 9);
  data.features.col(1) *= 1e-3;
  data.features.col(4) = data.features.col(4).array() * 10 - 20;
  const LogisticFit fit = fit_logistic(data.problem(1e-3));
  EXPECT_TRUE(fit.converged);
}

TEST(Logistic, OfOneClassHasNothingToLearn) {
  const Case data(5, 1, 2, 10);
  const LogisticFit fit = fit_logistic(data.problem(1));
  EXPECT_TRUE(fit.converged);
  EXPECT_EQ(fit.iterations, 0);
  EXPECT_EQ(fit.coefficients, VectorXd::Zero(3));
}

TEST(Logistic, HasTheSameBitsAgain) {
  const Case data(50, 3, 3, 11);
  EXPECT_EQ(fit_logistic(data.problem(0.1)).coefficients, fit_logistic(data.problem(0.1)).coefficients);
}

TEST(Softmax, OfLargeScoresStaysFinite) {
  std::vector<double> scores = {1000, 1000, -1000};
  EXPECT_DOUBLE_EQ(softmax_in_place(scores), 1000 + std::log(2));
  EXPECT_EQ(scores, (std::vector<double>{0.5, 0.5, 0}));
}

}  // namespace
}  // namespace jury
