// What boosting, snapshots and dropout do over their rounds, from the training to the results.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "models/metrics/scores.hpp"
#include "search/study/jury_weights.hpp"
#include "search/study/study_checks.hpp"
#include "search/study/study_results.hpp"
#include "search/study/truth_of.hpp"
#include "support/methods.hpp"

namespace jury {
namespace {

// Only a final ensemble.
Experiment final_only(const std::string& settings, TaskKind task = TaskKind::classification) {
  Experiment experiment = experiment_over(settings, task);
  experiment.cv.reset();
  experiment.bias_variance.reset();
  experiment.final.refit = true;
  return experiment;
}

std::vector<FitResult> rounds_of(SmallStudy& study) {
  std::vector<FitResult> rounds;
  for (FitOutcome& fit : read_task_result(study.evaluate({.member = 0}).payload).fits)
    rounds.push_back(std::move(fit.result));
  return rounds;
}

// Rows on a ring around the others: no line parts them.
constexpr const char* kStumps = R"("data": {"generator": "ringnorm", "rows": 200}, "train": {"epochs": 20, "lr": 0.1})";

// Of the training error of the first rounds (Freund and Schapire 1997).
double bound_of(const std::vector<FitResult>& rounds, std::size_t count) {
  double bound = 1;
  for (std::size_t m = 0; m < count; ++m) bound *= 2 * std::sqrt(rounds[m].round_error * (1 - rounds[m].round_error));
  return bound;
}

TEST(AdaBoostStudy, WarnsWhereWhatIsReportedIsNotAdaBoost) {
  const auto warnings = [](const std::string& combine) {
    const SmallStudy study(
        final_only(R"({"ensemble": {"method": "adaboost", "members": 2, "combine": )" + combine + "}}"));
    return warnings_of(study.plan);
  };
  EXPECT_THAT(warnings(R"(["mean", "weighted_vote"])"),
              testing::ElementsAre(testing::HasSubstr("what is reported is not AdaBoost")));
  EXPECT_TRUE(warnings(R"(["weighted_vote", "mean"])").empty());
  EXPECT_TRUE(warnings("[]").empty());
}

TEST(AdaBoostStudy, EveryRoundLowersTheBoundOfTheTrainingError) {
  SmallStudy study(final_only(std::string("{") + kStumps + R"(, "ensemble": {"method": "adaboost", "members": 8}})"));
  const std::vector<FitResult> rounds = rounds_of(study);
  ASSERT_GE(rounds.size(), 3U);
  for (std::size_t m = 0; m < rounds.size(); ++m) {
    if (rounds[m].outcome != "kept") continue;
    EXPECT_LT(bound_of(rounds, m + 1), bound_of(rounds, m)) << m;
    EXPECT_NEAR(rounds[m].weight, std::log((1 - rounds[m].round_error) / rounds[m].round_error), 1e-9);
  }
  EXPECT_EQ(rounds[0].outcome, "kept");
  EXPECT_EQ(rounds[1].outcome, "kept");
}

TEST(AdaBoostStudy, PutsTheVotesOfItsRoundsIntoTheResults) {
  SmallStudy study(final_only(R"({"ensemble": {"method": "adaboost", "members": 5}})"));
  const Fits fits = study.all_fits();
  const StudyResults results = compute_results(study.plan, fits, 0);
  EXPECT_THAT(results.scoring.combines, testing::ElementsAre("weighted_vote", "weighted_mean", "mean"));
  for (const auto& [key, fit] : fits) EXPECT_EQ(results.weights.at(key), fit.result.weight);
}

TEST(AdaBoostStudy, EndsWithAPerfectLearner) {
  // 20 rows in 20 dimensions are parted by a plane.
  SmallStudy study(final_only(
      R"({"data": {"rows": 20}, "train": {"epochs": 200}, "ensemble": {"method": "adaboost", "members": 6}})"));
  const std::vector<FitResult> rounds = rounds_of(study);
  ASSERT_LT(rounds.size(), 6U);
  EXPECT_EQ(rounds.back().outcome, "perfect");
  EXPECT_TRUE(rounds.back().is_last);
  const StudyResults results = compute_results(study.plan, study.all_fits(), 0);
  EXPECT_TRUE(results.complete());
  EXPECT_EQ(results.num_planned, rounds.size());
}

TEST(AdaBoostStudy, ALearnerNoBetterThanChanceEndsOrStartsAnew) {
  const std::string untrained =
      R"({"train": {"lr": 1e-9, "epochs": 1}, "ensemble": {"method": "adaboost", "members": 12, "boosting": {"algorithm": "m1", "weak": ")";
  SmallStudy stops(final_only(untrained + R"(stop"}}})"));
  const std::vector<FitResult> stopped = rounds_of(stops);
  ASSERT_LT(stopped.size(), 12U);
  EXPECT_EQ(stopped.back().outcome, "weak_stop");
  SmallStudy restarts(final_only(untrained + R"(restart"}}})"));
  const std::vector<FitResult> restarted = rounds_of(restarts);
  EXPECT_EQ(restarted.size(), 12U);
  bool any = false;
  for (const FitResult& round : restarted) {
    any = any || round.outcome == "weak_restart";
    if (round.outcome == "weak_restart") {
      EXPECT_EQ(round.weight, 0);
    }
  }
  EXPECT_TRUE(any);
}

std::vector<double> test_losses(const SmallStudy& study, const std::vector<FitResult>& rounds) {
  std::vector<double> losses;
  const TruthOf truth(study.plan, study.plan.test_rows());
  for (const FitResult& round : rounds) losses.push_back(score(find_metric("mse"), truth.truth(), round.test));
  return losses;
}

TEST(GradientStudy, TheTrainingLossFallsRoundByRound) {
  for (const char* loss : {"squared", "absolute", "huber", "quantile"}) {
    SmallStudy study(final_only(
        std::string(
            R"({"train": {"epochs": 10}, "ensemble": {"method": "gradient_boosting", "members": 6, "gradient": {"loss": ")") +
            loss + R"("}}})",
        TaskKind::regression));
    const std::vector<FitResult> rounds = rounds_of(study);
    for (std::size_t m = 1; m < rounds.size(); ++m)
      EXPECT_LE(rounds[m].round_error, rounds[m - 1].round_error) << loss << m;
    EXPECT_LT(rounds.back().round_error, rounds.front().round_error) << loss;
  }
}

TEST(GradientStudy, IsWhatItsLastRoundSays) {
  SmallStudy study(final_only(
      R"({"train": {"epochs": 10}, "ensemble": {"method": "gradient_boosting", "members": 6, "gradient": {"learning_rate": 0.5}}})",
      TaskKind::regression));
  const std::vector<FitResult> rounds = rounds_of(study);
  const std::vector<double> losses = test_losses(study, rounds);
  const StudyResults results = compute_results(study.plan, study.all_fits(), 0);
  ASSERT_EQ(results.headline->combine, "sum");
  EXPECT_EQ(results.juries.front().reported, rounds.back().test);
  for (std::size_t m = 0; m < rounds.size(); ++m)
    EXPECT_DOUBLE_EQ(results.juries.front().by_size_reported[m].front(), losses[m]) << "the first " << m + 1;
}

TEST(GradientStudy, HeldOutRowsEndTheRoundsAndTheBestOneReports) {
  SmallStudy study(final_only(
      R"({"data": {"rows": 120}, "model": {"type": "mlp", "hidden": [8]}, "train": {"epochs": 20, "lr": 0.02},
      "ensemble": {"method": "gradient_boosting", "members": 40, "gradient": {"learning_rate": 0.5, "validation": 0.3, "patience": 2}}})",
      TaskKind::regression));
  const std::vector<FitResult> rounds = rounds_of(study);
  ASSERT_LT(rounds.size(), 40U);
  ASSERT_GT(rounds.size(), 2U);
  std::size_t best = 0;
  for (std::size_t m = 0; m < rounds.size(); ++m)
    if (rounds[m].held_out_loss < rounds[best].held_out_loss) best = m;
  EXPECT_EQ(best + 3, rounds.size());
  const Fits fits = study.all_fits();
  const StudyResults results = compute_results(study.plan, fits, 0);
  EXPECT_EQ(results.juries.front().reported, rounds[best].test);
  const std::vector<double> weights = member_weights(study.plan, fits, {});
  for (std::size_t m = 0; m < weights.size(); ++m) EXPECT_EQ(weights[m], m <= best ? 1 : 0) << m;
}

TEST(SnapshotStudy, MembersGoOnFromOneAnother) {
  SmallStudy study(final_only(R"({"train": {"epochs": 4}, "ensemble": {"method": "snapshot", "members": 3}})"));
  const std::vector<FitResult> members = rounds_of(study);
  ASSERT_EQ(members.size(), 3U);
  EXPECT_NE(members[0].weights, members[1].weights);
  EXPECT_NE(members[1].weights, members[2].weights);
  // It starts where the one before ended: with what that had learned.
  EXPECT_LT(members[1].curve_loss.front(), members[0].curve_loss.front());
  for (const FitResult& member : members) {
    EXPECT_GT(member.curve_lr.front(), member.curve_lr.back());
    EXPECT_EQ(member.curve_lr, members.front().curve_lr);
  }
}

TEST(DropoutStudy, MembersArePassesThroughOneNetwork) {
  SmallStudy study(final_only(
      R"({"model": {"type": "mlp", "hidden": [8], "dropout": 0.5}, "ensemble": {"method": "mc_dropout", "members": 4}})"));
  const std::vector<FitResult> passes = rounds_of(study);
  ASSERT_EQ(passes.size(), 4U);
  EXPECT_FALSE(passes[0].weights.empty());
  std::set<std::vector<float>> different;
  for (std::size_t m = 0; m < passes.size(); ++m) {
    different.insert(passes[m].test);
    EXPECT_EQ(passes[m].weights.empty(), m > 0);
    EXPECT_EQ(passes[m].curve_loss, passes[0].curve_loss);
  }
  EXPECT_EQ(different.size(), 4U);
}

TEST(WeightsOfMembers, ComeFromTheRowsThatTheyDidNotSee) {
  for (const char* by : {"oob", "valid", "equal"}) {
    const std::string stopping =
        R"("train": {"epochs": 6, "early_stopping": {"metric": "valid.log_loss", "patience": 3, "fraction": 0.3}},)";
    SmallStudy study(
        final_only("{" + stopping +
                   R"("ensemble": {"method": "bagging", "members": 4, "combine": ["weighted_mean"], "weights": ")" +
                   by + R"("}})"));
    const Fits fits = study.all_fits();
    const std::vector<double> weights = member_weights(study.plan, fits, {});
    ASSERT_EQ(weights.size(), 4U);
    const std::set<double> different(weights.begin(), weights.end());
    EXPECT_EQ(different.size() > 1, std::string(by) != "equal") << by;
  }
}

}  // namespace
}  // namespace jury
