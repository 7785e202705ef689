#include "search/pruner/drop_test.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// E_n by its definition, in numbers: the likelihood of the effect d, integrated over the scale with the right Haar
// measure and over the half-normal prior of variance 4, over the same for d = 0.
double integrated_evidence(const std::vector<double>& x) {
  double sum = 0, squares = 0;
  for (const double each : x) {
    sum += each;
    squares += each * each;
  }
  const double n = static_cast<double>(x.size());
  const double r = sum / std::sqrt(squares);
  double top = 0, bottom = 0;
  const double step = 0.04;
  for (double u = step / 2; u < 40; u += step) {
    const double base = (n - 1) * std::log(u) - u * u / 2;
    bottom += std::exp(base);
    for (double d = step / 2; d < 20; d += step)
      top += step * std::exp(base + d * u * r - n * d * d / 2 - d * d / 8) / std::sqrt(2 * std::numbers::pi);
  }
  return top / bottom;  // 2 N(d; 0, 4) = exp(-d^2 / 8) / sqrt(2 pi)
}

TEST(Evidence, IsTheIntegralItIsDefinedBy) {
  for (const std::vector<double>& x :
       std::vector<std::vector<double>>{{1}, {-1}, {1, 2}, {-1, 3, 0.5}, {-2, -1, -1.5}, {3, 3, 3, 3.5}})
    EXPECT_NEAR(evidence_of_positive_mean(x) / integrated_evidence(x), 1, 1e-3);
}

TEST(Evidence, DoesNotDependOnTheScale) {
  const std::vector<double> x{0.1, -0.4, 0.9, 0.3};
  std::vector<double> larger;
  for (const double each : x) larger.push_back(1000 * each);
  EXPECT_NEAR(evidence_of_positive_mean(x), evidence_of_positive_mean(larger), 1e-12);
}

TEST(Evidence, IsOneWithoutAny) {
  EXPECT_EQ(evidence_of_positive_mean({}), 1);
  EXPECT_EQ(evidence_of_positive_mean(std::vector<double>{0, 0, 0}), 1);
  EXPECT_NEAR(0.5 * evidence_of_positive_mean(std::vector<double>{1}) +
                  0.5 * evidence_of_positive_mean(std::vector<double>{-1}),
              1, 1e-12);
}

// Share of sequences of up to 50 normal numbers whose evidence ever reaches 20.
double ever_dropped(double mean, std::uint64_t seed) {
  const int sequences = 1000;
  int dropped = 0;
  for (int s = 0; s < sequences; ++s) {
    Rng rng(stream_key(seed, Purpose::noise, {s}));
    std::vector<double> x;
    while (x.size() < 50) {
      x.push_back(mean + rng.normal());
      if (evidence_of_positive_mean(x) < 20) continue;
      ++dropped;
      break;
    }
  }
  return static_cast<double>(dropped) / sequences;
}

TEST(Evidence, FalseDropsStayBelowAlphaThoughEveryFoldIsLookedAt) {
  EXPECT_LE(ever_dropped(0, 1), 0.05);
  EXPECT_GE(ever_dropped(0, 1), 0.01);  // it is no empty promise
  EXPECT_LE(ever_dropped(-0.2, 2), 0.02);
}

TEST(Evidence, FindsWhatIsThere) {
  EXPECT_GE(ever_dropped(1, 3), 0.99);
  EXPECT_GE(evidence_of_positive_mean(std::vector<double>{1, 1.1, 1.05}), 20);  // three folds can do it
}

ComparedFolds compared(const std::vector<std::vector<double>>& trial, const std::vector<std::vector<double>>& best) {
  return {.trial = trial, .best = best};
}

TEST(FoldValuesTest, DropsWhatIsWorseOnEveryFold) {
  const std::vector<std::vector<double>> best{{1}, {2}, {3}};
  const std::vector<std::vector<double>> worse{{2}, {3.1}, {4.05}};
  EXPECT_TRUE(fold_values_test(0.05)(compared(worse, best)));
  EXPECT_FALSE(fold_values_test(0.01)(compared(worse, best)));
  EXPECT_FALSE(fold_values_test(0.05)(compared(best, worse)));
  EXPECT_FALSE(fold_values_test(0.05)(compared(best, best)));
  EXPECT_FALSE(fold_values_test(0.05)(compared({{INFINITY}, {3.1}, {4.05}}, best)));
}

TEST(RowLossesTest, DropsWhatIsWorseInNearlyAllBootstraps) {
  Rng rng(1);
  std::vector<std::vector<double>> best(2, {0.0}), worse(2, {0.0}), alike(2, {0.0});
  for (std::size_t fold = 0; fold < 2; ++fold)
    for (int i = 0; i < 100; ++i) {
      best[fold].push_back(rng.normal());
      worse[fold].push_back(best[fold].back() + 0.5 + rng.normal());
      alike[fold].push_back(best[fold].back() + rng.normal());
    }
  const DropTest test = row_losses_test(0.01, 300, 7);
  EXPECT_TRUE(test(compared(worse, best)));
  EXPECT_FALSE(test(compared(best, worse)));
  EXPECT_FALSE(test(compared(alike, best)));
  EXPECT_FALSE(test(compared(best, best)));
}

}  // namespace
}  // namespace jury
