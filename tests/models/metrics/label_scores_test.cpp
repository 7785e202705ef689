// Scores of labels where scikit-learn_test.py does not look: published and degenerate cases.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "models/metrics/interval.hpp"
#include "models/metrics/scores.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// Sure predictions of labels.
struct LabelCase {
  LabelCase(std::size_t num_classes, std::vector<std::int32_t> truth, const std::vector<std::int32_t>& said)
      : classes(num_classes), labels(std::move(truth)), p(said.size() * num_classes) {
    for (std::size_t i = 0; i < said.size(); ++i) p[i * classes + static_cast<std::size_t>(said[i])] = 1;
  }
  double operator()(const char* name) const {
    return score(find_metric(name),
                 {.outcome = Outcome::classes, .num_outputs = classes, .labels = labels, .weights = weights}, p);
  }
  std::size_t classes;
  std::vector<std::int32_t> labels;
  std::vector<float> weights = {};
  std::vector<float> p;
};

// Examples of scikit-learn's documentation.
TEST(LabelScores, OfTheDocumentationOfScikitLearn) {
  const LabelCase three(3, {0, 1, 2, 0, 1, 2}, {0, 2, 1, 0, 0, 1});
  EXPECT_NEAR(three("precision_macro"), 2.0 / 9, 1e-15);
  EXPECT_NEAR(three("recall_macro"), 1.0 / 3, 1e-15);
  EXPECT_NEAR(three("f1_macro"), 4.0 / 15, 1e-15);
  EXPECT_NEAR(three("f1_micro"), 1.0 / 3, 1e-15);
  EXPECT_NEAR(three("f1_weighted"), 4.0 / 15, 1e-15);
  EXPECT_NEAR(LabelCase(2, {1, 1, 1, 0}, {1, 0, 1, 1})("mcc"), -1.0 / 3, 1e-15);
}

// 20 to 5 to 10 to 15: the observed agreement is 0.7 and that by chance 0.5.
TEST(LabelScores, KappaOfAKnownTable) {
  LabelCase table(2, {0, 0, 1, 1}, {0, 1, 0, 1});
  table.weights = {20, 5, 10, 15};
  EXPECT_NEAR(table("kappa"), 0.4, 1e-15);
}

TEST(LabelScores, OfTwoClassesAreOfTheSecond) {
  const LabelCase c(2, {1, 1, 1, 1, 0, 0}, {1, 0, 0, 0, 1, 0});
  EXPECT_EQ(c("precision"), 0.5);
  EXPECT_EQ(c("recall"), 0.25);
  EXPECT_NEAR(c("f1"), 1.0 / 3, 1e-15);
}

TEST(LabelScores, OfAClassThatIsNeverSaidOrNeverTrueAreZero) {
  const LabelCase never_said(2, {1, 1, 0}, {0, 0, 0}), never_true(2, {0, 0, 0}, {1, 0, 0}), neither(2, {0, 0}, {0, 0});
  for (const char* name : {"precision", "recall", "f1"}) {
    EXPECT_EQ(never_said(name), 0) << name;
    EXPECT_EQ(never_true(name), 0) << name;
    EXPECT_EQ(neither(name), 0) << name;
  }
}

TEST(LabelScores, MeansOverClassesLeaveOutWhatIsNeitherTrueNorSaid) {
  const LabelCase absent(4, {0, 0, 1}, {0, 0, 1}), said(4, {0, 0, 1}, {0, 0, 3});
  EXPECT_EQ(absent("f1_macro"), 1);
  EXPECT_NEAR(said("f1_macro"), 1.0 / 3, 1e-15) << "of classes 0, 1 and 3";
  EXPECT_NEAR(said("f1_weighted"), 2.0 / 3, 1e-15);
  EXPECT_EQ(said("balanced_accuracy"), 0.5) << "of classes 0 and 1";
}

TEST(LabelScores, OfLabelsThatNeverVary) {
  const LabelCase said(3, {0, 1, 2}, {1, 1, 1}), truth(3, {1, 1, 1}, {0, 1, 2}), both(3, {1, 1}, {1, 1});
  EXPECT_EQ(said("mcc"), 0);
  EXPECT_EQ(truth("mcc"), 0);
  EXPECT_EQ(both("mcc"), 0);
  EXPECT_EQ(said("kappa"), 0);
  EXPECT_TRUE(std::isnan(both("kappa")));
}

// Weights that do not add up in binary must not make a small number of a zero.
TEST(LabelScores, OfAConstantPredictionAreZeroWithAnyWeights) {
  LabelCase c(3, {0, 1, 2, 0, 1, 2, 0}, {2, 2, 2, 2, 2, 2, 2});
  c.weights = {0.1F, 0.7F, 0.3F, 1.1F, 0.9F, 0.6F, 0.2F};
  EXPECT_EQ(c("mcc"), 0);
  EXPECT_NEAR(c("kappa"), 0, 1e-15);
}

TEST(LabelScores, OfRightLabelsAreOneWithAnyWeights) {
  LabelCase c(3, {0, 1, 2, 0, 1, 2, 0}, {0, 1, 2, 0, 1, 2, 0});
  c.weights = {0.1F, 0.7F, 0.3F, 1.1F, 0.9F, 0.6F, 0.2F};
  for (const char* name : {"mcc", "kappa", "f1_macro", "precision_weighted", "recall_micro"})
    EXPECT_EQ(c(name), 1) << name;
}

TEST(LabelScores, ARowWithoutWeightIsNotThere) {
  LabelCase with(3, {0, 1, 2, 0}, {0, 2, 2, 1}), without(3, {0, 1, 2}, {0, 2, 2});
  with.weights = {1, 1, 1, 0};
  for (const char* name : {"f1_macro", "precision_weighted", "recall_macro", "mcc", "kappa"})
    EXPECT_EQ(with(name), without(name)) << name;
}

// Resampling by weights must be resampling of rows, also for what is no mean over rows.
TEST(LabelScores, HaveBootstrapIntervalsOfTheRightWidth) {
  Rng rng(3);
  std::vector<std::int32_t> truth, said;
  for (int i = 0; i < 400; ++i) {
    truth.push_back(static_cast<std::int32_t>(rng.below(2)));
    said.push_back(rng.uniform() < 0.8 ? truth.back() : 1 - truth.back());
  }
  const LabelCase c(2, truth, said);
  const Truth of{.outcome = Outcome::classes, .num_outputs = 2, .labels = c.labels};
  for (const char* name : {"f1_macro", "mcc", "kappa", "recall", "precision_macro"}) {
    const Interval interval = bootstrap_metric_interval(find_metric(name), of, c.p, 17);
    EXPECT_LT(interval.low, c(name)) << name;
    EXPECT_GT(interval.high, c(name)) << name;
  }
  // MCC and kappa of balanced classes are about twice the accuracy less one: the deviation is twice 0.4 / sqrt 400.
  const Interval mcc = bootstrap_metric_interval(find_metric("mcc"), of, c.p, 17);
  EXPECT_NEAR(mcc.high - mcc.low, 2 * 1.96 * 2 * 0.4 / 20, 0.03);
}

}  // namespace
}  // namespace jury
