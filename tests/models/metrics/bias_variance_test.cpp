#include "models/metrics/bias_variance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "models/metrics/scores.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

constexpr IntervalOptions kNoInterval = {.level = 0.95, .resamples = 0};

// A random study of classes: truth, weights, posterior and T replicates.
struct ClassStudy {
  std::size_t rows, classes;
  std::vector<std::int32_t> labels;
  std::vector<float> weights;
  std::vector<double> posterior;
  std::vector<std::vector<float>> replicates;

  Truth truth() const {
    return {.outcome = Outcome::classes, .num_outputs = classes, .labels = labels, .weights = weights};
  }
};

// Probabilities of several characters: spread out, saturated to 0 and 1, tied.
void fill_probabilities(std::span<float> p, Rng& rng) {
  const std::uint64_t character = rng.below(4);
  float sum = 0;
  for (float& value : p) {
    value = character == 0 ? 1.0F : static_cast<float>(std::pow(rng.uniform(), character == 1 ? 1 : 40));
    sum += value;
  }
  for (float& value : p) value = sum > 0 ? value / sum : 1.0F / static_cast<float>(p.size());
  if (character != 3) return;
  std::ranges::fill(p, 0.0F);
  p[rng.below(p.size())] = 1;
}

ClassStudy random_study(std::size_t rows, std::size_t classes, std::size_t replicates, std::uint64_t seed) {
  Rng rng(seed);
  ClassStudy study{.rows = rows, .classes = classes, .labels = {}, .weights = {}, .posterior = {}, .replicates = {}};
  for (std::size_t row = 0; row < rows; ++row) {
    // The last class never occurs in the truth.
    study.labels.push_back(static_cast<std::int32_t>(rng.below(std::max<std::size_t>(classes - 1, 1))));
    study.weights.push_back(static_cast<float>(rng.uniform()));
    std::vector<float> p(classes);
    fill_probabilities(p, rng);
    const double sum = std::accumulate(p.begin(), p.end(), 0.0);
    for (const float value : p) study.posterior.push_back(static_cast<double>(value) / sum);
  }
  for (std::size_t t = 0; t < replicates; ++t) {
    std::vector<float>& p = study.replicates.emplace_back(rows * classes);
    for (std::size_t row = 0; row < rows; ++row) fill_probabilities(std::span(p).subspan(row * classes, classes), rng);
  }
  return study;
}

std::vector<Decomposition> decompose(const Truth& truth, const NoiseFree& known,
                                     const std::vector<std::vector<float>>& replicates) {
  BiasVariance study(truth, known);
  for (const auto& replicate : replicates) study.add_replicate(replicate);
  return study.finish(1, kNoInterval);
}

const Decomposition& find(const std::vector<Decomposition>& all, std::string_view name) {
  return *std::ranges::find(all, name, &Decomposition::definition);
}

// States every identity for one decomposition: overall and row by row, spelled out anew.
void expect_identity(const Decomposition& d) {
  SCOPED_TRACE(d.definition);
  const auto holds = [&](const Parts& p) {
    EXPECT_LE(p.residual, kLargestResidual);
    double sum = p.bias;
    if (d.definition == "domingos") {
      sum += p.variance_unbiased - p.variance_biased;
    } else {
      sum += p.variance + (std::isnan(p.noise) ? 0 : p.noise) + (std::isnan(p.cross) ? 0 : p.cross);
    }
    EXPECT_NEAR(p.mean_loss, sum, 1e-11 * (1 + std::abs(p.mean_loss) + (std::isnan(p.cross) ? 0 : std::abs(p.cross))));
    EXPECT_GE(p.variance, d.definition == "breiman" ? -1.0 : -1e-15);
    EXPECT_GE(p.bias, d.definition == "breiman" ? -1.0 : -1e-15);
  };
  holds(d.overall);
  for (const Parts& point : d.points) holds(point);
}

struct Shape {
  std::size_t rows, classes, replicates;
};

class BiasVarianceIdentities : public testing::TestWithParam<Shape> {};

TEST_P(BiasVarianceIdentities, HoldForClasses) {
  const auto [rows, classes, replicates] = GetParam();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const ClassStudy s = random_study(rows, classes, replicates, seed);
    const auto plain = decompose(s.truth(), {}, s.replicates);
    const auto known = decompose(s.truth(), {.posterior = s.posterior}, s.replicates);
    EXPECT_EQ(plain.size(), 4U);
    EXPECT_EQ(known.size(), 5U);
    for (const auto& d : plain) expect_identity(d);
    for (const auto& d : known) expect_identity(d);
  }
}

TEST_P(BiasVarianceIdentities, HoldForValuesBesideALargeOffset) {
  const auto [rows, targets, replicates] = GetParam();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(seed);
    const double offset = seed % 2 == 0 ? 0 : 1e6;
    std::vector<double> values, noise_free;
    std::vector<std::vector<float>> predictions(replicates);
    for (std::size_t i = 0; i < rows * targets; ++i) {
      noise_free.push_back(offset + rng.normal());
      values.push_back(noise_free.back() + rng.normal());
      for (auto& p : predictions) p.push_back(static_cast<float>(noise_free.back() + 0.3 * rng.normal()));
    }
    const Truth truth{.outcome = Outcome::values, .num_outputs = targets, .values = values};
    for (const auto& d : decompose(truth, {}, predictions)) expect_identity(d);
    for (const auto& d : decompose(truth, {.values = noise_free}, predictions)) expect_identity(d);
  }
}

// The mean loss is the mean score of the replicates, computed by the scores.
TEST_P(BiasVarianceIdentities, MeanLossIsTheMeanScoreOfTheReplicates) {
  const auto [rows, classes, replicates] = GetParam();
  const ClassStudy s = random_study(rows, classes, replicates, 99);
  double brier = 0, error = 0, log_loss = 0;
  for (const auto& p : s.replicates) {
    brier += score(find_metric("brier"), s.truth(), p) / static_cast<double>(replicates);
    error += (1 - score(find_metric("accuracy"), s.truth(), p)) / static_cast<double>(replicates);
    log_loss += score(find_metric("log_loss"), s.truth(), p) / static_cast<double>(replicates);
  }
  const auto all = decompose(s.truth(), {}, s.replicates);
  EXPECT_NEAR(find(all, "brier").overall.mean_loss, brier, 1e-12);
  EXPECT_NEAR(find(all, "domingos").overall.mean_loss, error, 1e-12);
  EXPECT_NEAR(find(all, "kohavi_wolpert").overall.mean_loss, error, 1e-12);
  EXPECT_NEAR(find(all, "log").overall.mean_loss, log_loss, 1e-11);
}

INSTANTIATE_TEST_SUITE_P(Shapes, BiasVarianceIdentities,
                         testing::Values(Shape{1, 2, 1}, Shape{7, 3, 1}, Shape{13, 2, 2}, Shape{20, 10, 7},
                                         Shape{5, 1, 4}, Shape{40, 4, 100}));

TEST(BiasVariance, KnownAnswerOfSquaredLoss) {
  const std::vector<double> values = {2, 4};
  const auto all =
      decompose({.outcome = Outcome::values, .num_outputs = 1, .values = values}, {}, {{1, 3}, {2, 5}, {4, 7}});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].definition, "squared");
  EXPECT_NEAR(all[0].overall.bias, 0.55556, 5e-6);
  EXPECT_NEAR(all[0].overall.variance, 2.11111, 5e-6);
  EXPECT_NEAR(all[0].overall.mean_loss, 2.66667, 5e-6);
  EXPECT_TRUE(std::isnan(all[0].overall.noise));
  EXPECT_TRUE(std::isnan(all[0].overall.variance_unbiased));
}

// One target 1, f* = 3; predictions 4 and 6: main 5. Bias (5-3)^2, variance 1, noise (1-3)^2,
// cross 2 (5-3)(3-1), loss (9 + 25) / 2.
TEST(BiasVariance, KnownAnswerWithANoiseFreeTruth) {
  const std::vector<double> values = {1};
  const std::vector<double> noise_free = {3};
  const Parts p =
      decompose({.outcome = Outcome::values, .num_outputs = 1, .values = values}, {.values = noise_free}, {{4}, {6}})[0]
          .overall;
  EXPECT_EQ(p.mean_loss, 17);
  EXPECT_EQ(p.bias, 4);
  EXPECT_EQ(p.variance, 1);
  EXPECT_EQ(p.noise, 4);
  EXPECT_EQ(p.cross, 8);
}

// Labels of four replicates: row 0 (y = 0): 0 0 0 1, unbiased; row 1 (y = 0): 1 1 2 0, biased.
TEST(BiasVariance, KnownAnswersOfZeroOneLoss) {
  const std::vector<std::int32_t> labels = {0, 0};
  const std::vector<double> posterior = {0.75, 0.25, 0, 0.25, 0.5, 0.25};
  const auto one_hot = [](int a, int b) {
    std::vector<float> p(6);
    p[static_cast<std::size_t>(a)] = 1;
    p[static_cast<std::size_t>(3 + b)] = 1;
    return p;
  };
  const auto all = decompose({.outcome = Outcome::classes, .num_outputs = 3, .labels = labels},
                             {.posterior = posterior}, {one_hot(0, 1), one_hot(0, 1), one_hot(0, 2), one_hot(1, 0)});
  const Decomposition& domingos = find(all, "domingos");
  EXPECT_EQ(domingos.overall.mean_loss, 0.5);
  EXPECT_EQ(domingos.overall.bias, 0.5);
  EXPECT_EQ(domingos.overall.variance, 0.375);
  EXPECT_EQ(domingos.overall.variance_unbiased, 0.125);
  EXPECT_EQ(domingos.overall.variance_biased, 0.125);
  EXPECT_EQ(domingos.points[1].variance, 0.5);  // P(f != main), main = 1

  const Decomposition& kohavi = find(all, "kohavi_wolpert");  // Q = (3/4, 1/4, 0) and (1/4, 1/2, 1/4)
  EXPECT_EQ(kohavi.points[0].bias, 0);
  EXPECT_EQ(kohavi.points[0].variance, 0.1875);
  EXPECT_EQ(kohavi.points[0].noise, 0.1875);
  EXPECT_EQ(kohavi.points[1].bias, 0);
  EXPECT_EQ(kohavi.points[1].mean_loss, 0.625);  // 1 - sum P Q

  const Decomposition& breiman = find(all, "breiman");  // y* = 0 and 1, both met by the mode
  EXPECT_EQ(breiman.overall.bias, 0);
  EXPECT_EQ(breiman.points[0].variance, 0.25);
  EXPECT_EQ(breiman.points[1].variance, -0.25);
  EXPECT_EQ(breiman.overall.noise, 0.5);
}

// One row of y = 0; probabilities (1/2, 1/2) and (1/8, 7/8): geometric means 1/4 and sqrt(7)/4.
TEST(BiasVariance, KnownAnswerOfLogLoss) {
  const std::vector<std::int32_t> labels = {0};
  const auto all = decompose({.outcome = Outcome::classes, .num_outputs = 2, .labels = labels}, {},
                             {{0.5F, 0.5F}, {0.125F, 0.875F}});
  const double sum = (1 + std::sqrt(7.0)) / 4;
  const Parts p = find(all, "log").overall;
  EXPECT_NEAR(p.mean_loss, std::log(4.0), 1e-11);
  EXPECT_NEAR(p.bias, std::log(4 * sum), 1e-11);
  EXPECT_NEAR(p.variance, -std::log(sum), 1e-11);
}

TEST(BiasVariance, OneReplicateHasNoVariance) {
  const ClassStudy s = random_study(30, 4, 1, 5);
  for (const auto& d : decompose(s.truth(), {}, s.replicates))
    EXPECT_NEAR(d.overall.variance, 0, 1e-15) << d.definition;
}

TEST(BiasVariance, ATiedModeIsTheLowestClass) {
  const std::vector<std::int32_t> labels = {1};
  const auto all =
      decompose({.outcome = Outcome::classes, .num_outputs = 3, .labels = labels}, {}, {{0, 0, 1}, {0, 1, 0}});
  EXPECT_EQ(find(all, "domingos").overall.bias, 0);
}

TEST(BiasVariance, BayesLabelsAloneGiveBreiman) {
  const ClassStudy s = random_study(30, 4, 9, 5);
  const std::vector<std::int32_t> bayes(30, 1);
  const auto all = decompose(s.truth(), {.bayes_labels = bayes}, s.replicates);
  expect_identity(find(all, "breiman"));
  EXPECT_TRUE(std::isnan(find(all, "brier").overall.noise));
}

TEST(BiasVariance, RowsMissedByAReplicateCountOnlyWhereTheyArePredicted) {
  ClassStudy s = random_study(3, 2, 4, 6);
  for (auto& replicate : s.replicates) replicate[0] = kFloatNaN;       // row 0: by nobody
  for (std::size_t t = 1; t < 4; ++t) s.replicates[t][2] = kFloatNaN;  // row 1: by the first alone
  const auto all = decompose(s.truth(), {}, s.replicates);
  for (const auto& d : all) {
    EXPECT_TRUE(std::isnan(d.points[0].mean_loss));
    EXPECT_NEAR(d.points[1].variance, 0, 1e-15);
    EXPECT_LE(d.overall.residual, kLargestResidual);
    const double w1 = static_cast<double>(s.weights[1]), w2 = static_cast<double>(s.weights[2]);
    EXPECT_NEAR(d.overall.mean_loss, (w1 * d.points[1].mean_loss + w2 * d.points[2].mean_loss) / (w1 + w2), 1e-14);
  }
}

TEST(BiasVariance, WithoutReplicatesEverythingIsNaN) {
  const std::vector<std::int32_t> labels = {1, 0};
  for (const auto& d : decompose({.outcome = Outcome::classes, .num_outputs = 2, .labels = labels}, {}, {})) {
    EXPECT_TRUE(std::isnan(d.overall.mean_loss));
    EXPECT_TRUE(std::isnan(d.overall.residual));
  }
}

TEST(BiasVariance, TheIntervalHoldsTheMeanLoss) {
  const ClassStudy s = random_study(50, 3, 10, 8);
  BiasVariance study(s.truth());
  for (const auto& replicate : s.replicates) study.add_replicate(replicate);
  EXPECT_EQ(study.num_replicates(), 10U);
  for (const auto& d : study.finish(3)) {
    EXPECT_LT(d.interval.low, d.overall.mean_loss);
    EXPECT_GT(d.interval.high, d.overall.mean_loss);
  }
}

TEST(Ambiguity, IsWhatTheEnsembleGainsOverItsMeanMember) {
  const std::vector<double> values = {2, 4};
  const auto all =
      decompose({.outcome = Outcome::values, .num_outputs = 1, .values = values}, {}, {{1, 3}, {2, 5}, {4, 7}});
  const Ambiguity a = ambiguity_of(all[0]);
  const std::vector<float> mean = {7.0F / 3, 5};
  EXPECT_NEAR(a.ensemble_loss,
              score(find_metric("mse"), {.outcome = Outcome::values, .num_outputs = 1, .values = values}, mean), 1e-6);
  EXPECT_NEAR(a.ensemble_loss, a.mean_member_loss - a.ambiguity, 1e-14);
  EXPECT_LE(a.residual, kLargestResidual);
}

TEST(BiasVariance, OfMeansAndVariancesIsThatOfTheMeans) {
  const std::vector<double> values = {1, 2, 3, 4};
  BiasVariance plain({.outcome = Outcome::values, .num_outputs = 2, .values = values});
  BiasVariance wide(
      {.outcome = Outcome::values, .num_outputs = 2, .values = values, .kind = ValueKind::means_and_variances});
  for (const float shift : {0.5F, -1.0F, 2.0F}) {
    plain.add_replicate(std::vector<float>{1 + shift, 2, 3, 4 * shift});
    wide.add_replicate(std::vector<float>{1 + shift, 2, 7, 9, 3, 4 * shift, 0.1F, 100});
  }
  const auto a = plain.finish(1, {.resamples = 0}), b = wide.finish(1, {.resamples = 0});
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(a[0].overall.mean_loss, b[0].overall.mean_loss);
  EXPECT_EQ(a[0].overall.bias, b[0].overall.bias);
  EXPECT_EQ(a[0].overall.variance, b[0].overall.variance);
}

#ifdef JURY_CONTRACTS
TEST(BiasVarianceDeathTest, WrongShapesAndLabelsBreakTheContract) {
  const std::vector<std::int32_t> labels = {1, 2};
  const Truth truth{.outcome = Outcome::classes, .num_outputs = 2, .labels = labels};
  EXPECT_DEATH(BiasVariance{truth}, "contract broken: labels_inside");
  const std::vector<double> values = {1, 2};
  BiasVariance study({.outcome = Outcome::values, .num_outputs = 1, .values = values});
  EXPECT_DEATH(study.add_replicate(std::vector<float>{1}), "contract broken");
}

TEST(AmbiguityDeathTest, IsNotDefinedForLabels) {
  const ClassStudy s = random_study(3, 2, 2, 1);
  const auto all = decompose(s.truth(), {}, s.replicates);
  EXPECT_DEATH(ambiguity_of(find(all, "domingos")), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
