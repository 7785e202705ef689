#include "search/study/study_diversity.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "runtime/store/hdf5_reader.hpp"
#include "search/study/results_file.hpp"
#include "search/study/truth_of.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

Experiment twice_without_replicates() {
  Experiment e = small_experiment();
  e.bias_variance.reset();
  e.cv->repeats = 2;
  e.data.generator = "ringnorm";
  return e;
}

Experiment of_values() {
  Experiment e = twice_without_replicates();
  e.data.generator = "friedman1";
  return e;
}

TEST(StudyDiversity, IsOfEveryRowSetAndTheFirstRepeat) {
  SmallStudy study(twice_without_replicates());
  const StudyResults results = compute_results(study.plan, study.all_fits());
  std::vector<std::string> sources;
  for (const StudyDiversity& line : results.diversity) sources.push_back(line.source);
  EXPECT_EQ(sources, (std::vector<std::string>{"oof", "test", "oob"}));
}

// A second look at the test set: disagreement of members 0 and 2 counted row by row.
TEST(StudyDiversity, CountsWhatMembersSaid) {
  SmallStudy study(twice_without_replicates());
  const StudyResults results = compute_results(study.plan, study.all_fits());
  const MemberPredictions& members = results.predictions[2];
  const StudyDiversity& line = results.diversity[1];
  ASSERT_EQ(members.source, "test");
  ASSERT_EQ(line.source, "test");
  int differ = 0;
  for (std::size_t i = 0; i < members.rows.size(); ++i) {
    const auto label = study.dataset.labels()[members.rows[i]];
    const bool first = predicted_label(row_of(members.member(0), i, 2)) == label;
    const bool third = predicted_label(row_of(members.member(2), i, 2)) == label;
    differ += first != third;
  }
  EXPECT_DOUBLE_EQ(line.pairs->disagreement[2], differ / 30.0);
  EXPECT_GT(line.labels->mean_accuracy, 0.5);
}

TEST(StudyDiversity, LeavesTheEnsembleItsMembersLossLessTheAmbiguity) {
  for (Experiment e : {twice_without_replicates(), of_values()}) {
    SmallStudy study(std::move(e));
    const StudyResults results = compute_results(study.plan, study.all_fits());
    const char* metric = outcome_of(study.dataset) == Outcome::classes ? "brier" : "mse";
    for (std::size_t i = 0; i < results.predictions.size(); ++i) {
      if (results.predictions[i].source != "test") continue;
      const TruthOf truth(study.plan, results.predictions[i].rows);
      const Ambiguity& found = *results.diversity[1].ambiguity;
      EXPECT_NEAR(found.ensemble_loss, score(find_metric(metric), truth.truth(), results.juries[i].mean), 1e-6);
      EXPECT_GT(found.ambiguity, 0);
    }
    EXPECT_LE(largest_residual(results.diversity), kLargestResidual);
  }
}

TEST(StudyDiversity, OfValuesIsOfTheirErrors) {
  SmallStudy study(of_values());
  const StudyResults results = compute_results(study.plan, study.all_fits());
  for (const StudyDiversity& line : results.diversity) {
    EXPECT_FALSE(line.pairs.has_value());
    EXPECT_EQ(line.errors->covariance.size(), 9U);
  }
}

TEST(StudyDiversity, NeedsTwoMembersThatDoNotAddUp) {
  Experiment one = twice_without_replicates();
  one.ensemble.members = 1;
  SmallStudy single(std::move(one));
  EXPECT_TRUE(compute_results(single.plan, single.all_fits()).diversity.empty());
  Experiment boosted = twice_without_replicates();
  boosted.ensemble.method = "gradient_boosting";
  SmallStudy sums(std::move(boosted));
  EXPECT_TRUE(compute_results(sums.plan, sums.all_fits()).diversity.empty());
}

TEST(StudyDiversity, IsWrittenAsMatricesPointsAndATable) {
  for (Experiment e : {twice_without_replicates(), of_values()}) {
    SmallStudy study(std::move(e));
    const Fits fits = study.all_fits();
    const std::string path = scratch() / "diversity.h5";
    write_results(path, study.plan, fits, compute_results(study.plan, fits), {});
    const Hdf5Reader file(path);
    EXPECT_EQ(file.read("/diversity/overall/ambiguity").size(), 3U);
    EXPECT_EQ(file.read("/diversity/oob/correlation").dims, (std::vector<std::uint64_t>{3, 3}));
    const bool classes = outcome_of(study.dataset) == Outcome::classes;
    EXPECT_EQ(file.has("/diversity/test/kappa_error/kappa"), classes);
    if (!classes) continue;
    EXPECT_EQ(file.read("/diversity/test/kappa_error/kappa").size(), 3U);
  }
}

}  // namespace
}  // namespace jury
