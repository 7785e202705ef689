#include "models/nn/embedding_layer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "gradient_check.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;
using Floats = std::vector<float>;

Config list_of(const std::vector<std::int64_t>& numbers) {
  Config::List items;
  for (const std::int64_t number : numbers) items.emplace_back(Config(number));
  return Config(std::move(items));
}

LayerSpec embedding(const std::vector<std::int64_t>& columns, const std::vector<std::int64_t>& sizes,
                    std::int64_t dim) {
  return {"embedding",
          Config(Config::Table{{"columns", list_of(columns)}, {"sizes", list_of(sizes)}, {"dim", Config(dim)}})};
}
LayerSpec dense(std::int64_t units) { return {"dense", Config(Config::Table{{"units", Config(units)}})}; }

// Codes in the columns 2 and 0 of four.
NetworkSpec small(std::int32_t outputs = 6) {
  return {.task = TaskKind::regression,
          .input = {4},
          .outputs = outputs,
          .head = Head::linear,
          .architecture = "test",
          .layers = {embedding({2, 0}, {3, 5}, 2)}};
}

Floats embedded(const Floats& sample) {
  const NetworkSpec spec = small();
  Plan plan(spec, {.batch = 1});
  const Floats tables = {0.5F, 1, 10.5F, 11, 20.5F, 21, 100, 101, 110, 111, 120, 121, 130, 131, 140, 141};
  plan.bind(tables);
  std::copy(sample.begin(), sample.end(), plan.input().begin());
  plan.run();
  return {plan.output().begin(), plan.output().end()};
}

TEST(EmbeddingLayer, PutsTheOtherInputsFirstAndThenEachCodesNumbers) {
  EXPECT_THAT(embedded({4, -7, 1, 8}), ElementsAre(-7, 8, 10.5F, 11, 140, 141));
  EXPECT_THAT(embedded({0, 0.25F, 2, 9}), ElementsAre(0.25F, 9, 20.5F, 21, 100, 101));
}

TEST(EmbeddingLayer, ACodeOutsideOfItsTableBecomesZeros) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  for (const float code : {-1.0F, 3.0F, 1e30F, nan, infinity, -infinity})
    EXPECT_THAT(embedded({1, 2, code, 4}), ElementsAre(2, 4, 0, 0, 110, 111)) << code;
}

TEST(EmbeddingLayer, TablesAreNamedByTheirPlaceAndStartAtAnExpectedLengthOfOne) {
  NetworkSpec spec = small();
  spec.layers = {embedding({1}, {2000}, 4), dense(6)};
  const auto tensors = layout(spec);
  EXPECT_EQ(tensors[0].name, "0.embedding.table0");
  EXPECT_EQ(tensors[0].shape, Shape({2000, 4}));
  EXPECT_EQ(tensors[0].role, Tensor::Role::weights);
  double squares = 0;
  const Floats weights = Network(spec).initial_weights(3);
  for (std::size_t i = 0; i < 8000; ++i) squares += static_cast<double>(weights[i]) * static_cast<double>(weights[i]);
  EXPECT_NEAR(squares / 2000, 1, 0.08);  // five deviations: sqrt(2 / 8000) each
}

// One step with these codes in the first column.
void run_with(Plan& plan, const Floats& codes) {
  fill_batch(plan, 3);
  const std::size_t inputs = plan.input().size() / codes.size();
  for (std::size_t row = 0; row < codes.size(); ++row) plan.input()[row * inputs] = codes[row];
  plan.run();
}

class EmbeddingGradients : public testing::Test {
 protected:
  void SetUp() override { use_threads(1); }

  const NetworkSpec spec_{.task = TaskKind::regression,
                          .input = {3},
                          .outputs = 2,
                          .head = Head::linear,
                          .architecture = "test",
                          .layers = {embedding({0}, {4}, 3), dense(2)}};
  const PlanOptions options_{.batch = 5, .loss = "mse", .input_gradient = true};
  Plan plan_{spec_, options_};
  Floats params_ = Network(spec_).initial_weights(1), grads_ = Floats(params_.size());
};

// A table's gradient is that of a dense layer on the one-hot codes.
TEST_F(EmbeddingGradients, AddUpOverTheRowsOfACode) {
  plan_.bind(params_, grads_);
  const Floats codes = {1, 3, 1, 1, -1};
  run_with(plan_, codes);
  const std::size_t weights = 4 * 3;  // the dense layer's, (2, 5): the numbers of the code come last
  const Floats values(plan_.output().begin(), plan_.output().end());
  for (std::size_t code = 0; code < 4; ++code)
    for (std::size_t k = 0; k < 3; ++k) {
      double sum = 0;
      for (std::size_t row = 0; row < codes.size(); ++row)
        for (std::size_t o = 0; o < 2; ++o)
          if (codes[row] == static_cast<float>(code)) {
            const double d_value =
                static_cast<double>(plan_.row_weights()[row]) * 2 / 10 *
                (static_cast<double>(values[2 * row + o]) - static_cast<double>(plan_.targets()[2 * row + o]));
            sum += d_value * static_cast<double>(params_[weights + 5 * o + 2 + k]);
          }
      EXPECT_NEAR(static_cast<double>(grads_[3 * code + k]), sum, 1e-6) << code << " " << k;
    }
}

TEST_F(EmbeddingGradients, OfOneStepKnowNothingOfTheStepBefore) {
  plan_.bind(params_, grads_);
  run_with(plan_, {0, 1, 2, 3, 0});
  run_with(plan_, {2, 2, 2, 2, 2});
  const Floats after = grads_;
  std::fill(grads_.begin(), grads_.end(), 0.0F);
  run_with(plan_, {2, 2, 2, 2, 2});
  EXPECT_EQ(grads_, after);
  EXPECT_TRUE(std::all_of(grads_.begin(), grads_.begin() + 6, [](float g) { return g == 0; }));
  EXPECT_NE(grads_[6], 0);
}

TEST_F(EmbeddingGradients, PassThroughToNumbersAndEndAtCodes) {
  NetworkSpec without = spec_;
  without.layers.erase(without.layers.begin());
  without.input = {5};
  Plan plain(without, options_);
  plan_.bind(params_, grads_);
  run_with(plan_, {1, 3, 1, 0, 2});
  Floats dense_params(params_.begin() + 12, params_.end()), dense_grads(dense_params.size());
  plain.bind(dense_params, dense_grads);
  fill_batch(plain, 3);
  for (std::size_t row = 0; row < 5; ++row) {
    std::copy_n(plan_.input().begin() + static_cast<std::ptrdiff_t>(3 * row + 1), 2,
                plain.input().begin() + static_cast<std::ptrdiff_t>(5 * row));
    const auto code = static_cast<std::ptrdiff_t>(plan_.input()[3 * row]);
    std::copy_n(params_.begin() + 3 * code, 3, plain.input().begin() + static_cast<std::ptrdiff_t>(5 * row + 2));
    for (std::size_t o = 0; o < 2; ++o) plain.targets()[2 * row + o] = plan_.targets()[2 * row + o];
    plain.row_weights()[row] = plan_.row_weights()[row];
  }
  plain.run();
  for (std::size_t row = 0; row < 5; ++row) {
    EXPECT_EQ(plan_.d_input()[3 * row], 0);
    EXPECT_EQ(plan_.d_input()[3 * row + 1], plain.d_input()[5 * row]);
    EXPECT_EQ(plan_.d_input()[3 * row + 2], plain.d_input()[5 * row + 1]);
  }
}

TEST_F(EmbeddingGradients, OfAFrozenTableStayZero) {
  NetworkSpec frozen = spec_;
  frozen.layers[0].lr_factor = 0;
  Plan plan(frozen, options_);
  plan.bind(params_, grads_);
  run_with(plan, {0, 1, 2, 3, 0});
  EXPECT_TRUE(std::all_of(grads_.begin(), grads_.begin() + 12, [](float g) { return g == 0; }));
  EXPECT_NE(plan.d_input()[1], 0);
}

TEST_F(EmbeddingGradients, AreThoseOfTheLoss) {
  NetworkSpec spec = small();
  spec.layers.push_back(dense(6));
  expect_gradients(spec, "mse", 7, 2);  // most made-up codes are 0 or none
}

TEST(EmbeddingLayer, WhatDoesNotFitIsRefused) {
  const auto network = [](const LayerSpec& layer, Shape input) {
    NetworkSpec spec = small();
    spec.layers = {layer};
    spec.input = std::move(input);
    return Network(spec);
  };
  const auto fails = [&](const LayerSpec& layer, const Shape& input, const char* message) {
    EXPECT_THAT([&] { network(layer, input); }, ThrowsMessage<ConfigError>(HasSubstr(message)));
  };
  fails(embedding({2, 0}, {3, 5}, 2), {2, 4}, "needs flat samples, is given 2x4");
  fails(embedding({2, 4}, {3, 5}, 2), {4}, "needs the input 4 (columns count from 0), is given 4");
  fails(embedding({}, {}, 2), {4}, "needs columns");
  fails(embedding({1}, {3, 5}, 2), {4}, "1 columns and 2 sizes");
  fails(embedding({1, 3, 1}, {3, 5, 3}, 2), {4}, "column 1 twice");
  fails(embedding({1}, {0}, 2), {4}, "sizes");
  fails(embedding({-1}, {2}, 2), {4}, "columns");
}

}  // namespace
}  // namespace jury
