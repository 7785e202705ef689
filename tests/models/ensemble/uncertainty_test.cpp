#include "models/ensemble/uncertainty.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::FloatEq;
using testing::FloatNear;
using testing::IsEmpty;
using testing::NanSensitiveFloatEq;

constexpr auto kLn2 = static_cast<float>(std::numbers::ln2);

TEST(Uncertainty, SureMembersThatDisagreeAreAllEpistemic) {
  Uncertainty uncertainty({Outcome::classes, 2, 2});
  uncertainty.add(std::vector<float>{1, 0, 0.5F, 0.5F});
  uncertainty.add(std::vector<float>{0, 1, 0.5F, 0.5F});
  EXPECT_THAT(uncertainty.total(), ElementsAre(FloatEq(kLn2), FloatEq(kLn2)));
  EXPECT_THAT(uncertainty.aleatoric(), ElementsAre(0, FloatEq(kLn2))) << "unsure members that agree";
  EXPECT_THAT(uncertainty.epistemic(), ElementsAre(FloatEq(kLn2), FloatNear(0, 1e-15F)));
}

TEST(Uncertainty, OfClassesIsWhatItsFormulasSay) {
  Rng rng(1);
  const std::size_t rows = 30, classes = 4;
  Uncertainty uncertainty({Outcome::classes, rows, classes});
  std::vector<double> mean(rows * classes), expected(rows);
  std::vector<int> counts(rows);
  for (int member = 0; member < 11; ++member) {
    std::vector<float> p(rows * classes);
    for (std::size_t row = 0; row < rows; ++row) {
      std::vector<double> raw(classes);
      double sum = 0;
      for (double& value : raw) sum += value = rng.uniform();
      const bool predicted = rng.below(4) > 0;
      counts[row] += predicted;
      for (std::size_t c = 0; c < classes; ++c) {
        p[row * classes + c] = predicted ? static_cast<float>(raw[c] / sum) : kFloatNaN;
        if (!predicted) continue;
        mean[row * classes + c] += raw[c] / sum;
        expected[row] -= raw[c] / sum * std::log(raw[c] / sum);
      }
    }
    uncertainty.add(p);
  }
  const auto total = uncertainty.total(), aleatoric = uncertainty.aleatoric(), epistemic = uncertainty.epistemic();
  for (std::size_t row = 0; row < rows; ++row) {
    ASSERT_EQ(uncertainty.counts()[row], counts[row]);
    double entropy = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      const double p = mean[row * classes + c] / counts[row];
      entropy -= p * std::log(p);
    }
    EXPECT_NEAR(total[row], entropy, 1e-6);
    EXPECT_NEAR(aleatoric[row], expected[row] / counts[row], 1e-6);
    EXPECT_NEAR(epistemic[row], entropy - expected[row] / counts[row], 1e-6);
    EXPECT_GE(epistemic[row], 0);
  }
}

TEST(Uncertainty, OfMeansAndVariancesAddsUpToThatOfTheMixture) {
  const CombinationShape shape{Outcome::values, 1, 2, ValueKind::means_and_variances};
  Uncertainty uncertainty(shape);
  Combination mixture(shape);
  for (const auto& member : {std::vector<float>{1, 10, 0.5F, 1}, {3, 10, 1.5F, 2}, {kFloatNaN, 0, 0, 0}}) {
    uncertainty.add(member);
    mixture.add(member);
  }
  EXPECT_THAT(uncertainty.epistemic(), ElementsAre(1, 0));
  EXPECT_THAT(uncertainty.aleatoric(), ElementsAre(1, 1.5F));
  EXPECT_THAT(uncertainty.total(), ElementsAre(mixture.mean()[2], mixture.mean()[3]));
  EXPECT_THAT(uncertainty.counts(), ElementsAre(2));
  EXPECT_EQ(uncertainty.num_columns(), 2U);
}

TEST(Uncertainty, OfPlainValuesIsEpistemicAlone) {
  Uncertainty uncertainty({Outcome::values, 2, 1});
  uncertainty.add(std::vector<float>{1, kFloatNaN});
  uncertainty.add(std::vector<float>{5, kFloatNaN});
  EXPECT_THAT(uncertainty.epistemic(), ElementsAre(4, NanSensitiveFloatEq(kFloatNaN)));
  EXPECT_THAT(uncertainty.aleatoric(), IsEmpty());
  EXPECT_THAT(uncertainty.total(), IsEmpty());
}

TEST(Uncertainty, OfARowNobodyPredictedIsNaN) {
  Uncertainty uncertainty({Outcome::classes, 1, 2});
  EXPECT_THAT(uncertainty.total(), ElementsAre(NanSensitiveFloatEq(kFloatNaN)));
  uncertainty.add(std::vector<float>{kFloatNaN, kFloatNaN});
  EXPECT_THAT(uncertainty.epistemic(), ElementsAre(NanSensitiveFloatEq(kFloatNaN)));
  EXPECT_THAT(uncertainty.aleatoric(), ElementsAre(NanSensitiveFloatEq(kFloatNaN)));
}

TEST(Uncertainty, OfOneMemberIsAleatoric) {
  Uncertainty uncertainty({Outcome::classes, 1, 3});
  uncertainty.add(std::vector<float>{0.2F, 0.3F, 0.5F});
  EXPECT_THAT(uncertainty.epistemic(), ElementsAre(FloatNear(0, 1e-15F)));
  EXPECT_EQ(uncertainty.total(), uncertainty.aleatoric());
}

}  // namespace
}  // namespace jury
