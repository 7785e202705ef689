#include "search/study/study_uncertainty.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "runtime/store/hdf5_reader.hpp"
#include "search/study/results_file.hpp"
#include "search/study/truth_of.hpp"
#include "support/scratch.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

Experiment without_replicates() {
  Experiment e = small_experiment();
  e.bias_variance.reset();
  return e;
}

std::string written_results(const std::string& name, SmallStudy& study) {
  const std::string path = scratch() / name;
  const Fits fits = study.all_fits();
  write_results(path, study.plan, fits, compute_results(study.plan, fits), {});
  return path;
}

TEST(StudyUncertainty, OfClassesIsTheEntropyOfTheMeanTakenApart) {
  SmallStudy study(without_replicates());
  const Hdf5Reader file(written_results("entropy.h5", study));
  for (const std::string source : {"oof", "oob", "test"}) {
    const Hdf5Array mean = file.read("/predictions/" + source + "/mean");
    const Hdf5Array total = file.read("/predictions/" + source + "/entropy");
    const Hdf5Array expected = file.read("/predictions/" + source + "/expected_entropy");
    const Hdf5Array mutual = file.read("/predictions/" + source + "/mutual_information");
    ASSERT_EQ(total.size(), mean.size() / 2);
    for (std::size_t row = 0; row < total.size(); ++row) {
      const double p = mean.number(2 * row), q = mean.number(2 * row + 1);
      if (std::isnan(p)) continue;
      EXPECT_NEAR(total.number(row), -p * std::log(p) - q * std::log(q), 1e-5);
      EXPECT_NEAR(total.number(row), expected.number(row) + mutual.number(row), 1e-6);
      EXPECT_GE(mutual.number(row), 0);
    }
  }
}

TEST(StudyUncertainty, OfMeansAndVariancesIsTheMixtureTakenApart) {
  Experiment e = without_replicates();
  e.data.generator = "friedman1";
  e.model.output = "mean_variance";
  SmallStudy study(std::move(e));
  const Hdf5Reader file(written_results("variances.h5", study));
  const Hdf5Array mixture = file.read("/predictions/test/mixture_variance");
  const Hdf5Array aleatoric = file.read("/predictions/test/aleatoric_variance");
  const Hdf5Array epistemic = file.read("/predictions/test/epistemic_variance");
  ASSERT_EQ(mixture.size(), aleatoric.size());
  for (std::size_t row = 0; row < mixture.size(); ++row)
    EXPECT_NEAR(aleatoric.number(row) + epistemic.number(row), mixture.number(row), 1e-5 * mixture.number(row));
}

TEST(StudyUncertainty, OfValuesAloneIsTheirDeviation) {
  Experiment e = without_replicates();
  e.data.generator = "friedman1";
  SmallStudy study(std::move(e));
  const Hdf5Reader file(written_results("values.h5", study));
  EXPECT_FALSE(file.has("/predictions/test/epistemic_variance"));
  EXPECT_TRUE(file.has("/predictions/test/std"));
}

TEST(StudyJackknife, IsThereForABag) {
  Experiment e = without_replicates();
  e.cv.reset();
  e.ensemble.members = 40;
  SmallStudy study(std::move(e));
  const StudyResults results = compute_results(study.plan, study.all_fits());
  ASSERT_EQ(results.jackknife.jackknife.size(), study.plan.test_rows().size() * 2);
  ASSERT_EQ(results.jackknife.infinitesimal.size(), results.jackknife.jackknife.size());
  double sum = 0;
  for (std::size_t i = 0; i < results.jackknife.jackknife.size(); i += 2) {
    // Of two classes the probabilities vary alike.
    EXPECT_NEAR(results.jackknife.jackknife[i], results.jackknife.jackknife[i + 1], 1e-4);
    sum += static_cast<double>(results.jackknife.jackknife[i]);
  }
  EXPECT_GT(sum, 0);
  const Hdf5Reader file(written_results("jackknife.h5", study));
  EXPECT_EQ(file.read("/predictions/test/jackknife_std").dims, (std::vector<std::uint64_t>{1, 30, 2}));
  EXPECT_EQ(file.read("/predictions/test/infinitesimal_jackknife_std").dims, (std::vector<std::uint64_t>{1, 30, 2}));
}

TEST(StudyJackknife, IsNotForMembersWithoutBags) {
  for (const char* method : {"average", "pasting"}) {
    Experiment e = without_replicates();
    e.ensemble.method = method;
    if (e.ensemble.method == "pasting") e.ensemble.samples = 0.5;
    SmallStudy study(std::move(e));
    EXPECT_TRUE(compute_results(study.plan, study.all_fits()).jackknife.empty()) << method;
  }
}

}  // namespace
}  // namespace jury
