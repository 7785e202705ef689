#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/ensemble/adaboost.hpp"
#include "models/ensemble/boosting_toys.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

TEST(AdaBoostEnds, ALearnerWithoutErrorVotesLikeHalfAnErrorInOneRowMoreAndEnds) {
  const Labels labels = labels_below(3, 6);
  for (const auto& [algorithm, vote] : {std::pair("m1", std::log(13.0)), {"samme", std::log(26.0)}}) {
    AdaBoost boost({.algorithm = algorithm, .weak = "restart"}, classes_of(labels, 3));
    const BoostRound round = boost.observe(all_right_but(classes_of(labels, 3), {}));
    EXPECT_EQ(round.error, 0);
    EXPECT_NEAR(round.weight, vote, 1e-12);
    EXPECT_EQ(round.outcome, BoostOutcome::perfect);
    EXPECT_TRUE(boost.ended());
  }
  const Doubles values = {1, 2};
  AdaBoost boost({}, values_of(values));
  const BoostRound round = boost.observe(Floats{1, 2});
  EXPECT_NEAR(round.weight, std::log(5.0), 1e-12);
  EXPECT_EQ(round.outcome, BoostOutcome::perfect);
}

TEST(AdaBoostEnds, AFirstLearnerAtChanceIsTheJury) {
  const Labels labels = labels_below(3, 3);
  const Truth truth = classes_of(labels, 3);
  for (const auto& [algorithm, wrong] :
       {std::pair("m1", std::vector<std::size_t>{0, 1}), {"samme", {0, 1}}, {"samme", {0, 1, 2}}}) {
    AdaBoost boost({.algorithm = algorithm}, truth);
    const BoostRound round = boost.observe(all_right_but(truth, wrong));
    EXPECT_EQ(round.outcome, BoostOutcome::weak_stop) << algorithm;
    EXPECT_EQ(round.weight, 1);
    EXPECT_TRUE(boost.ended());
  }
  const Doubles values = {0, 0};
  AdaBoost boost({}, values_of(values));
  EXPECT_EQ(boost.observe(Floats{2, -2}).outcome, BoostOutcome::weak_stop);
}

TEST(AdaBoostEnds, ALaterLearnerAtChanceIsDropped) {
  const Labels labels = labels_below(2, 4);
  const Truth truth = classes_of(labels, 2);
  AdaBoost boost({.algorithm = "m1"}, truth);
  boost.observe(all_right_but(truth, {3}));
  const BoostRound round = boost.observe(all_right_but(truth, {3}));
  EXPECT_NEAR(round.error, 0.5, 1e-12) << "the same learner again";
  EXPECT_EQ(round.weight, 0);
  EXPECT_EQ(round.outcome, BoostOutcome::weak_stop);
  EXPECT_TRUE(boost.ended());
}

TEST(AdaBoostEnds, RestartsFromTheFirstWeights) {
  const Labels labels = labels_below(2, 4);
  const Floats row_weights = {1, 1, 1, 2};
  Truth truth = classes_of(labels, 2);
  truth.weights = row_weights;
  AdaBoost boost({.weak = "restart"}, truth);
  boost.observe(all_right_but(truth, {0}));
  const BoostRound round = boost.observe(all_right_but(truth, {0, 1, 2}));
  EXPECT_EQ(round.outcome, BoostOutcome::weak_restart);
  EXPECT_EQ(round.weight, 0);
  EXPECT_FALSE(boost.ended());
  EXPECT_THAT(boost.weights(), near({0.2, 0.2, 0.2, 0.4}));
  EXPECT_NEAR(boost.observe(all_right_but(truth, {0})).error, 0.2, 1e-12);
}

TEST(AdaBoostEnds, ALearnerWithoutErrorNeedNotBeTheLast) {
  const Labels labels = labels_below(2, 4);
  const Floats row_weights = {1, 1, 1, 2};
  Truth truth = classes_of(labels, 2);
  truth.weights = row_weights;
  AdaBoost boost({.algorithm = "m1", .perfect = "restart"}, truth);
  boost.observe(all_right_but(truth, {0}));
  const BoostRound round = boost.observe(all_right_but(truth, {}));
  EXPECT_EQ(round.outcome, BoostOutcome::perfect_restart);
  EXPECT_NEAR(round.weight, std::log(9.0), 1e-12);
  EXPECT_FALSE(boost.ended());
  EXPECT_THAT(boost.weights(), near({0.2, 0.2, 0.2, 0.4}));
}

TEST(VoteWeights, AreOfTheFirstWhenNobodyWasKept) {
  const std::vector<BoostRound> some = {{.error = 0.5, .outcome = BoostOutcome::weak_restart},
                                        {.error = 0.2, .weight = 1.5}};
  EXPECT_THAT(vote_weights(some), ElementsAre(0, 1.5));
  const std::vector<BoostRound> none(3, BoostRound{.error = 0.5, .outcome = BoostOutcome::weak_restart});
  EXPECT_THAT(vote_weights(none), ElementsAre(1, 0, 0));
  EXPECT_THAT(vote_weights({}), ElementsAre());
}

TEST(BoostOutcome, HasAName) {
  EXPECT_STREQ(name(BoostOutcome::kept), "kept");
  EXPECT_STREQ(name(BoostOutcome::perfect), "perfect");
  EXPECT_STREQ(name(BoostOutcome::perfect_restart), "perfect_restart");
  EXPECT_STREQ(name(BoostOutcome::weak_stop), "weak_stop");
  EXPECT_STREQ(name(BoostOutcome::weak_restart), "weak_restart");
}

#ifdef JURY_CONTRACTS
TEST(AdaBoostDeathTest, ThereIsNoRoundAfterTheLastAndEveryRowIsPredicted) {
  const Labels labels = {0, 1};
  const Truth truth = classes_of(labels, 2);
  AdaBoost boost({}, truth);
  EXPECT_DEATH(boost.observe(Floats{1, 0}), "contract broken");
  boost.observe(all_right_but(truth, {}));
  EXPECT_DEATH(boost.observe(all_right_but(truth, {})), "contract broken: !ended_");
}
#endif

}  // namespace
}  // namespace jury
