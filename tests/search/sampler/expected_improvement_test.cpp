#include "search/sampler/expected_improvement.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace jury {
namespace {

// mpmath, 60 digits: log(phi(z) + z Phi(z)) and Phi(z) / (phi(z) + z Phi(z)).
TEST(LogImprovement, KnownAnswersFarIntoTheTail) {
  struct Case {
    double z;
    double value;
    double slope;
  };
  const Case cases[] = {
      {2, 0.69738354578822831, 0.48655931878528387},   {0, -0.91893853320467274, 1.2533141373155003},
      {-0.5, -1.6205162643873199, 1.5598731483480797}, {-1.5, -3.5299359208057099, 2.2795806941564462},
      {-10, -55.553122036122356, 10.194383033412553},  {-24, -295.28022323480488, 24.082904491801489},
      {-26, -345.43954672231803, 26.076585186632697},  {-40, -808.29856835661996, 40.049906657648518}};
  for (const auto& [z, value, slope] : cases) {
    const LogImprovement improvement = log_improvement(z);
    EXPECT_NEAR(improvement.value, value, 1e-8 * std::abs(value)) << z;
    EXPECT_NEAR(improvement.slope, slope, 1e-6 * slope) << z;
  }
}

TEST(LogImprovement, RisesWithoutAGapWhereTheFormulaChanges) {
  for (double z = -30; z < 5; z += 0.01) EXPECT_LT(log_improvement(z).value, log_improvement(z + 0.01).value) << z;
  for (const double z : {-25.0, -1.0})
    EXPECT_NEAR(log_improvement(z - 1e-9).value, log_improvement(z + 1e-9).value, 1e-6);
}

}  // namespace
}  // namespace jury
