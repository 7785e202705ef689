// The losses on targets, each against its formula in double and its slopes against differences of it.
#include "models/nn/loss.hpp"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "models/nn/aligned_block.hpp"
#include "models/nn/loss_kernels.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using Row = std::vector<double>;

constexpr double kDelta = 0.7, kQuantile = 0.9;

Row softmaxed(const Row& x) {
  Row p;
  double sum = 0;
  for (const double value : x) sum += std::exp(value - x[0]);
  for (const double value : x) p.push_back(std::exp(value - x[0]) / sum);
  return p;
}
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

enum class Targets { distribution, shares, values, counts };

// A kernel with the loss of one row as one would write it down.
struct LossCase {
  std::string name;
  Targets targets;
  std::size_t sums_per_target;
  double (*kernel)(const LossBatch&);
  double (*row_loss)(const Row& x, const Row& t);
  bool of_mean;  ///< the reference sums over the outputs, the loss is their mean
};
void PrintTo(const LossCase& test, std::ostream* out) { *out << test.name; }

double naive_cross_entropy(const Row& x, const Row& t) {
  const Row p = softmaxed(x);
  double sum = 0;
  for (std::size_t c = 0; c < t.size(); ++c) sum -= t[c] * std::log(p[c]);
  return sum;
}
double naive_brier(const Row& x, const Row& t) {
  const Row p = softmaxed(x);
  double sum = 0;
  for (std::size_t c = 0; c < t.size(); ++c) sum += (p[c] - t[c]) * (p[c] - t[c]);
  return sum;
}
double naive_gaussian(const Row& x, const Row& t) {
  double sum = 0;
  for (std::size_t k = 0; k < t.size(); ++k) {
    const double variance = std::log(1 + std::exp(x[t.size() + k])) + 1e-6;
    sum += std::log(std::sqrt(2 * std::numbers::pi * variance)) + std::pow((t[k] - x[k]) / std::sqrt(variance), 2) / 2;
  }
  return sum;
}

template <double (*kPoint)(double, double)>
double summed(const Row& x, const Row& t) {
  double sum = 0;
  for (std::size_t k = 0; k < t.size(); ++k) sum += kPoint(x[k], t[k]);
  return sum;
}
double point_bce(double x, double t) { return -t * std::log(sigmoid(x)) - (1 - t) * std::log(1 - sigmoid(x)); }
double point_sigmoid(double x, double t) { return (sigmoid(x) - t) * (sigmoid(x) - t); }
double point_absolute(double x, double t) { return std::abs(x - t); }
double point_huber(double x, double t) {
  const double e = std::abs(x - t);
  return e <= kDelta ? e * e / 2 : kDelta * (e - kDelta / 2);
}
double point_quantile(double x, double t) { return std::max(kQuantile * (t - x), (kQuantile - 1) * (t - x)); }
double point_poisson(double x, double t) {
  double factorial = 1;
  for (int i = 2; i <= static_cast<int>(t); ++i) factorial *= i;
  return -std::log(std::pow(std::exp(x), t) * std::exp(-std::exp(x)) / factorial);
}

const std::vector<LossCase>& cases() {
  static const std::vector<LossCase> all = {
      {"SoftCrossEntropy", Targets::distribution, 1, soft_cross_entropy, naive_cross_entropy, false},
      {"SoftmaxSquaredError", Targets::distribution, 1, softmax_squared_error, naive_brier, true},
      {"BinaryCrossEntropy", Targets::shares, 1, binary_cross_entropy, summed<point_bce>, true},
      {"SigmoidSquaredError", Targets::shares, 1, sigmoid_squared_error, summed<point_sigmoid>, true},
      {"AbsoluteError", Targets::values, 1, absolute_error, summed<point_absolute>, true},
      {"Huber", Targets::values, 1, [](const LossBatch& batch) { return huber_error(batch, kDelta); },
       summed<point_huber>, true},
      {"Quantile", Targets::values, 1, [](const LossBatch& batch) { return quantile_error(batch, kQuantile); },
       summed<point_quantile>, true},
      {"GaussianNll", Targets::values, 2, gaussian_nll, naive_gaussian, true},
      {"Poisson", Targets::counts, 1, poisson_nll, summed<point_poisson>, true},
  };
  return all;
}

// A batch of its own memory, filled at random as the loss wants it.
struct OwnBatch {
  OwnBatch(const LossCase& test, std::size_t num_rows, std::size_t num_cols)
      : rows(num_rows),
        cols(num_cols),
        width(num_cols * test.sums_per_target),
        sums(rows * width + kVectorFloats),
        targets(rows * cols + kVectorFloats),
        weights(rows),
        d_sums(rows * width + kVectorFloats),
        scratch(rows) {
    Rng rng(10 * rows + cols);
    for (std::size_t i = 0; i < rows * width; ++i) sums.data()[i] = static_cast<float>(2 * rng.normal());
    for (std::size_t i = 0; i < rows; ++i) weights.data()[i] = static_cast<float>(0.5 + rng.uniform());
    for (std::size_t i = 0; i < rows * cols; ++i) targets.data()[i] = target(test.targets, rng);
    if (test.targets != Targets::distribution) return;
    for (std::size_t row = 0; row < rows; ++row) {
      float* t = targets.data() + row * cols;
      float sum = 0;
      for (std::size_t c = 0; c < cols; ++c) sum += t[c];
      for (std::size_t c = 0; c < cols; ++c) t[c] = sum > 0 ? t[c] / sum : c == 0 ? 1.0F : 0.0F;
    }
  }
  static float target(Targets kind, Rng& rng) {
    switch (kind) {
      case Targets::distribution:
      case Targets::shares:  // zeros and ones, and what is between
        return rng.below(3) == 0 ? static_cast<float>(rng.below(2)) : static_cast<float>(rng.uniform());
      case Targets::values:
        return static_cast<float>(rng.normal());
      case Targets::counts:
        return static_cast<float>(rng.below(9));
    }
    return 0;
  }
  LossBatch batch() const {
    return {.sums = sums.data(),
            .targets = targets.data(),
            .row_weights = weights.data(),
            .d_sums = d_sums.data(),
            .scratch = scratch.data(),
            .rows = rows,
            .cols = cols};
  }
  Row sums_of(std::size_t row) const {
    return {sums.data() + row * width, sums.data() + (row + 1) * width};
  }
  Row targets_of(std::size_t row) const {
    return {targets.data() + row * cols, targets.data() + (row + 1) * cols};
  }

  std::size_t rows, cols, width;
  AlignedBlock sums, targets, weights, d_sums, scratch;
};

// weight * loss of a row, by the formula.
double naive(const LossCase& test, const OwnBatch& own, std::size_t row, const Row& sums) {
  const double loss = test.row_loss(sums, own.targets_of(row));
  return static_cast<double>(own.weights.data()[row]) * loss / (test.of_mean ? static_cast<double>(own.cols) : 1.0);
}

struct MatrixShape {
  std::size_t rows, cols;
};
constexpr MatrixShape kShapes[] = {{1, 1}, {1, 2}, {32, 2}, {5, 3}, {3, 8}, {4, 10}, {2, 17}, {7, 33}};

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
    for (const auto [rows, cols] : kShapes) {
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
    for (const auto [rows, cols] : kShapes) {
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
      for (std::size_t i = 0; i < own.rows * own.width; ++i) own.sums.data()[i] = i % 2 == 0 ? sign * size : -sign * size;
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
