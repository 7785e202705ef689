#include "models/ensemble/adaboost.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "models/ensemble/boosting_toys.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

TEST(AdaBoostM1, WorkedExample) {
  const Labels labels = {0, 1, 1, 0};
  const Truth truth = classes_of(labels, 2);
  AdaBoost boost({.algorithm = "m1"}, truth);
  EXPECT_THAT(boost.weights(), ElementsAre(0.25, 0.25, 0.25, 0.25));
  BoostRound round = boost.observe(all_right_but(truth, {3}));
  EXPECT_NEAR(round.error, 0.25, 1e-12);
  EXPECT_NEAR(round.weight, std::log(3.0), 1e-12);
  EXPECT_THAT(boost.weights(), near({1.0 / 6, 1.0 / 6, 1.0 / 6, 0.5}));
  round = boost.observe(all_right_but(truth, {0}));
  EXPECT_NEAR(round.error, 1.0 / 6, 1e-12);
  EXPECT_NEAR(round.weight, std::log(5.0), 1e-12);
  EXPECT_EQ(round.outcome, BoostOutcome::kept);
  EXPECT_THAT(boost.weights(), near({0.5, 0.1, 0.1, 0.3}));
  EXPECT_FALSE(boost.ended());
}

TEST(AdaBoostSamme, WorkedExampleOfThreeClasses) {
  const Labels labels = {0, 1, 2, 0, 1, 2};
  const Truth truth = classes_of(labels, 3);
  AdaBoost boost({}, truth);
  BoostRound round = boost.observe(all_right_but(truth, {0, 1, 2}));
  EXPECT_NEAR(round.error, 0.5, 1e-12) << "chance for m1, not here";
  EXPECT_NEAR(round.weight, std::log(2.0), 1e-12);
  EXPECT_EQ(round.outcome, BoostOutcome::kept);
  EXPECT_THAT(boost.weights(), near({2.0 / 9, 2.0 / 9, 2.0 / 9, 1.0 / 9, 1.0 / 9, 1.0 / 9}));
  round = boost.observe(all_right_but(truth, {0, 3}));
  EXPECT_NEAR(round.error, 1.0 / 3, 1e-12);
  EXPECT_NEAR(round.weight, std::log(4.0), 1e-12);
  EXPECT_THAT(boost.weights(), near({4.0 / 9, 1.0 / 9, 1.0 / 9, 2.0 / 9, 1.0 / 18, 1.0 / 18}));
}

TEST(AdaBoostArcX4, WeighsByTheFourthPowerOfTheMissesAndNeverEnds) {
  const Labels labels = {0, 1, 1, 0};
  const Truth truth = classes_of(labels, 2);
  AdaBoost boost({.algorithm = "arc_x4"}, truth);
  EXPECT_NEAR(boost.observe(all_right_but(truth, {0})).error, 0.25, 1e-12);
  EXPECT_THAT(boost.weights(), near({2.0 / 5, 1.0 / 5, 1.0 / 5, 1.0 / 5}));
  BoostRound round = boost.observe(all_right_but(truth, {0, 1}));
  EXPECT_NEAR(round.error, 3.0 / 5, 1e-12) << "worse than chance";
  EXPECT_EQ(round.weight, 1);
  EXPECT_EQ(round.outcome, BoostOutcome::kept);
  EXPECT_THAT(boost.weights(), near({17.0 / 21, 2.0 / 21, 1.0 / 21, 1.0 / 21}));
  round = boost.observe(all_right_but(truth, {}));
  EXPECT_EQ(round.error, 0);
  EXPECT_EQ(round.weight, 1);
  EXPECT_EQ(round.outcome, BoostOutcome::kept);
  EXPECT_THAT(boost.weights(), near({17.0 / 21, 2.0 / 21, 1.0 / 21, 1.0 / 21}));
  EXPECT_FALSE(boost.ended());
}

struct R2Case {
  const char* loss;
  double error, weight;
  Doubles weights;
};

// Errors 0, 0, 1, 1 and 4.
TEST(AdaBoostR2, WorkedExampleOfEachLoss) {
  const Doubles values = {10, 20, 30, 40, 50};
  const Floats predictions = {10, 20, 29, 41, 46};
  for (const R2Case& expected :
       {R2Case{
            "linear",
            0.3,
            0.8472978603872034,
            {0.14694655706476387, 0.14694655706476387, 0.18161579302634492, 0.18161579302634492, 0.3428752998177823}},
        R2Case{"square",
               0.225,
               1.2367626271489267,
               {0.1314894709867363, 0.1314894709867363, 0.14205644009166232, 0.14205644009166232, 0.45290817784320275}},
        R2Case{
            "exponential",
            0.21490379853714958,
            1.2956157805798025,
            {0.14425952654013835, 0.14425952654013835, 0.1921359397794706, 0.1921359397794706, 0.32720906736078215}}}) {
    AdaBoost boost({.algorithm = "r2", .loss = expected.loss}, values_of(values));
    const BoostRound round = boost.observe(predictions);
    EXPECT_NEAR(round.error, expected.error, 1e-9) << expected.loss;
    EXPECT_NEAR(round.weight, expected.weight, 1e-9) << expected.loss;
    EXPECT_EQ(round.outcome, BoostOutcome::kept);
    EXPECT_THAT(boost.weights(), near(expected.weights)) << expected.loss;
  }
}

TEST(AdaBoostR2, SeveralTargetsCountByTheirEuclideanDistanceAndVariancesNot) {
  const Doubles values = {0, 0, 1, 1, 2, 2};
  Truth truth = values_of(values, 2);
  AdaBoost boost({}, truth);
  const BoostRound round = boost.observe(Floats{3, -4, 1, 2, 2, 2});  // distances 5, 1 and 0
  EXPECT_NEAR(round.error, 0.4, 1e-12);
  EXPECT_NEAR(round.weight, std::log(1.5), 1e-12);
  truth.kind = ValueKind::means_and_variances;
  AdaBoost of_both({}, truth);
  EXPECT_EQ(of_both.observe(Floats{3, -4, 9, 1, 1, 2, 1, 1, 2, 2, 7, 50}).error, round.error);
  EXPECT_THAT(of_both.weights(), ElementsAreArray(boost.weights()));
}

TEST(AdaBoostR2, TheLargestErrorIsThatOfARowWithWeight) {
  const Doubles values = {0, 0, 0};
  const Floats row_weights = {1, 1, 0};
  Truth truth = values_of(values);
  truth.weights = row_weights;
  AdaBoost boost({}, truth);
  EXPECT_NEAR(boost.observe(Floats{1, 0.5F, 1000}).error, 0.75, 1e-12);
  EXPECT_TRUE(boost.ended());
}

TEST(AdaBoostSamme, WithTwoClassesIsM1BitForBit) {
  const Labels labels = labels_below(2, 50);
  const Truth truth = classes_of(labels, 2);
  AdaBoost samme({.algorithm = "samme", .weak = "restart"}, truth), m1({.algorithm = "m1", .weak = "restart"}, truth);
  for (std::uint64_t round = 0; round < 20; ++round) {
    const Floats predictions = learner(truth, round, 5);
    const BoostRound a = samme.observe(predictions), b = m1.observe(predictions);
    EXPECT_EQ(a.error, b.error);
    EXPECT_EQ(a.weight, b.weight);
    EXPECT_EQ(a.outcome, b.outcome);
    EXPECT_THAT(samme.weights(), ElementsAreArray(m1.weights()));
  }
}

// What the update is made for: under the new weights the learner is at chance.
TEST(AdaBoost, TheNextWeightsLeaveTheLearnerAtChance) {
  for (const auto& [algorithm, num_classes] : {std::pair("m1", 3), {"samme", 3}, {"samme", 2}, {"samme", 7}}) {
    const Labels labels = labels_below(num_classes, 60);
    const Truth truth = classes_of(labels, static_cast<std::size_t>(num_classes));
    AdaBoost boost({.algorithm = algorithm}, truth);
    for (std::uint64_t round = 0; round < 5; ++round) {
      const Floats predictions = learner(truth, round, 4);
      ASSERT_EQ(boost.observe(predictions).outcome, BoostOutcome::kept);
      double error = 0;
      for (std::size_t row = 0; row < 60; ++row)
        if (predicted_label(row_of(predictions, row, truth.num_outputs)) != labels[row]) error += boost.weights()[row];
      EXPECT_NEAR(error, std::string(algorithm) == "m1" ? 0.5 : 1 - 1.0 / num_classes, 1e-12);
      EXPECT_NEAR(std::accumulate(boost.weights().begin(), boost.weights().end(), 0.0), 1, 1e-12);
    }
  }
}

TEST(AdaBoost, WeightsStayNumbersWhenTheSameRowIsWrongForEver) {
  const Labels labels = labels_below(2, 9);
  const Truth truth = classes_of(labels, 2);
  AdaBoost boost({.algorithm = "m1", .weak = "restart"}, truth);
  for (std::size_t round = 0; round < 3000; ++round) {
    boost.observe(all_right_but(truth, {round % 2}));
    for (const double weight : boost.weights()) ASSERT_TRUE(weight >= 0 && weight <= 1) << "round " << round;
  }
}

TEST(AdaBoost, ARowOfTwiceTheWeightIsTwoRows) {
  const Labels once = {0, 1, 1}, twice = {0, 1, 1, 1};
  const Floats row_weights = {1, 1, 2};
  Truth weighted = classes_of(once, 2);
  weighted.weights = row_weights;
  const Truth listed = classes_of(twice, 2);
  for (const char* algorithm : {"m1", "arc_x4"}) {
    AdaBoost a({.algorithm = algorithm}, weighted), b({.algorithm = algorithm}, listed);
    for (const std::size_t wrong : {0U, 1U}) {
      EXPECT_NEAR(a.observe(all_right_but(weighted, {wrong})).weight, b.observe(all_right_but(listed, {wrong})).weight,
                  1e-12);
      EXPECT_THAT(a.weights(), near({b.weights()[0], b.weights()[1], b.weights()[2] + b.weights()[3]}));
    }
  }
}

TEST(AdaBoost, ARowWithoutAPredictionCountsAsWrong) {
  const Labels labels = labels_below(2, 4);
  const Truth truth = classes_of(labels, 2);
  Floats predictions = all_right_but(truth, {});
  predictions[0] = kFloatNaN;
  EXPECT_NEAR(AdaBoost({}, truth).observe(predictions).error, 0.25, 1e-12);
  const Doubles values = {0, 0, 0, 0, 0};
  AdaBoost boost({}, values_of(values));
  EXPECT_NEAR(boost.observe(Floats{kFloatNaN, std::numeric_limits<float>::infinity(), 0.25F, 1, 0}).error, 3.25 / 5,
              1e-12);
  EXPECT_NEAR(AdaBoost({}, values_of(values)).observe(Floats{kFloatNaN, 0, 0, 0, 0}).error, 0.2, 1e-12);
}

TEST(AdaBoost, NeedsARowOfSomeWeight) {
  const Labels labels = {0, 1};
  const Floats none = {0, 0};
  Truth truth = classes_of(labels, 2);
  truth.weights = none;
  EXPECT_THROW(AdaBoost({}, truth), DataError);
}

}  // namespace
}  // namespace jury
