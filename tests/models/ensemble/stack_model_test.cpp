#include "models/ensemble/stack_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "noisy_bases.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

TEST(StackModel, OfClassesPredictsProbabilities) {
  for (const StackMeta& meta : stack_metas()) {
    NoisyBases data(Outcome::classes, 30, 3, 16);
    for (const double noise : {0.1, 5.0}) data.add(noise);
    StackModel model = data.fit(std::string(meta.name), 0.1);
    for (double& b : model.coefficients) b = b * 5 - 1;  // far from where it was fitted
    const auto predicted = data.predict(model);
    for (std::size_t row = 0; row < 30; ++row) {
      double sum = 0;
      for (const float p : row_of(predicted, row, 3)) {
        EXPECT_GE(p, 0);
        EXPECT_LE(p, 1);
        sum += static_cast<double>(p);
      }
      EXPECT_NEAR(sum, 1, 1e-6) << meta.name;
    }
    if (meta.name == "logistic") continue;
    std::ranges::fill(model.coefficients, 0);
    std::ranges::fill(model.intercepts, -1);
    EXPECT_THAT(data.predict(model), testing::Each(testing::FloatEq(1.0F / 3))) << "nothing to divide";
  }
}

TEST(StackModel, LogisticOfEqualCoefficientsIsTheLogPool) {
  const StackModel model{
      .meta = "logistic", .num_bases = 2, .num_outputs = 2, .coefficients = {0.5, 0.5, 0.5, 0.5}, .intercepts = {0, 0}};
  const std::vector<float> first = {0.9F, 0.1F}, second = {0.5F, 0.5F};
  const std::vector<Predictions> bases = {first, second};
  EXPECT_THAT(predict_stack(model, bases), ElementsAre(testing::FloatEq(0.75F), testing::FloatEq(0.25F)));
}

// Means 2 and 4 of variances 1 and 3, coefficients 1/4 and 1/4 and an intercept of 1: mean 2.5.
TEST(StackModel, OfNormalsHasTheVarianceOfTheMixtureAboutItsMean) {
  StackModel model{.meta = "linear",
                   .outcome = Outcome::values,
                   .kind = ValueKind::means_and_variances,
                   .num_bases = 2,
                   .num_outputs = 1,
                   .coefficients = {0.25, 0.25},
                   .intercepts = {1}};
  const std::vector<float> first = {2, 1}, second = {4, 3};
  const std::vector<Predictions> bases = {first, second};
  EXPECT_THAT(predict_stack(model, bases), ElementsAre(2.5F, 0.5F * (1 + 0.25F) + 0.5F * (3 + 2.25F)));
  model.coefficients = {0.5, -1};
  EXPECT_THAT(predict_stack(model, bases), ElementsAre(-2, 1 + 16)) << "negative ones have no share";
  model.coefficients = {0, -0.5};
  EXPECT_THAT(predict_stack(model, bases), ElementsAre(-1, 0.5F * (1 + 9) + 0.5F * (3 + 25)));
}

TEST(StackModel, StaysWithinWhatTheKindOfPredictionsAllows) {
  StackModel model{.meta = "linear",
                   .outcome = Outcome::values,
                   .kind = ValueKind::rates,
                   .num_bases = 1,
                   .num_outputs = 1,
                   .coefficients = {1},
                   .intercepts = {-1}};
  const std::vector<float> base = {0.5F, 3};
  const std::vector<Predictions> bases = {base};
  EXPECT_THAT(predict_stack(model, bases), ElementsAre(1e-12F, 2));
  model.kind = ValueKind::probabilities;
  EXPECT_THAT(predict_stack(model, bases), ElementsAre(0, 1));
  model.kind = ValueKind::values;
  EXPECT_THAT(predict_stack(model, bases), ElementsAre(-0.5F, 2));
}

TEST(StackModel, ADamagedModelIsADataError) {
  const auto load = [](const StackModel& model) {
    ByteWriter writer;
    model.save(writer);
    ByteReader reader(writer.bytes());
    return StackModel::load(reader);
  };
  const StackModel good{
      .meta = "linear", .num_bases = 2, .num_outputs = 2, .coefficients = {1, 2, 3, 4}, .intercepts = {0, 0}};
  EXPECT_EQ(load(good), good);
  StackModel bad = good;
  bad.num_bases = std::size_t{1} << 63;  // times 2 it would be 0
  bad.coefficients.clear();
  EXPECT_THROW(load(bad), DataError);
  bad = good;
  bad.intercepts.pop_back();
  EXPECT_THROW(load(bad), DataError);
  bad = good;
  bad.kind = static_cast<ValueKind>(99);
  EXPECT_THROW(load(bad), DataError);
  bad = good;
  bad.meta = "forest";
  EXPECT_THROW(load(bad), DataError);
}

}  // namespace
}  // namespace jury
