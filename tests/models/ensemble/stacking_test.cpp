#include "models/ensemble/stacking.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "models/metrics/scores.hpp"
#include "noisy_bases.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

// A weighted loss and its parts by the definition at stack_metas(), of squared metas.
double squared_loss(const NoisyBases& data, const StackModel& model, std::size_t output) {
  double total = 0;
  for (std::size_t row = 0; row < data.rows(); ++row) {
    double s = model.intercepts[output];
    for (std::size_t b = 0; b < model.num_bases; ++b)
      s += model.coefficient(b, output) * static_cast<double>(data.predictions[b][row * data.outputs + output]);
    const double y = data.truth_at(row, output);
    total += (data.weights.empty() ? 1 : static_cast<double>(data.weights[row])) * (y - s) * (y - s);
  }
  return total;
}

class StackLaws : public testing::TestWithParam<std::tuple<std::string, Outcome, std::size_t>> {
 protected:
  NoisyBases data(std::size_t rows, std::uint64_t seed) const {
    return {std::get<1>(GetParam()), rows, std::get<2>(GetParam()), seed};
  }
  std::string meta() const { return std::get<0>(GetParam()); }
};

TEST_P(StackLaws, IsNoWorseThanItsBestBaseWhereItWasFitted) {
  NoisyBases data = this->data(200, 1);
  for (const double noise : {2.0, 1.2, 1.5}) data.add(noise);
  const StackModel model = data.fit(meta(), 1e-3);
  const Metric& metric = find_metric(data.outcome == Outcome::classes ? "brier" : "mse");
  const double reached = score(metric, data.truth(), data.predict(model));
  for (const auto& base : data.predictions) EXPECT_LT(reached, score(metric, data.truth(), base));
  EXPECT_EQ(model.num_rows, 200U);
  EXPECT_TRUE(model.converged);
}

TEST_P(StackLaws, APerfectBaseGetsAllTheWeight) {
  NoisyBases data = this->data(60, 2);
  data.add(1.5);
  data.add(0);
  data.add(2);
  const StackModel model = data.fit(meta(), meta() == "logistic" ? 1e-2 : 0);
  for (std::size_t k = 0; k < data.outputs; ++k) {
    if (meta() == "logistic") {
      EXPECT_GT(model.coefficient(1, k), 5 * std::abs(model.coefficient(0, k)));
      continue;
    }
    EXPECT_NEAR(model.coefficient(0, k), 0, 1e-6);
    EXPECT_NEAR(model.coefficient(1, k), 1, 1e-6);
    EXPECT_NEAR(model.coefficient(2, k), 0, 1e-6);
    EXPECT_NEAR(model.intercepts[k], 0, 1e-5);
  }
  const auto predicted = data.predict(model);
  for (std::size_t i = 0; i < predicted.size(); ++i) EXPECT_NEAR(predicted[i], data.predictions[1][i], 0.02);
}

TEST_P(StackLaws, OneBaseIsEnough) {
  NoisyBases data = this->data(80, 3);
  data.add(1);
  EXPECT_THAT(data.predict(data.fit(meta())), testing::Each(testing::Truly([](float f) { return std::isfinite(f); })));
}

TEST_P(StackLaws, EqualBasesAreWorthOne) {
  NoisyBases data = this->data(80, 4), doubled = this->data(80, 4);
  data.add(3);
  doubled.add(3);
  doubled.predictions.push_back(doubled.predictions[0]);
  const auto once = data.predict(data.fit(meta(), 0)), twice = doubled.predict(doubled.fit(meta(), 0));
  const StackModel model = doubled.fit(meta(), 0);
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_NEAR(once[i], twice[i], 1e-5);
  for (const double b : model.coefficients) EXPECT_LT(std::abs(b), 10);
  const bool first_counts = meta() == "nnls";
  EXPECT_NEAR(model.coefficient(1, 0), first_counts ? 0 : model.coefficient(0, 0), 1e-6) << "otherwise they share";
}

TEST_P(StackLaws, LeavesOutRowsThatABaseDidNotPredict) {
  NoisyBases data = this->data(80, 5), fewer = this->data(80, 5);
  for (NoisyBases* both : {&data, &fewer})
    for (const double noise : {1.0, 1.5}) both->add(noise);
  data.predictions[1][3 * data.outputs] = kFloatNaN;
  data.predictions[0][7 * data.outputs] = std::numeric_limits<float>::infinity();
  fewer.weights.assign(80, 1.0F);
  fewer.weights[3] = fewer.weights[7] = 0;
  StackModel model = data.fit(meta()), expected = fewer.fit(meta());
  EXPECT_EQ(model, expected);
  EXPECT_EQ(model.num_rows, 78U);
  const auto predicted = data.predict(model);
  for (std::size_t row = 0; row < 80; ++row)
    EXPECT_EQ(is_predicted(row_of(predicted, row, data.outputs)), row != 3 && row != 7) << row;
}

TEST_P(StackLaws, AWeightOfTwoIsARowTwice) {
  NoisyBases weighted = this->data(50, 6), repeated = this->data(50, 6);
  for (NoisyBases* both : {&weighted, &repeated})
    for (const double noise : {3.0, 4.0}) both->add(noise);
  weighted.weights.assign(50, 1.0F);
  weighted.weights[0] = 2;
  if (weighted.outcome == Outcome::classes) repeated.labels.push_back(repeated.labels[0]);
  const std::size_t outputs = repeated.outputs;
  for (std::size_t k = 0; k < outputs && weighted.outcome == Outcome::values; ++k)
    repeated.values.push_back(repeated.values[k]);
  for (auto& base : repeated.predictions)
    for (std::size_t k = 0; k < outputs; ++k) base.push_back(base[k]);
  const StackModel a = weighted.fit(meta(), 0), b = repeated.fit(meta(), 0);
  for (std::size_t i = 0; i < a.coefficients.size(); ++i) EXPECT_NEAR(a.coefficients[i], b.coefficients[i], 1e-7);
}

TEST_P(StackLaws, ReadsBackWhatItWroteAndHasTheSameBitsAgain) {
  NoisyBases data = this->data(40, 7);
  for (const double noise : {1.0, 1.5}) data.add(noise);
  const StackModel model = data.fit(meta());
  EXPECT_EQ(data.fit(meta()), model);
  ByteWriter writer;
  model.save(writer);
  ByteReader reader(writer.bytes());
  EXPECT_EQ(StackModel::load(reader), model);
  EXPECT_TRUE(reader.empty());
  for (std::size_t size = 0; size < writer.bytes().size(); ++size) {
    ByteReader torn(std::span(writer.bytes()).first(size));
    EXPECT_THROW(StackModel::load(torn), DataError);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Metas, StackLaws,
    testing::Values(std::tuple{"linear", Outcome::values, 1}, std::tuple{"linear", Outcome::values, 3},
                    std::tuple{"linear", Outcome::classes, 3}, std::tuple{"ridge", Outcome::values, 2},
                    std::tuple{"ridge", Outcome::classes, 2}, std::tuple{"nnls", Outcome::values, 2},
                    std::tuple{"nnls", Outcome::classes, 3}, std::tuple{"logistic", Outcome::classes, 2},
                    std::tuple{"logistic", Outcome::classes, 4}),
    [](const auto& test) {
      return std::get<0>(test.param) + (std::get<1>(test.param) == Outcome::classes ? "_classes_" : "_values_") +
             std::to_string(std::get<2>(test.param));
    });

// The derivative of loss + ridge * variance of the target * |b|^2 is 0 in every direction.
TEST(Stacking, RidgeIsMeasuredInDeviationsOfTheTarget) {
  NoisyBases data(Outcome::values, 60, 1, 11);
  for (const double noise : {1.0, 2.0}) data.add(noise);
  double mean = 0, variance = 0;
  for (const double y : data.values) mean += y / 60;
  for (const double y : data.values) variance += (y - mean) * (y - mean) / 60;
  const StackModel model = data.fit("ridge", 5);
  const auto objective = [&](double first, double second, double intercept) {
    StackModel moved = model;
    moved.coefficients[0] += first;
    moved.coefficients[1] += second;
    moved.intercepts[0] += intercept;
    double squares = 0;
    for (const double b : moved.coefficients) squares += b * b;
    return squared_loss(data, moved, 0) + 5 * variance * squares;
  };
  EXPECT_NEAR(objective(1e-3, 0, 0), objective(-1e-3, 0, 0), 1e-8);
  EXPECT_NEAR(objective(0, 1e-3, 0), objective(0, -1e-3, 0), 1e-8);
  EXPECT_NEAR(objective(0, 0, 1e-3), objective(0, 0, -1e-3), 1e-8) << "the intercept is not penalised";
}

TEST(Stacking, TheUnitOfATargetDoesNotMatter) {
  for (const char* meta : {"linear", "ridge", "nnls"}) {
    NoisyBases data(Outcome::values, 60, 1, 12), scaled(Outcome::values, 60, 1, 12);
    for (NoisyBases* both : {&data, &scaled})
      for (const double noise : {1.0, 2.0}) both->add(noise);
    for (double& y : scaled.values) y *= 1024;
    for (auto& base : scaled.predictions)
      for (float& f : base) f *= 1024;
    const StackModel a = data.fit(meta, 3), b = scaled.fit(meta, 3);
    for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(a.coefficients[i], b.coefficients[i], 1e-9) << meta;
  }
}

TEST(Stacking, MuchRidgeLeavesTheMeanOfTheTarget) {
  NoisyBases data(Outcome::classes, 40, 2, 13);
  data.add(1);
  const double share = static_cast<double>(std::ranges::count(data.labels, 0)) / 40;
  const auto ridge = data.predict(data.fit("ridge", 1e9)), logistic = data.predict(data.fit("logistic", 1e9));
  EXPECT_NEAR(ridge[0], share, 1e-6);
  EXPECT_NEAR(logistic[0], share, 1e-6);
}

// sum f y / sum f f = (2 + 38) / (4 + 16).
TEST(Stacking, NnlsOfOneBaseIsTheirProductOverItsSquare) {
  NoisyBases data(Outcome::values, 2, 1, 14);
  data.values = {1, 9.5};
  data.predictions = {{2, 4}, {-2, -4}};
  EXPECT_THAT(data.fit("nnls").coefficients, ElementsAre(DoubleNear(2, 1e-12), 0)) << "the other would be negative";
  data.predictions = {{-2, -4}};
  EXPECT_THAT(data.fit("nnls").coefficients, ElementsAre(0));
  EXPECT_THAT(data.predict(data.fit("nnls")), ElementsAre(0, 0)) << "as published";
}

TEST(Stacking, NnlsOfClassesIsAMixtureOfItsBases) {
  NoisyBases data(Outcome::classes, 100, 3, 15);
  for (const double noise : {2.0, 1.0, 1.5}) data.add(noise);
  const StackModel model = data.fit("nnls");
  double sum = 0;
  for (std::size_t b = 0; b < 3; ++b) {
    sum += model.coefficient(b, 0);
    for (std::size_t k = 1; k < 3; ++k) EXPECT_EQ(model.coefficient(b, k), model.coefficient(b, 0));
  }
  const auto predicted = data.predict(model);
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    double expected = 0;
    for (std::size_t b = 0; b < 3; ++b)
      expected += model.coefficient(b, 0) / sum * static_cast<double>(data.predictions[b][i]);
    EXPECT_NEAR(predicted[i], expected, 1e-6);
  }
}

TEST(Stacking, AutoSuitsTheOutcome) {
  NoisyBases classes(Outcome::classes, 20, 2, 17), values(Outcome::values, 20, 1, 18);
  classes.add(1);
  values.add(1);
  EXPECT_EQ(classes.fit("auto").meta, "logistic");
  EXPECT_EQ(values.fit("auto").meta, "nnls");
}

TEST(Stacking, EveryMetaOfTheOptionsIsInTheTable) {
  StackOptions options;
  std::vector<std::string_view> known = {"auto"};
  for (const StackMeta& meta : stack_metas()) known.push_back(meta.name);
  StackOptions::fields(options, [&](std::string_view name, auto&, const Field& field) {
    if (name != "meta") return;
    EXPECT_THAT(field.choices, testing::UnorderedElementsAreArray(known));
  });
}

TEST(Stacking, OfNormalsIsFittedOnTheMeans) {
  NoisyBases data(Outcome::values, 30, 1, 19);
  for (const double noise : {1.0, 2.0}) data.add(noise);
  std::vector<std::vector<float>> normals;
  for (const auto& base : data.predictions) {
    auto& wide = normals.emplace_back();
    for (const float f : base) wide.insert(wide.end(), {f, 5});
  }
  Truth truth = data.truth();
  truth.kind = ValueKind::means_and_variances;
  const std::vector<Predictions> bases(normals.begin(), normals.end());
  const StackModel model = fit_stack({.meta = "linear"}, truth, bases);
  EXPECT_EQ(model.coefficients, data.fit("linear").coefficients);
  EXPECT_EQ(predict_stack(model, bases).size(), 60U);
}

TEST(Stacking, RefusesWhatItCannotDo) {
  NoisyBases data(Outcome::values, 10, 1, 20);
  data.add(1);
  EXPECT_THAT([&] { data.fit("logistic"); }, ThrowsMessage<ConfigError>(HasSubstr("does not apply to regression")));
  EXPECT_THAT([&] { data.fit("rigde"); }, ThrowsMessage<ConfigError>(HasSubstr("did you mean 'ridge'")));
  Truth quantiles = data.truth();
  quantiles.kind = ValueKind::quantiles;
  EXPECT_THAT([&] { fit_stack({}, quantiles, data.spans()); },
              ThrowsMessage<ConfigError>(HasSubstr("does not apply to quantiles")));
  data.add(1);
  std::ranges::fill(data.predictions[1], kFloatNaN);
  EXPECT_THAT([&] { data.fit("auto"); }, ThrowsMessage<DataError>(HasSubstr("no row to be fitted on")));
}

}  // namespace
}  // namespace jury
