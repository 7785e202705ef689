// The losses on targets, each against its formula in double and its slopes against differences of it.
#include "models/nn/loss.hpp"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <limits>

#include "loss_cases.hpp"

namespace jury {
namespace {

struct LossShape {
  std::size_t rows, cols;
};
constexpr LossShape kLossShapes[] = {{1, 1}, {1, 2}, {32, 2}, {5, 3}, {3, 8}, {4, 10}, {2, 17}, {7, 33}};

// With every vector set that this processor has.
class LossKernels : public testing::TestWithParam<LossCase> {
 protected:
  void TearDown() override { choose(0); }
  static void choose(std::int64_t targets) {
    hwy::SetSupportedTargetsForTest(targets);
    hwy::GetChosenTarget().DeInit();
  }
  template <class F>
  static void with_every_vector_set(F&& check) {
    for (const std::int64_t set : {HWY_SCALAR, HWY_SSE4, HWY_AVX2, HWY_AVX3}) {
      choose(0);
      if ((hwy::SupportedTargets() & set) == 0) continue;
      choose(set);
      check();
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Every, LossKernels, testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param.name; });

TEST_P(LossKernels, AddTheWeightedLossesOfTheRows) {
  with_every_vector_set([&] {
    for (const auto [rows, cols] : kLossShapes) {
      const OwnBatch own(GetParam(), rows, cols);
      double expected = 0;
      for (std::size_t row = 0; row < rows; ++row) expected += naive(GetParam(), own, row, own.sums_of(row));
      ASSERT_TRUE(std::isfinite(expected));
      EXPECT_NEAR(GetParam().kernel(own.batch()), expected, 3e-6 * (1 + std::abs(expected))) << rows << "x" << cols;
    }
  });
}

TEST_P(LossKernels, WriteTheGradientOfTheMeanOverTheRows) {
  constexpr double kStep = 1e-5;
  with_every_vector_set([&] {
    for (const auto [rows, cols] : kLossShapes) {
      const OwnBatch own(GetParam(), rows, cols);
      GetParam().kernel(own.batch());
      for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t i = 0; i < own.width; ++i) {
          Row up = own.sums_of(row), down = up;
          up[i] += kStep;
          down[i] -= kStep;
          const double slope = (naive(GetParam(), own, row, up) - naive(GetParam(), own, row, down)) /
                               (2 * kStep * static_cast<double>(rows));
          ASSERT_TRUE(std::isfinite(slope));
          EXPECT_NEAR(static_cast<double>(own.d_sums.data()[row * own.width + i]), slope, 1e-6 * (1 + std::abs(slope)))
              << rows << "x" << cols << " [" << row << ", " << i << "]";
        }
    }
  });
}

// However far off a network is, its loss is a number with a slope, or visibly none.
TEST_P(LossKernels, OfLargeSumsAreFiniteWithFiniteSlopes) {
  if (GetParam().name == "Poisson") return;  // rates of exp(300) are no numbers: see below
  for (const float size : {30.0F, 300.0F, 1e6F})
    for (const float sign : {-1.0F, 1.0F}) {
      OwnBatch own(GetParam(), 3, 4);
      for (std::size_t i = 0; i < own.rows * own.width; ++i)
        own.sums.data()[i] = i % 2 == 0 ? sign * size : -sign * size;
      const double loss = GetParam().kernel(own.batch());
      EXPECT_TRUE(std::isfinite(loss)) << size;
      EXPECT_GE(loss, GetParam().name == "GaussianNll" ? -100.0 : 0.0);
      for (std::size_t i = 0; i < own.rows * own.width; ++i) EXPECT_TRUE(std::isfinite(own.d_sums.data()[i])) << size;
    }
}

TEST_P(LossKernels, OfASumThatIsNotFiniteAreNotFinite) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  with_every_vector_set([&] {
    for (const float bad : {kInf, -kInf, std::numeric_limits<float>::quiet_NaN()})
      for (const std::size_t cols : {2U, 10U, 40U})
        for (std::size_t place = 0; place < cols * GetParam().sums_per_target; ++place) {
          const OwnBatch own(GetParam(), 1, cols);
          own.sums.data()[place] = bad;
          EXPECT_FALSE(std::isfinite(GetParam().kernel(own.batch()))) << bad << " at " << place << " of " << cols;
        }
  });
}

double loss_of(double (*kernel)(const LossBatch&), float sum, float target) {
  AlignedBlock sums(1), targets(1), weights(1), gradient(1), scratch(1);
  sums.data()[0] = sum;
  targets.data()[0] = target;
  weights.data()[0] = 1;
  return kernel({.sums = sums.data(),
                 .targets = targets.data(),
                 .row_weights = weights.data(),
                 .d_sums = gradient.data(),
                 .scratch = scratch.data(),
                 .rows = 1,
                 .cols = 1});
}

TEST(BinaryCrossEntropy, GrowsLinearlyWhereItIsWrongAndVanishesWhereItIsRight) {
  EXPECT_NEAR(loss_of(binary_cross_entropy, 0, 0.5F), std::log(2.0), 1e-7);
  EXPECT_EQ(loss_of(binary_cross_entropy, -200, 1), 200);
  EXPECT_EQ(loss_of(binary_cross_entropy, 200, 0), 200);
  EXPECT_LT(loss_of(binary_cross_entropy, 20, 1), 1e-8);
  EXPECT_GT(loss_of(binary_cross_entropy, 20, 1), 0);
}

TEST(Poisson, OfARateBeyondAllNumbersIsNotFinite) {
  EXPECT_FALSE(std::isfinite(loss_of(poisson_nll, 800, 3)));
  EXPECT_NEAR(loss_of(poisson_nll, 0, 170), 1 + std::lgamma(171.0), 1e-9);  // 170! is the last factorial of a double
}

TEST(Losses, EveryOneHasATextAndTheChoicesBeginWithAuto) {
  const auto choices = loss_choices();
  ASSERT_EQ(choices.size(), losses().size() + 1);
  EXPECT_EQ(choices.front(), "auto");
  for (const auto& line : losses()) EXPECT_FALSE(line.summary.empty()) << line.name;
}

}  // namespace
}  // namespace jury
