#include "search/study/study_learning_curve.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/store/hdf5_reader.hpp"
#include "search/study/results_file.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

Experiment with_sizes(std::vector<double> sizes) {
  Experiment e = small_experiment();
  e.cv.reset();
  e.final.refit = false;
  e.bias_variance->train_sizes = std::move(sizes);
  return e;
}

TEST(LearningCurve, TrainsEachReplicateAtEachSizeOnAPartOfItsRows) {
  for (const bool file : {false, true}) {
    Experiment e = with_sizes({0.25, 0.5});
    if (file) e = on_digits(std::move(e));
    const SmallStudy study(std::move(e));
    EXPECT_EQ(study.plan.num_fits(), 2U * 3 * (1 + 3));
    const auto n = static_cast<double>(study.dataset.num_train());
    const auto whole = study.plan.rows({.replicate = 1}).draws;
    EXPECT_EQ(whole.size(), study.dataset.num_train());
    for (std::int32_t rung = 0; rung < 2; ++rung) {
      const auto draws = study.plan.rows({.replicate = 1, .rung = rung}).draws;
      EXPECT_NEAR(static_cast<double>(draws.size()), n * 0.25 * (rung + 1), 1);
      EXPECT_TRUE(std::ranges::includes(whole, draws));
    }
  }
}

TEST(LearningCurve, LeavesTheOtherDecompositionsAsTheyWere) {
  SmallStudy with(with_sizes({0.5})), without(with_sizes({}));
  const StudyResults a = compute_results(with.plan, with.all_fits());
  const StudyResults b = compute_results(without.plan, without.all_fits());
  EXPECT_EQ(a.bias_variance.replicate_predictions, b.bias_variance.replicate_predictions);
  ASSERT_EQ(a.bias_variance.overall.size(), b.bias_variance.overall.size());
  for (std::size_t i = 0; i < a.bias_variance.overall.size(); ++i)
    EXPECT_EQ(a.bias_variance.overall[i].parts.front().overall.mean_loss,
              b.bias_variance.overall[i].parts.front().overall.mean_loss);
  EXPECT_TRUE(b.bias_variance.by_train_size.empty());
}

// Rows of a generator beyond the size are not seen: the same as a study that draws no more. Weights and bags of another
// rung are other ones, so the losses are close, not equal.
TEST(LearningCurve, MoreRowsErrLess) {
  Experiment e = with_sizes({0.1, 1.0});
  e.bias_variance->replicates = 6;
  e.train.epochs = 20;
  SmallStudy study(std::move(e));
  const StudyResults results = compute_results(study.plan, study.all_fits());
  const auto& curve = results.bias_variance.by_train_size;
  ASSERT_EQ(curve.size(), 4U);
  std::vector<std::string> predictors;
  for (const StudyDecomposition& line : curve) {
    predictors.push_back(line.predictor);
    EXPECT_EQ(line.num_replicates, 6U);
    for (const Decomposition& part : line.parts) EXPECT_LE(part.overall.residual, kLargestResidual);
  }
  EXPECT_THAT(predictors, ElementsAre("single", "ensemble", "single", "ensemble"));
  EXPECT_EQ(curve[0].num_train, 4U);
  EXPECT_EQ(curve[2].num_train, 40U);
  EXPECT_GT(curve[0].parts.front().overall.mean_loss, curve[2].parts.front().overall.mean_loss);
}

TEST(LearningCurve, IsWrittenWithItsSizes) {
  SmallStudy study(with_sizes({0.25, 0.5}));
  const Fits fits = study.all_fits();
  const std::string path = scratch() / "curve.h5";
  write_results(path, study.plan, fits, compute_results(study.plan, fits), {});
  const Hdf5Reader file(path);
  const Hdf5Array sizes = file.read("/bias_variance/by_train_size/train_size");
  const Hdf5Array rows = file.read("/bias_variance/by_train_size/n_train");
  EXPECT_EQ(sizes.number(0), 0.25);
  EXPECT_EQ(rows.number(0), 10);
  EXPECT_EQ(sizes.number(sizes.size() - 1), 0.5);
  EXPECT_EQ(rows.number(sizes.size() - 1), 20);
  EXPECT_FALSE(file.has("/bias_variance/overall/train_size"));
}

}  // namespace
}  // namespace jury
