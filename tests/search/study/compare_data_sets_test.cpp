// Learners over data sets: the table of Demsar 2006 as in tests_of_difference_test.cpp.
#include "search/study/compare_data_sets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

const std::vector<double> kDemsar = {
    .763, .768, .771, .798, .599, .591, .590, .569, .954, .971, .968, .967, .628,   .661, .654, .657, .882, .888, .886,
    .898, .936, .931, .916, .931, .661, .668, .609, .685, .583, .583, .563, .625,   .775, .838, .866, .875, 1,    1,
    1,    1,    .940, .962, .965, .962, .619, .666, .614, .669, .972, .981, .97501, .975, .957, .978, .946, .970};
const std::vector<std::string> kLearners = {"C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf"};

ComparedRun run_on(std::size_t set, const std::string& learner, double score) {
  return {.path = "runs/" + learner + std::to_string(set),
          .name = learner,
          .label = learner,
          .data = "data" + std::to_string(set),
          .data_hash = "abcdef012345678" + std::to_string(set),
          .num_outputs = 2,
          .source = "oof",
          .combine = "mean",
          .metrics = {"accuracy"},
          .scores = {score}};
}

std::vector<ComparedRun> runs_of_demsar() {
  std::vector<ComparedRun> runs;
  for (std::size_t learner = 0; learner < 4; ++learner)
    for (std::size_t set = 0; set < 14; ++set)
      runs.push_back(run_on(set, kLearners[learner], kDemsar[set * 4 + learner]));
  return runs;
}

TEST(CompareDataSets, GivesTheRanksAndTestsOfDemsar) {
  const DataSetComparison comparison = compare_data_sets(runs_of_demsar(), {});
  EXPECT_EQ(comparison.learners, kLearners);
  EXPECT_EQ(comparison.scores, kDemsar);
  EXPECT_THAT(comparison.friedman.ranks, testing::Pointwise(testing::DoubleNear(5e-4), {3.143, 2.000, 2.893, 1.964}));
  EXPECT_NEAR(comparison.friedman.f_p_value, 0.011620659515310954, 1e-12);
  EXPECT_NEAR(comparison.critical_difference, 1.25, 5e-3);
  ASSERT_EQ(comparison.pairs.size(), 6U);
  const PairComparison& last = comparison.pairs[2];  // C4.5 and C4.5+m+cf
  ASSERT_EQ(last.tests.size(), 2U);
  EXPECT_EQ(last.tests[0].test, "wilcoxon");
  EXPECT_EQ(last.tests[0].count, 14U);
  EXPECT_EQ(last.tests[0].favours, -1);
  EXPECT_LE(last.tests[0].p, last.tests[0].p_holm);
  EXPECT_EQ(last.tests[1].test, "nemenyi");
  EXPECT_NEAR(last.tests[1].p, 0.0741847950687442, 1e-11);
  EXPECT_EQ(last.tests[1].p_holm, last.tests[1].p);
  EXPECT_EQ(comparison.note, "");
}

TEST(CompareDataSets, TwoLearnersAreComparedByWilcoxonAlone) {
  auto runs = runs_of_demsar();
  std::erase_if(runs, [](const ComparedRun& run) { return run.label.find("cf") != std::string::npos; });
  const DataSetComparison comparison = compare_data_sets(runs, {});
  ASSERT_EQ(comparison.pairs.size(), 1U);
  ASSERT_EQ(comparison.pairs[0].tests.size(), 1U);
  EXPECT_EQ(comparison.pairs[0].tests[0].p_holm, 0.0078125);
  EXPECT_THAT(comparison.pairs[0].verdict, HasSubstr("C4.5+m is better than C4.5 (p = "));
}

TEST(CompareDataSets, TooFewDataSetsToShowAnythingSaySo) {
  const std::vector<ComparedRun> runs = {run_on(0, "bag", 0.9), run_on(1, "bag", 0.8), run_on(2, "bag", 0.7),
                                         run_on(0, "net", 0.6), run_on(1, "net", 0.5), run_on(2, "net", 0.4)};
  const DataSetComparison comparison = compare_data_sets(runs, {});
  EXPECT_EQ(comparison.pairs[0].tests[0].p, 0.25);
  EXPECT_EQ(comparison.pairs[0].verdict,
            "no difference shown between bag and net (p = 0.25, Wilcoxon's signed ranks over 3 data sets)");
  EXPECT_THAT(comparison.note,
              HasSubstr("the smallest p-value of Wilcoxon's test is 0.25: no difference can be shown at 0.05"));
}

TEST(CompareDataSets, ATableWithAHoleNamesTheCell) {
  auto runs = runs_of_demsar();
  runs.erase(runs.begin() + 14 + 3);
  EXPECT_THAT([&] { compare_data_sets(runs, {}); },
              ThrowsMessage<ConfigError>(HasSubstr("there is no run of 'C4.5+m' on data3")));
}

TEST(CompareDataSets, TwoRunsInACellAndASingleLearnerAreRefused) {
  auto runs = runs_of_demsar();
  runs.push_back(runs.front());
  EXPECT_THAT([&] { compare_data_sets(runs, {}); }, ThrowsMessage<ConfigError>(HasSubstr("are both 'C4.5' on data0")));
  runs.resize(14);
  EXPECT_THAT([&] { compare_data_sets(runs, {}); },
              ThrowsMessage<ConfigError>(HasSubstr("all runs are of the learner 'C4.5'")));
}

TEST(CompareDataSets, ScoresOfOtherRowsAreRefused) {
  auto runs = runs_of_demsar();
  runs[20].source = "test";
  EXPECT_THAT([&] { compare_data_sets(runs, {}); }, ThrowsMessage<ConfigError>(HasSubstr("these are different rows")));
}

TEST(CompareDataSets, DataOfOneNameAreToldApartByTheirHash) {
  auto runs = runs_of_demsar();
  for (ComparedRun& run : runs) {
    run.data = "twonorm";
    run.data_hash = run.data_hash.substr(15) + "-" + run.data_hash;
  }
  EXPECT_EQ(compare_data_sets(runs, {}).data_sets[3], "twonorm 3-abcdef");
}

}  // namespace
}  // namespace jury
