#include "search/study/study_data_value.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "runtime/store/hdf5_reader.hpp"
#include "search/study/results_file.hpp"
#include "search/study/truth_of.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

Experiment one_bag(std::string generator) {
  Experiment e = small_experiment();
  e.data.generator = std::move(generator);
  e.bias_variance.reset();
  e.cv.reset();
  e.ensemble.members = 8;
  return e;
}

TEST(StudyDataValue, IsTheShareOfUnseeingMembersThatAreRight) {
  SmallStudy study(one_bag("ringnorm"));
  const Fits fits = study.all_fits();
  const StudyDataValue found = compute_results(study.plan, fits).data_value;
  ASSERT_EQ(found.rows.size(), study.dataset.num_train());
  for (const std::uint32_t row : found.rows) {
    int right = 0, unseeing = 0;
    for (std::int32_t m = 0; m < 8; ++m) {
      const auto oob = study.plan.rows({.member = m}).oob;
      const auto at = std::ranges::find(oob, row);
      if (at == oob.end()) continue;
      const Predictions predicted =
          row_of(fits.at({.member = m}).result.oob, static_cast<std::size_t>(at - oob.begin()), 2);
      right += predicted_label(predicted) == study.dataset.labels()[row];
      ++unseeing;
    }
    EXPECT_EQ(found.counts[row], unseeing);
    if (unseeing > 0) {
      EXPECT_NEAR(found.values[row], static_cast<double>(right) / unseeing, 1e-12);
    } else {
      EXPECT_TRUE(std::isnan(found.values[row]));
    }
  }
}

TEST(StudyDataValue, SuspectsAreTheLeastValuableInOrder) {
  SmallStudy study(one_bag("ringnorm"));
  const StudyDataValue found = compute_results(study.plan, study.all_fits()).data_value;
  ASSERT_EQ(found.suspects.size(), kNumSuspects);
  for (std::size_t i = 1; i < found.suspects.size(); ++i)
    EXPECT_LE(found.values[found.suspects[i - 1]], found.values[found.suspects[i]]);
  for (std::uint32_t at = 0; at < found.rows.size(); ++at) {
    if (!(found.values[at] < found.values[found.suspects.back()])) continue;
    EXPECT_EQ(std::ranges::count(found.suspects, at), 1) << at;
  }
}

TEST(StudyDataValue, IsWrittenWithWhatOthersCallTheRow) {
  for (const char* generator : {"ringnorm", "friedman1"}) {
    SmallStudy study(one_bag(generator));
    const Fits fits = study.all_fits();
    const std::string path = scratch() / "data_value.h5";
    write_results(path, study.plan, fits, compute_results(study.plan, fits), {});
    const Hdf5Reader file(path);
    EXPECT_EQ(file.read("/data_value/value").size(), 40U);
    EXPECT_EQ(file.read("/data_value/row_id").number(7), 7);
    const bool classes = outcome_of(study.dataset) == Outcome::classes;
    EXPECT_EQ(file.has("/data_value/suspects/label"), classes);
    EXPECT_EQ(file.has("/data_value/suspects/target"), !classes);
    if (!classes) continue;
    // The least valuable row is one that most of those who did not see it call otherwise.
    const Hdf5Array label = file.read("/data_value/suspects/label"),
                    predicted = file.read("/data_value/suspects/predicted");
    const Hdf5Array value = file.read("/data_value/suspects/value");
    for (std::size_t i = 0; i < label.size(); ++i) {
      if (value.number(i) == 0.5) continue;
      EXPECT_EQ(label.cell(i) == predicted.cell(i), value.number(i) > 0.5) << i;
    }
  }
}

TEST(StudyDataValue, NeedsABag) {
  Experiment e = one_bag("ringnorm");
  e.ensemble.method = "average";
  SmallStudy study(std::move(e));
  EXPECT_TRUE(compute_results(study.plan, study.all_fits()).data_value.empty());
}

}  // namespace
}  // namespace jury
