// A study over splits that come with its data, from the files to the scores.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "runtime/store/hdf5_reader.hpp"
#include "search/study/results_file.hpp"
#include "search/study/study_results.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

class PredefinedSplits : public testing::Test {
 protected:
  PredefinedSplits() {
    std::string text = "x,f,y\n";
    for (int i = 0; i < 12; ++i)
      text +=
          std::to_string(i * i % 11) + "," + (i == 11 ? "" : std::to_string(i % 3)) + "," + std::to_string(i) + ".5\n";
    folder_.write("rows.csv", text);
  }
  Experiment experiment() const {
    Experiment e = small_experiment();
    e.data = {.train = folder_ / "rows.csv", .target = {"y"}, .ignore = {"f"}};
    e.ensemble.method = "average";
    e.ensemble.members = 2;
    e.bias_variance.reset();
    e.final.refit = false;
    e.cv->folds = 0;
    e.cv->method = "predefined";
    e.cv->metrics = {"rmse"};
    return e;
  }
  // Two overlapping splits; the second does not use rows 0 and 1.
  Experiment by_files() const {
    folder_.write("test_0.txt", "2\n5\n7\n");
    folder_.write("test_1.txt", "5 9");
    folder_.write("train_0.txt", "0 1 3 4 6 8 9 10 11");
    folder_.write("train_1.txt", "2 3 4 6 7 8 10 11");
    Experiment e = experiment();
    e.cv->test_index = folder_ / "test_{}.txt";
    e.cv->train_index = folder_ / "train_{}.txt";
    return e;
  }

  const Scratch folder_;
};

TEST_F(PredefinedSplits, OfFilesAreRepeatsScoredOneByOne) {
  SmallStudy study(by_files());
  EXPECT_EQ(study.plan.num_repeats(), 2);
  EXPECT_EQ(study.plan.num_folds(), 1);
  EXPECT_EQ(study.plan.num_fits(), 4U);
  EXPECT_THAT(study.plan.rows({.repeat = 1, .fold = 0, .member = 0}).draws, ElementsAre(2, 3, 4, 6, 7, 8, 10, 11));
  EXPECT_EQ(study.plan.num_draws({.repeat = 1, .fold = 0, .member = 0}), 8U);

  const StudyResults results = compute_results(study.plan, study.all_fits());
  ASSERT_EQ(results.predictions.size(), 2U);
  // Each repeat predicts its own test rows and no other: row 5 has a prediction in both.
  for (std::size_t repeat = 0; repeat < 2; ++repeat)
    for (const std::uint32_t row : results.predictions[repeat].rows) {
      const bool tested = repeat == 0 ? row == 2 || row == 5 || row == 7 : row == 5 || row == 9;
      EXPECT_EQ(std::isnan(results.predictions[repeat].member(0)[row]), !tested) << repeat << " " << row;
    }
  ASSERT_EQ(results.folds.size(), 2U);
  const double a = results.folds[0].scores[0], b = results.folds[1].scores[0];
  EXPECT_EQ(results.juries[1].overall.front().scores[0], b);
  EXPECT_DOUBLE_EQ(results.headline->value, (a + b) / 2);
  EXPECT_NEAR(results.headline->standard_error, std::abs(a - b) / 2, 1e-12);  // s / sqrt(2), s = |a - b| / sqrt(2)
}

TEST_F(PredefinedSplits, OfAColumnAreTheFoldsOfOneRepeat) {
  Experiment e = experiment();
  e.data.ignore.clear();
  e.cv->column = "f";
  SmallStudy study(std::move(e));
  EXPECT_EQ(study.plan.num_repeats(), 1);
  EXPECT_EQ(study.plan.num_folds(), 3);
  EXPECT_THAT(study.plan.valid_rows(0, 2), ElementsAre(2, 5, 8));
  const StudyResults results = compute_results(study.plan, study.all_fits());
  ASSERT_EQ(results.predictions.size(), 1U);
  EXPECT_TRUE(std::isnan(results.predictions[0].member(0)[11]));  // never tested
  EXPECT_EQ(results.folds.size(), 3U);
  EXPECT_FALSE(std::isnan(results.headline->value));
}

TEST_F(PredefinedSplits, AreInTheResultsWithTheRowsTheyLeaveOut) {
  SmallStudy study(by_files());
  const Fits fits = study.all_fits();
  const std::string path = scratch() / "predefined.h5";
  write_results(path, study.plan, fits, compute_results(study.plan, fits), {});
  const Hdf5Reader file(path);
  const auto numbers = [&](const std::string& name) { return as_doubles(file.read("/splits/" + name)); };
  EXPECT_THAT(numbers("repeat"), ElementsAre(0, 1));
  EXPECT_THAT(numbers("fold"), ElementsAre(0, 0));
  EXPECT_THAT(numbers("rows"), ElementsAre(2, 5, 7, 5, 9));
  const auto part = numbers("part");
  ASSERT_EQ(part.size(), 24U);
  EXPECT_THAT(std::vector(part.begin() + 12, part.end()), ElementsAre(0, 0, 1, 1, 1, 2, 1, 1, 1, 2, 1, 1));
}

TEST_F(PredefinedSplits, AreInTheIdentityByTheirContent) {
  const auto identity = [](Experiment e) { return SmallStudy(std::move(e)).plan.identity(); };
  Experiment moved = by_files();
  const std::uint64_t before = identity(by_files());
  std::filesystem::copy_file(folder_ / "test_0.txt", folder_ / "moved_0.txt");
  std::filesystem::copy_file(folder_ / "test_1.txt", folder_ / "moved_1.txt");
  moved.cv->test_index = folder_ / "moved_{}.txt";
  EXPECT_EQ(identity(moved), before);
  folder_.write("moved_1.txt", "9");
  EXPECT_NE(identity(moved), before);
}

}  // namespace
}  // namespace jury
