#include "search/study/study_variance_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/store/hdf5_reader.hpp"
#include "search/study/results_file.hpp"
#include "search/study/variance_design.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Experiment crossed(std::vector<std::string> sources, std::int32_t levels) {
  Experiment e = small_experiment();
  e.ensemble.members = 2;
  e.cv.reset();
  e.final.refit = false;
  e.bias_variance->sources = std::move(sources);
  e.bias_variance->levels = levels;
  return e;
}

TEST(CrossedReplicates, TrainOnTheSameRowsWhereTheDataStandStill) {
  for (const bool file : {false, true}) {
    Experiment e = crossed({"init", "order"}, 2);
    if (file) e = on_digits(std::move(e));
    const SmallStudy study(std::move(e));
    ASSERT_EQ(study.plan.num_replicates(), 4);
    for (std::int32_t b = 0; b < 4; ++b) {
      EXPECT_EQ(study.plan.replicate_stream({.replicate = b}), study.plan.replicate_stream({.replicate = 0}));
      for (const std::int32_t member : {TaskKey::kNone, 0, 1})
        EXPECT_EQ(study.plan.rows({.replicate = b, .member = member}).draws,
                  study.plan.rows({.replicate = 0, .member = member}).draws);
    }
  }
}

TEST(CrossedReplicates, ShareAStreamWhereTheyShareItsLevelAndOnlyThere) {
  const SmallStudy study(crossed({"init", "order", "data"}, 3));
  const std::pair<Purpose, std::int32_t> period[] = {{Purpose::init, 9},
                                                     {Purpose::shuffle, 3},
                                                     {Purpose::dropout, 3},
                                                     {Purpose::bootstrap, 1},
                                                     {Purpose::replicate, 1}};
  for (const auto& [purpose, step] : period)
    for (std::int32_t a = 0; a < 27; ++a)
      for (std::int32_t b = 0; b < 27; ++b)
        EXPECT_EQ(study.plan.stream(purpose, {.replicate = a, .member = 1}) ==
                      study.plan.stream(purpose, {.replicate = b, .member = 1}),
                  a / step % 3 == b / step % 3)
            << a << " " << b;
}

TEST(CrossedReplicates, WithOnlyTheDataDifferInEverything) {
  const SmallStudy study(crossed({"data"}, 2));
  EXPECT_EQ(study.plan.num_replicates(), 2);
  for (const Purpose purpose : {Purpose::replicate, Purpose::bootstrap, Purpose::init, Purpose::shuffle})
    EXPECT_NE(study.plan.stream(purpose, {.replicate = 0}), study.plan.stream(purpose, {.replicate = 1}));
}

TEST(CrossedReplicates, OfFoldsLeaveEachRowOutOnce) {
  const SmallStudy study(crossed({"fold"}, 4));
  std::vector<int> left_out(study.dataset.num_train());
  for (std::int32_t b = 0; b < 4; ++b) {
    const auto draws = study.plan.rows({.replicate = b}).draws;
    for (std::uint32_t row = 0; row < left_out.size(); ++row) left_out[row] += std::ranges::count(draws, row) == 0;
  }
  EXPECT_THAT(left_out, testing::Each(1));
}

// Were they drawn anew, the source would count what another training set does.
TEST(CrossedReplicates, OfFoldsAreOtherwiseTheSameDraws) {
  const SmallStudy study(on_digits(crossed({"fold", "init"}, 2)));
  const auto first = study.plan.rows({.replicate = 0}).draws;
  const auto second = study.plan.rows({.replicate = 2}).draws;
  EXPECT_EQ(first, study.plan.rows({.replicate = 1}).draws);
  EXPECT_EQ(first.size() + second.size(), study.dataset.num_train());
  std::vector<std::uint32_t> both;
  std::ranges::set_intersection(first, second, std::back_inserter(both));
  EXPECT_TRUE(both.empty());
}

TEST(CrossedReplicates, NeedRowsForTheirFolds) {
  EXPECT_THAT([] { SmallStudy study(crossed({"fold"}, 41)); },
              ThrowsMessage<ConfigError>(HasSubstr("bias_variance.levels = 41 does not fit 40")));
}

// Full-batch training of a bag from the same rows: only initial weights can make a difference.
TEST(VarianceSources, FindAllVarianceWhereItIs) {
  Experiment e = crossed({"init", "order"}, 2);
  e.train.batch = 40;
  SmallStudy study(std::move(e));
  const StudyResults results = compute_results(study.plan, study.all_fits());
  ASSERT_EQ(results.variance_sources.size(), 4U);
  for (const StudyVarianceSources& line : results.variance_sources) {
    EXPECT_LE(line.found.residual, kLargestResidual);
    if (line.quantity != "prediction") continue;
    EXPECT_GT(line.found.shares[0].first_order, 0.99) << line.predictor;
    EXPECT_LT(line.found.shares[1].total, 0.01) << line.predictor;
  }
}

// The variance over the cells is that of the decomposition over the same replicates.
TEST(VarianceSources, AddUpToTheVarianceOfTheDecomposition) {
  SmallStudy study(crossed({"data", "init"}, 2));
  const StudyResults results = compute_results(study.plan, study.all_fits());
  for (std::size_t p = 0; p < 2; ++p) {
    const StudyDecomposition& line = results.bias_variance.overall[p];
    const auto brier = std::ranges::find(line.parts, "brier", &Decomposition::definition);
    const StudyVarianceSources& sources = results.variance_sources[2 * p];
    EXPECT_EQ(sources.predictor, line.predictor);
    EXPECT_NEAR(sources.found.total_plug_in, brier->overall.variance, 1e-12);
  }
}

TEST(VarianceSources, AreOnlyOfAWholeCrossedDesign) {
  SmallStudy whole(crossed({"data", "init"}, 2));
  Fits fits = whole.all_fits();
  fits.erase({.replicate = 3, .member = 1});
  EXPECT_TRUE(compute_results(whole.plan, fits).variance_sources.empty());
  SmallStudy plain(crossed({"data"}, 2));
  EXPECT_TRUE(compute_results(plain.plan, plain.all_fits()).variance_sources.empty());
}

TEST(VarianceSources, AreWrittenWithTheirTotal) {
  SmallStudy study(crossed({"data", "init"}, 2));
  const Fits fits = study.all_fits();
  const std::string path = scratch() / "sources.h5";
  write_results(path, study.plan, fits, compute_results(study.plan, fits), {});
  const Hdf5Reader file(path);
  const Hdf5Array effect = file.read("/bias_variance/sources/effect");
  const Hdf5Array plug_in = file.read("/bias_variance/sources/plug_in");
  ASSERT_EQ(effect.size(), 4U * 4);
  for (std::size_t block = 0; block < 16; block += 4) {
    EXPECT_EQ(effect.cell(block), "data");
    EXPECT_EQ(effect.cell(block + 2), "data:init");
    EXPECT_EQ(effect.cell(block + 3), "total");
    EXPECT_NEAR(plug_in.number(block) + plug_in.number(block + 1) + plug_in.number(block + 2),
                plug_in.number(block + 3), 1e-12);
  }
}

}  // namespace
}  // namespace jury
