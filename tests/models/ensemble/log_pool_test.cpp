#include "models/ensemble/log_pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/metrics/bias_variance.hpp"
#include "random_members.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::FloatEq;
using testing::NanSensitiveFloatEq;

TEST(LogPool, IsTheNormalisedGeometricMean) {
  LogPool pool({Outcome::classes, 1, 2});
  pool.add(std::vector<float>{0.9F, 0.1F});
  pool.add(std::vector<float>{0.5F, 0.5F});
  EXPECT_THAT(pool.mean(), ElementsAre(FloatEq(0.75F), FloatEq(0.25F))) << "sqrt(0.45) : sqrt(0.05) = 3 : 1";
}

TEST(LogPool, AgreesWithASecondLook) {
  const CombinationShape shape{Outcome::classes, 20, 4};
  const auto members = random_members(7, shape, 31);
  LogPool pool(shape);
  for (std::size_t m = 0; m < 7; ++m) pool.add(member_of(members, shape, m));
  const auto mean = pool.mean();
  for (std::size_t row = 0; row < 20; ++row) {
    std::vector<double> products(4, 1);
    double count = 0, sum = 0;
    for (std::size_t m = 0; m < 7; ++m) {
      const Predictions p = row_of(member_of(members, shape, m), row, 4);
      if (!is_predicted(p)) continue;
      ++count;
      for (std::size_t c = 0; c < 4; ++c) products[c] *= static_cast<double>(p[c]);
    }
    for (double& product : products) sum += product = std::pow(product, 1 / count);
    for (std::size_t c = 0; c < 4; ++c) EXPECT_NEAR(mean[row * 4 + c], products[c] / sum, 1e-6);
  }
}

TEST(LogPool, IsTheMainPredictionOfLogLoss) {
  const CombinationShape shape{Outcome::classes, 15, 3};
  const auto members = random_members(6, shape, 32);
  const std::vector<std::int32_t> labels = {0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2};
  BiasVariance study({.outcome = Outcome::classes, .num_outputs = 3, .labels = labels});
  LogPool pool(shape);
  for (std::size_t m = 0; m < 6; ++m) {
    study.add_replicate(member_of(members, shape, m));
    pool.add(member_of(members, shape, m));
  }
  const auto mean = pool.mean();
  const auto parts = study.finish(1, {.resamples = 0}).back();
  ASSERT_EQ(parts.definition, "log");
  for (std::size_t row = 0; row < 15; ++row) {
    const auto own = static_cast<double>(mean[row * 3 + static_cast<std::size_t>(labels[row])]);
    EXPECT_NEAR(parts.points[row].bias, -std::log(own), 1e-6);
  }
}

TEST(LogPool, NoMemberRulesAClassOutAlone) {
  LogPool pool({Outcome::classes, 1, 2});
  pool.add(std::vector<float>{1, 0});
  pool.add(std::vector<float>{1e-12F, 1});
  EXPECT_THAT(pool.mean(), ElementsAre(FloatEq(0.5F), FloatEq(0.5F)));
  pool.add(std::vector<float>{0, 1});
  EXPECT_GT(pool.mean()[1], 0.999F) << "1 - 1e-4 on paper";
}

TEST(LogPool, OfThousandsOfSureMembersStaysFinite) {
  LogPool pool({Outcome::classes, 1, 3});
  for (int m = 0; m < 5000; ++m) pool.add(std::vector<float>{0, 0, 1});
  EXPECT_THAT(pool.mean(), ElementsAre(FloatEq(1e-12F), FloatEq(1e-12F), 1));
}

TEST(LogPool, ARowThatNobodyPredictedIsNaN) {
  LogPool pool({Outcome::classes, 2, 2});
  pool.add(std::vector<float>{kFloatNaN, kFloatNaN, 0.25F, 0.75F});
  const std::vector<float> expected = {kFloatNaN, kFloatNaN, 0.25F, 0.75F};
  EXPECT_THAT(pool.mean(), testing::Pointwise(NanSensitiveFloatEq(), expected));
}

#ifdef JURY_CONTRACTS
TEST(LogPoolDeathTest, OfValuesBreaksTheContract) { EXPECT_DEATH(LogPool({Outcome::values, 1, 1}), "contract broken"); }
#endif

}  // namespace
}  // namespace jury
