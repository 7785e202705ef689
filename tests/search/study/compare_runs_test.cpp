// Runs of one data set, pair by pair. Numbers are those of tests_of_difference_test.cpp.
#include "search/study/compare_runs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

const std::vector<double> kTenFolds = {0.02, -0.01, 0.03, 0.015, 0.0, 0.025, 0.01, -0.005, 0.02, 0.03};

// Folds of 100 rows; scores of one metric. `hash` tells the rows of this cross-validation from others.
ComparedRun run_called(const std::string& label, const std::vector<double>& scores, std::int32_t folds,
                       std::uint64_t hash = 1) {
  ComparedRun run{.path = "runs/" + label,
                  .name = label,
                  .label = label,
                  .data = "wine.csv",
                  .data_hash = "d",
                  .num_outputs = 2,
                  .source = "oof",
                  .combine = "mean",
                  .metrics = {"accuracy"},
                  .scores = {0.9}};
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const auto at = static_cast<std::int32_t>(i);
    const auto test = static_cast<std::uint64_t>(100 / folds);
    run.splits.push_back({.repeat = at / folds,
                          .fold = at % folds,
                          .rows_hash = hash * 1000 + i,
                          .num_train = 100 - test,
                          .num_test = test,
                          .scores = {scores[i]}});
  }
  return run;
}

std::vector<double> plus(std::vector<double> scores, double amount) {
  for (double& score : scores) score += amount;
  return scores;
}

// Predictions of classes: of each row the truth, and whether the run has it right.
ComparedRows rows_that_are(const std::vector<bool>& right) {
  ComparedRows rows;
  for (std::size_t i = 0; i < right.size(); ++i) {
    rows.ids.push_back(static_cast<std::int64_t>(i));
    rows.labels.push_back(0);
    rows.predictions.push_back(right[i] ? 0.75F : 0.25F);
    rows.predictions.push_back(right[i] ? 0.25F : 0.75F);
  }
  return rows;
}

// 20 rows only the first has right, 4 only the second, 6 both.
std::vector<bool> first_rights() {
  std::vector<bool> r(30, true);
  for (std::size_t i = 20; i < 24; ++i) r[i] = false;
  return r;
}
std::vector<bool> second_rights() {
  std::vector<bool> r(30, true);
  for (std::size_t i = 0; i < 20; ++i) r[i] = false;
  return r;
}

TEST(CompareRuns, TenFoldsAreComparedByTheCorrectedTTest) {
  const std::vector<ComparedRun> runs = {run_called("net", plus(kTenFolds, 0.5), 10),
                                         run_called("line", std::vector<double>(10, 0.5), 10)};
  const RunComparison comparison = compare_runs(runs, {});
  ASSERT_EQ(comparison.pairs.size(), 1U);
  ASSERT_EQ(comparison.pairs[0].tests.size(), 1U);
  const PairTest& test = comparison.pairs[0].tests[0];
  EXPECT_EQ(test.test, "corrected_t");
  EXPECT_NEAR(test.statistic, 2.0479548091913777, 1e-9);
  EXPECT_NEAR(test.p, 0.07084777556658188, 1e-9);
  EXPECT_EQ(test.p_holm, test.p);
  EXPECT_NEAR(test.difference, 0.0135, 1e-12);
  EXPECT_NEAR(test.low, -0.001412009561901205, 1e-9);
  EXPECT_NEAR(test.effect, 0.940970297732386, 1e-9);
  EXPECT_EQ(comparison.pairs[0].verdict,
            "no difference shown between net and line (p = 0.071, corrected t test over 10 folds)");
  EXPECT_EQ(compare_runs(runs, {.alpha = 0.1}).pairs[0].verdict,
            "net is better than line by 0.0135 of accuracy (p = 0.071, corrected t test over 10 folds)");
}

TEST(CompareRuns, ALossIsBetterWhereItIsSmaller) {
  std::vector<ComparedRun> runs = {run_called("net", plus(kTenFolds, 0.5), 10),
                                   run_called("line", std::vector<double>(10, 0.5), 10)};
  for (ComparedRun& run : runs) run.metrics = {"log_loss"};
  EXPECT_THAT(compare_runs(runs, {.alpha = 0.1}).pairs[0].verdict,
              HasSubstr("line is better than net by 0.0135 of log_loss"));
}

TEST(CompareRuns, FiveRepeatsOfTwoFoldsAreAlpaydinsDesign) {
  const std::vector<double> differences = {.02, .03, .01, .025, .03, .0, -.01, .02, .015, .02};
  const std::vector<ComparedRun> runs = {run_called("a", plus(differences, 0.5), 2),
                                         run_called("b", std::vector<double>(10, 0.5), 2)};
  const auto tests = compare_runs(runs, {}).pairs[0].tests;
  ASSERT_EQ(tests.size(), 2U);
  EXPECT_EQ(tests[0].test, "5x2cv_f");
  EXPECT_NEAR(tests[0].statistic, 0.00405 / 0.00215, 1e-9);
  EXPECT_NEAR(tests[0].p, 0.25118197175247153, 1e-9);
  EXPECT_EQ(tests[1].test, "corrected_t");
  EXPECT_THAT(compare_runs(runs, {}).pairs[0].verdict, HasSubstr("(p = 0.25, 5x2cv F test over 5 x 2 folds)"));
  // Ten folds in one repeat are another design.
  const std::vector<ComparedRun> ten = {run_called("a", plus(differences, 0.5), 10),
                                        run_called("b", std::vector<double>(10, 0.5), 10)};
  EXPECT_EQ(compare_runs(ten, {}).pairs[0].tests.size(), 1U);
}

TEST(CompareRuns, OutOfFoldLabelsAreComparedByMcNemar) {
  std::vector<ComparedRun> runs = {run_called("a", {0.9, 0.9}, 2), run_called("b", {0.5, 0.5}, 2)};
  runs[0].oof = rows_that_are(first_rights());
  runs[1].oof = rows_that_are(second_rights());
  const auto tests = compare_runs(runs, {}).pairs[0].tests;
  ASSERT_EQ(tests.size(), 2U);
  EXPECT_EQ(tests[1].test, "mcnemar");
  EXPECT_NEAR(tests[1].p, 0.001543879508972168, 1e-12);
  EXPECT_EQ(tests[1].effect, 5);
  EXPECT_EQ(tests[1].effect_name, "odds_ratio");
  EXPECT_EQ(tests[1].over, "30 out-of-fold rows");
  EXPECT_NEAR(tests[1].difference, 16.0 / 30, 1e-12);
}

// A holdout, or a run that is not finished: rows and folds that were not predicted are not said to be compared.
TEST(CompareRuns, OnlyWhatBothPredictedCounts) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  const auto net = plus(kTenFolds, 0.5);
  std::vector<ComparedRun> runs = {run_called("a", net, 10), run_called("b", std::vector<double>(10, 0.5), 10)};
  runs[0].oof = rows_that_are(first_rights());
  runs[1].oof = rows_that_are(second_rights());
  for (std::size_t i = 0; i < 10; ++i) runs[i % 2].oof->predictions[2 * i] = kNan;
  runs[1].splits[3].scores[0] = std::numeric_limits<double>::quiet_NaN();
  PairComparison pair = compare_runs(runs, {}).pairs[0];
  ASSERT_EQ(pair.tests.size(), 2U);
  EXPECT_EQ(pair.tests[0].over, "9 folds");
  EXPECT_EQ(pair.tests[0].count, 9U);
  EXPECT_EQ(pair.tests[1].over, "20 out-of-fold rows");
  EXPECT_EQ(pair.tests[1].count, 20U);
  EXPECT_THAT(pair.left_out, ElementsAre("1 of 10 folds (they are not scored in both)"));

  for (ComparedSplit& split : runs[1].splits) split.scores[0] = std::numeric_limits<double>::quiet_NaN();
  runs[1].splits[0].scores[0] = 0.5;
  pair = compare_runs(runs, {}).pairs[0];
  ASSERT_EQ(pair.tests.size(), 1U);
  EXPECT_THAT(pair.left_out, ElementsAre("tests over folds (one fold is scored in both, they need two)"));
  std::ranges::fill(runs[1].oof->predictions, kNan);
  EXPECT_THAT([&] { compare_runs(runs, {}); },
              ThrowsMessage<ConfigError>(HasSubstr("no rows were predicted by both in the same folds")));
}

TEST(CompareRuns, OfOtherFoldsOnlyTheTestSetCanBeCompared) {
  std::vector<ComparedRun> runs = {run_called("a", {0.9, 0.9}, 2), run_called("b", {0.5, 0.5}, 2, 7)};
  runs[0].oof = runs[0].test = rows_that_are(first_rights());
  runs[1].oof = runs[1].test = rows_that_are(second_rights());
  const PairComparison pair = compare_runs(runs, {}).pairs[0];
  ASSERT_EQ(pair.tests.size(), 1U);
  EXPECT_EQ(pair.tests[0].over, "30 test rows");
  EXPECT_THAT(pair.left_out,
              ElementsAre("tests over folds (the folds differ: give both the same experiment.seed and [cv])"));
  EXPECT_EQ(pair.verdict,
            "a is better than b by 0.5333 of accuracy (p = 0.0015, McNemar's test over 30 test rows; says nothing of "
            "other training sets)");
}

TEST(CompareRuns, OfMoreRepeatsOnlyThoseInBothAreCompared) {
  const std::vector<ComparedRun> runs = {run_called("a", {0.9, 0.8, 0.9, 0.7}, 2), run_called("b", {0.5, 0.6}, 2)};
  const PairComparison pair = compare_runs(runs, {}).pairs[0];
  EXPECT_EQ(pair.tests[0].count, 2U);
  EXPECT_NEAR(pair.tests[0].difference, 0.3, 1e-12);
  EXPECT_THAT(pair.left_out, ElementsAre("2 of 4 folds (they are not the same in both)",
                                         HasSubstr("tests over rows (the results of b hold no predictions")));
}

TEST(CompareRuns, LossesOfRowsAreRankedWhereTheMetricIsTheirMean) {
  std::vector<ComparedRun> runs = {run_called("a", {1.0, 1.0}, 2), run_called("b", {2.0, 2.5}, 2)};
  const std::vector<double> errors = {0.952, -0.147, 1.022, 0.43, 0.62,
                                      0.59,  0.49,   -0.08, 0.01};  // of Hollander and Wolfe
  for (ComparedRun& run : runs) {
    run.outcome = Outcome::values;
    run.num_outputs = 1;
    run.metrics = {"mae"};
    ComparedRows& rows = run.oof.emplace();
    for (std::size_t i = 0; i < errors.size(); ++i) {
      rows.ids.push_back(static_cast<std::int64_t>(i));
      rows.values.push_back(0);
      rows.predictions.push_back(static_cast<float>(run.label == "a" ? 1.0 : 1.0 + errors[i]));
    }
  }
  const PairTest test = compare_runs(runs, {}).pairs[0].tests[1];
  EXPECT_EQ(test.test, "wilcoxon");
  EXPECT_EQ(test.over, "the mae of 9 out-of-fold rows");
  EXPECT_EQ(test.p, 0.0390625);
  EXPECT_NEAR(test.effect, -35.0 / 45, 1e-12);
  EXPECT_EQ(test.favours, 1);
  // A row that one of them did not predict is left out.
  runs[0].oof->predictions[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(compare_runs(runs, {}).pairs[0].tests[1].count, 8U);
}

TEST(CompareRuns, PValuesAreCorrectedOverAllPairs) {
  const std::vector<ComparedRun> runs = {run_called("a", plus(kTenFolds, 0.5), 10),
                                         run_called("b", std::vector<double>(10, 0.5), 10),
                                         run_called("c", plus(kTenFolds, 0.5), 10)};
  const auto pairs = compare_runs(runs, {}).pairs;
  ASSERT_EQ(pairs.size(), 3U);
  EXPECT_NEAR(pairs[0].tests[0].p_holm, 3 * 0.07084777556658188, 1e-9);
  EXPECT_EQ(pairs[1].tests[0].p_holm, 1);
  EXPECT_EQ(pairs[1].verdict, "no difference shown between a and c (p = 1, corrected t test over 10 folds)");
}

TEST(CompareRuns, RunsWithNothingInCommonAreRefused) {
  const std::vector<ComparedRun> runs = {run_called("a", {0.9, 0.9}, 2), run_called("b", {0.5, 0.5}, 2, 7)};
  EXPECT_THAT([&] { compare_runs(runs, {}); },
              ThrowsMessage<ConfigError>(HasSubstr("nothing to compare between these runs")));
}

TEST(CompareRuns, AMetricThatARunLacksIsNamedWithTheNearest) {
  const std::vector<ComparedRun> runs = {run_called("a", {0.9, 0.9}, 2), run_called("b", {0.5, 0.5}, 2)};
  EXPECT_THAT([&] { compare_runs(runs, {.metric = "acuracy"}); },
              ThrowsMessage<ConfigError>(HasSubstr("did you mean 'accuracy'?")));
}

TEST(CompareRuns, AScoreWithATargetHasNoBetterSide) {
  std::vector<ComparedRun> runs = {run_called("a", kTenFolds, 10), run_called("b", kTenFolds, 10)};
  for (ComparedRun& run : runs) run.metrics = {"coverage_90"};
  EXPECT_THAT([&] { compare_runs(runs, {}); },
              ThrowsMessage<ConfigError>(HasSubstr("runs cannot be compared by coverage_90 (it is best at 0.9")));
}

TEST(LabelApart, TakesNamesThenFoldersThenPaths) {
  std::vector<ComparedRun> runs = {run_called("a", {}, 2), run_called("b", {}, 2)};
  label_apart(runs);
  EXPECT_EQ(runs[1].label, "b");
  for (ComparedRun& run : runs) run.name = "wine";
  runs[0].path = "runs/wine-1/results.h5";
  runs[1].path = "runs/wine-2/";
  label_apart(runs);
  EXPECT_EQ(runs[0].label, "wine-1");
  EXPECT_EQ(runs[1].label, "wine-2");
  runs[1].path = "other/wine-1";
  label_apart(runs);
  EXPECT_EQ(runs[1].label, "other/wine-1");
}

}  // namespace
}  // namespace jury
