// The table of layers and the laws that each of them obeys. A new layer adds a line (or one for each way
// it can go), and its reference to naive_layers.hpp or one of its kind.
#include <gtest/gtest.h>

#include <cmath>

#include "layer_rig.hpp"
#include "naive_conv.hpp"
#include "naive_joins.hpp"
#include "naive_layers.hpp"
#include "naive_recurrent.hpp"
#include "naive_spatial_layers.hpp"
#include "vector_sets.hpp"

namespace jury {
namespace {

// Name, layer, shapes of its inputs (at most 166 values each), reference.
const std::vector<LayerCase>& table() {
  static const std::vector<LayerCase> all{
      {"DenseIdentity", {"dense", options({{"units", 4}})}, {{5}}, naive_dense},
      {"DenseRelu", {"dense", options({{"units", 4}, {"activation", "relu"}})}, {{5}}, naive_dense},
      {"DenseTanh", {"dense", options({{"units", 9}, {"activation", "tanh"}})}, {{5}}, naive_dense},
      {"DenseSigmoid", {"dense", options({{"units", 17}, {"activation", "sigmoid"}})}, {{5}}, naive_dense},
      {"DenseLeakyRelu", {"dense", options({{"units", 9}, {"activation", "leaky_relu"}})}, {{5}}, naive_dense},
      {"DenseElu", {"dense", options({{"units", 9}, {"activation", "elu"}})}, {{5}}, naive_dense},
      {"DenseGelu", {"dense", options({{"units", 9}, {"activation", "gelu"}})}, {{5}}, naive_dense},
      {"DenseSwish", {"dense", options({{"units", 9}, {"activation", "swish"}})}, {{5}}, naive_dense},
      {"DenseSoftplus", {"dense", options({{"units", 9}, {"activation", "softplus"}})}, {{5}}, naive_dense},
      {"DenseSoftsign", {"dense", options({{"units", 9}, {"activation", "softsign"}})}, {{5}}, naive_dense},
      {"DenseWithoutBias", {"dense", options({{"units", 4}, {"bias", false}})}, {{5}}, naive_dense},
      {"DenseGeluWithoutBias",
       {"dense", options({{"units", 9}, {"bias", false}, {"activation", "gelu"}})},
       {{5}},
       naive_dense},
      {"Conv", {"conv", options({{"channels", 4}})}, {{3, 4, 5}}, naive_conv},
      {"ConvOfSequences", {"conv", options({{"channels", 9}})}, {{3, 7}}, naive_conv},
      {"ConvOfVolumes", {"conv", options({{"channels", 2}})}, {{2, 2, 3, 3}}, naive_conv},
      {"ConvWithStride", {"conv", options({{"channels", 4}, {"stride", 2}})}, {{3, 5, 6}}, naive_conv},
      {"ConvOfSequencesWithStride",
       {"conv", options({{"channels", 3}, {"kernel", 4}, {"stride", 3}})},
       {{2, 11}},
       naive_conv},
      {"ConvOfVolumesWithLists",
       {"conv", options({{"channels", 3}, {"kernel", {1, 2, 3}}, {"stride", {1, 2, 1}}, {"padding", {0, 1, 2}}})},
       {{2, 2, 3, 3}},
       naive_conv},
      {"ConvWithLists",
       {"conv", options({{"channels", 3}, {"kernel", {1, 5}}, {"stride", {2, 1}}, {"padding", {0, 2}}})},
       {{2, 4, 5}},
       naive_conv},
      {"ConvValid", {"conv", options({{"channels", 3}, {"padding", "valid"}})}, {{2, 4, 5}}, naive_conv},
      {"ConvPadded", {"conv", options({{"channels", 3}, {"padding", 2}})}, {{2, 3, 4}}, naive_conv},
      {"ConvEven", {"conv", options({{"channels", 3}, {"kernel", 2}})}, {{2, 3, 4}}, naive_conv},
      {"ConvOfSixteen", {"conv", options({{"channels", 16}})}, {{8, 4, 5}}, naive_conv},
      {"ConvOfSixteenWithStride",
       {"conv", options({{"channels", 32}, {"stride", 2}, {"padding", {2, 0}}})},
       {{8, 4, 5}},
       naive_conv},
      {"ConvOfOnePlace", {"conv", options({{"channels", 17}, {"kernel", 1}})}, {{9, 2, 3}}, naive_conv},
      {"ConvInGroups", {"conv", options({{"channels", 6}, {"groups", 2}})}, {{4, 3, 4}}, naive_conv},
      {"ConvInGroupsOfEight",
       {"conv", options({{"channels", 16}, {"groups", 2}, {"kernel", 1}})},
       {{16, 2, 3}},
       naive_conv},
      {"ConvByChannel", {"conv", options({{"channels", 8}, {"groups", 8}})}, {{8, 3, 4}}, naive_conv},
      {"ConvOfSequencesInGroups", {"conv", options({{"channels", 6}, {"groups", 3}})}, {{3, 6}}, naive_conv},
      {"ConvWithoutBias", {"conv", options({{"channels", 3}, {"bias", false}})}, {{2, 4, 4}}, naive_conv},
      {"ConvTanhWithoutBias",
       {"conv", options({{"channels", 3}, {"bias", false}, {"activation", "tanh"}})},
       {{2, 4, 4}},
       naive_conv},
      {"ConvRelu", {"conv", options({{"channels", 3}, {"activation", "relu"}})}, {{2, 3, 4}}, naive_conv},
      {"ConvTanh", {"conv", options({{"channels", 3}, {"activation", "tanh"}})}, {{2, 3, 4}}, naive_conv},
      {"ConvSigmoid", {"conv", options({{"channels", 3}, {"activation", "sigmoid"}})}, {{2, 3, 4}}, naive_conv},
      {"ConvLeakyRelu", {"conv", options({{"channels", 3}, {"activation", "leaky_relu"}})}, {{2, 3, 4}}, naive_conv},
      {"ConvElu", {"conv", options({{"channels", 3}, {"activation", "elu"}})}, {{2, 3, 4}}, naive_conv},
      {"ConvGelu", {"conv", options({{"channels", 3}, {"activation", "gelu"}})}, {{2, 3, 4}}, naive_conv},
      {"ConvSwish", {"conv", options({{"channels", 3}, {"activation", "swish"}})}, {{2, 3, 4}}, naive_conv},
      {"ConvSoftplus", {"conv", options({{"channels", 3}, {"activation", "softplus"}})}, {{2, 3, 4}}, naive_conv},
      {"ConvSoftsign", {"conv", options({{"channels", 3}, {"activation", "softsign"}})}, {{2, 3, 4}}, naive_conv},
      {"ConvSwishInGroups",
       {"conv", options({{"channels", 4}, {"groups", 2}, {"activation", "swish"}})},
       {{2, 3, 4}},
       naive_conv},
      {"Flatten", {"flatten", options({})}, {{3, 4, 5}}, naive_flatten},
      {"FlattenOfManyChannels", {"flatten", options({})}, {{17, 2, 3}}, naive_flatten},
      {"FlattenOfSequences", {"flatten", options({})}, {{5, 9}}, naive_flatten},
      {"FlattenOfVolumes", {"flatten", options({})}, {{3, 2, 3, 4}}, naive_flatten},
      {"FlattenOfFlat", {"flatten", options({})}, {{13}}, naive_flatten},
      {"Add", {"add", options({})}, {{3, 4, 5}, {3, 4, 5}}, naive_add},
      {"AddOfThree", {"add", options({})}, {{11}, {11}, {11}}, naive_add},
      {"Concat", {"concat", options({})}, {{3, 2, 3}, {5, 2, 3}}, naive_concat},
      {"ConcatOfThree", {"concat", options({})}, {{4}, {1}, {9}}, naive_concat},
      {"Scale", {"scale", options({})}, {{6, 2, 3}, {6}}, naive_scale},
      {"ScaleOfSequences", {"scale", options({})}, {{17, 4}, {17}}, naive_scale},
      {"ScaleOfFlat", {"scale", options({})}, {{5}, {5}}, naive_scale},
      {"BatchNorm", {"batch_norm", options({})}, {{5, 3, 4}}, naive_batch_norm, 0, LayerCase::Frozen::as_in_inference},
      {"BatchNormRelu",
       {"batch_norm", options({{"activation", "relu"}, {"epsilon", 0.01}})},
       {{5, 2, 2}},
       naive_batch_norm,
       0,
       LayerCase::Frozen::as_in_inference},
      {"BatchNormOfManyChannels",
       {"batch_norm", options({})},
       {{17, 2, 3}},
       naive_batch_norm,
       0,
       LayerCase::Frozen::as_in_inference},
      {"BatchNormOfFlat",
       {"batch_norm", options({{"epsilon", 0.1}})},
       {{5}},
       naive_batch_norm,
       0,
       LayerCase::Frozen::as_in_inference},
      {"BatchNormOfSequences",
       {"batch_norm", options({})},
       {{8, 5}},
       naive_batch_norm,
       0,
       LayerCase::Frozen::as_in_inference},
      {"Embedding", {"embedding", options({{"columns", {1}}, {"sizes", {4}}, {"dim", 3}})}, {{3}}, naive_embedding, 4},
      {"EmbeddingOfUnknownCodes",
       {"embedding", options({{"columns", {4, 0}}, {"sizes", {3, 5}}, {"dim", 2}})},
       {{6}},
       naive_embedding,
       5},
      {"Lstm", {"lstm", options({{"units", 5}})}, {{3, 3}}, naive_lstm},
      {"LstmOfAllSteps", {"lstm", options({{"units", 3}, {"return", "all"}})}, {{2, 3}}, naive_lstm},
      {"LstmBothWays", {"lstm", options({{"units", 2}, {"bidirectional", true}, {"layers", 2}})}, {{2, 3}}, naive_lstm},
      {"Gru", {"gru", options({{"units", 5}})}, {{3, 4}}, naive_gru},
      {"GruOfAllSteps", {"gru", options({{"units", 3}, {"return", "all"}, {"layers", 2}})}, {{2, 3}}, naive_gru},
      {"GruBothWays",
       {"gru", options({{"units", 3}, {"bidirectional", true}, {"return", "all"}})},
       {{2, 4}},
       naive_gru},
      {"Dropout", {"dropout", options({{"rate", 0.4}})}, {{5}}, naive_dropout},
      {"DropoutOfImages", {"dropout", options({{"rate", 0.4}})}, {{3, 4, 5}}, naive_dropout},
      {"Dropout2d", {"dropout2d", options({{"rate", 0.4}})}, {{11, 3, 2}}, naive_dropout2d},
      {"Dropout2dOfManyChannels", {"dropout2d", options({})}, {{83, 2}}, naive_dropout2d},
      {"Dropout2dOfSequences", {"dropout2d", options({{"rate", 0.7}})}, {{8, 5}}, naive_dropout2d},
      {"GaussianNoise", {"gaussian_noise", options({{"deviation", 0.3}})}, {{3, 4, 5}}, naive_gaussian_noise},
      {"ActivationRelu", {"activation", options({})}, {{3, 4, 5}}, naive_activation_layer},
      {"ActivationTanh", {"activation", options({{"kind", "tanh"}})}, {{17}}, naive_activation_layer},
      {"ActivationSigmoid", {"activation", options({{"kind", "sigmoid"}})}, {{17}}, naive_activation_layer},
      {"ActivationIdentity", {"activation", options({{"kind", "identity"}})}, {{17}}, naive_activation_layer},
      {"ActivationLeakyRelu", {"activation", options({{"kind", "leaky_relu"}})}, {{17}}, naive_activation_layer},
      {"ActivationElu", {"activation", options({{"kind", "elu"}})}, {{17}}, naive_activation_layer},
      {"ActivationGelu", {"activation", options({{"kind", "gelu"}})}, {{17}}, naive_activation_layer},
      {"ActivationSwish", {"activation", options({{"kind", "swish"}})}, {{17}}, naive_activation_layer},
      {"ActivationSoftplus", {"activation", options({{"kind", "softplus"}})}, {{17}}, naive_activation_layer},
      {"ActivationSoftsign", {"activation", options({{"kind", "softsign"}})}, {{17}}, naive_activation_layer},
      {"MaxPool", {"max_pool", options({})}, {{5, 4, 6}}, naive_max_pool},
      {"MaxPoolOverlapping", {"max_pool", options({{"size", 3}, {"stride", 2}})}, {{2, 8, 9}}, naive_max_pool},
      {"MaxPoolPadded",
       {"max_pool", options({{"size", {3, 2}}, {"stride", 1}, {"padding", {1, 0}}})},
       {{9, 4, 4}},
       naive_max_pool},
      {"MaxPoolWithGaps", {"max_pool", options({{"size", 1}, {"stride", 3}})}, {{8, 4, 5}}, naive_max_pool},
      {"MaxPoolOfSequences", {"max_pool", options({{"size", 3}, {"stride", 1}})}, {{16, 7}}, naive_max_pool},
      {"MaxPoolOfVolumes",
       {"max_pool", options({{"size", {1, 2, 3}}, {"padding", {0, 1, 1}}})},
       {{2, 3, 4, 5}},
       naive_max_pool},
      {"AveragePool", {"average_pool", options({})}, {{5, 4, 6}}, naive_average_pool},
      {"AveragePoolOverlapping",
       {"average_pool", options({{"size", 3}, {"stride", 2}})},
       {{2, 8, 9}},
       naive_average_pool},
      {"AveragePoolPadded",
       {"average_pool", options({{"size", {3, 2}}, {"stride", 1}, {"padding", {2, 1}}})},
       {{9, 4, 4}},
       naive_average_pool},
      {"AveragePoolOfSequences",
       {"average_pool", options({{"size", 3}, {"stride", 2}})},
       {{16, 8}},
       naive_average_pool},
      {"AveragePoolOfVolumes",
       {"average_pool", options({{"size", {1, 2, 3}}, {"padding", {0, 1, 1}}})},
       {{2, 3, 4, 5}},
       naive_average_pool},
      {"GlobalAveragePool", {"global_pool", options({})}, {{9, 3, 4}}, naive_global_pool},
      {"GlobalMaxPool", {"global_pool", options({{"kind", "max"}})}, {{9, 3, 4}}, naive_global_pool},
      {"GlobalMaxPoolOfSequences", {"global_pool", options({{"kind", "max"}})}, {{4, 9}}, naive_global_pool},
      {"LocalResponseNorm",
       {"local_response_norm", options({{"alpha", 2.0}})},
       {{11, 3, 2}},
       naive_local_response_norm},
      {"LocalResponseNormEven",
       {"local_response_norm", options({{"size", 4}, {"alpha", 1.5}, {"beta", 0.6}, {"k", 2}})},
       {{16, 4}},
       naive_local_response_norm},
      {"LocalResponseNormWide",
       {"local_response_norm", options({{"size", 9}, {"alpha", 3.0}})},
       {{3, 2, 2, 2}},
       naive_local_response_norm},
      {"LayerNorm", {"layer_norm", options({})}, {{13}}, naive_layer_norm},
      {"LayerNormOfImages", {"layer_norm", options({{"epsilon", 0.01}})}, {{9, 3, 2}}, naive_layer_norm},
      {"LayerNormOfSequences", {"layer_norm", options({})}, {{16, 4}}, naive_layer_norm},
  };
  return all;
}

class EveryLayer : public testing::TestWithParam<LayerCase> {
 protected:
  void expect_naive(PlanKind kind, std::size_t rows) const;
  void expect_slopes_of_all(std::size_t rows) const;
  std::vector<PlanKind> kinds() const {
    if (make_layer(GetParam().layer)->runs() != Layer::Runs::always) return {PlanKind::training};
    return {PlanKind::training, PlanKind::inference};
  }
  std::size_t least_rows() const {
    return static_cast<std::size_t>(make_layer(GetParam().layer)->least_rows(GetParam().srcs.front()));
  }
};
INSTANTIATE_TEST_SUITE_P(Table, EveryLayer, testing::ValuesIn(table()),
                         [](const auto& test) { return test.param.name; });

void EveryLayer::expect_naive(PlanKind kind, std::size_t rows) const {
  LayerRig rig(GetParam(), {.rows = rows, .kind = kind});
  const Values expected = rig.naive();
  ASSERT_EQ(rig.dst_shape, expected.shape);
  rig.run();
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t c = 0; c < expected.channels(); ++c)
      for (std::size_t p = 0; p < expected.places(); ++p) {
        const double want = expected.at(row, c, p);
        EXPECT_NEAR(static_cast<double>(rig.dst[expected.index_in_plan(row, c, p)]), want, 1e-5 * (1 + std::abs(want)))
            << "row " << row << " channel " << c << " place " << p;
      }
}

TEST_P(EveryLayer, IsTheNaiveOne) {
  for_each_vector_set([&] {
    for (const PlanKind kind : kinds())
      for (const std::size_t rows : {least_rows(), std::size_t{3}}) expect_naive(kind, rows);
  });
}

// Sums of products in float carry about 1e-7 of error, so with a step of 1/512 a difference quotient
// carries 1e-4 of it; 1e-3 is wrong by nothing but a bug or a kink.
void expect_slopes(LayerRig& rig, std::vector<float>& at, const std::vector<float>& gradient, const std::string& name) {
  constexpr float kStep = 1.0F / 512;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const float before = at[i], up = before + kStep, down = before - kStep;
    at[i] = up;
    const double above = rig.objective();
    at[i] = down;
    const double slope = (above - rig.objective()) / (static_cast<double>(up) - static_cast<double>(down));
    at[i] = before;
    EXPECT_NEAR(static_cast<double>(gradient[i]), slope, 1e-3 * (1 + std::abs(slope))) << name << " [" << i << "]";
  }
}

void EveryLayer::expect_slopes_of_all(std::size_t rows) const {
  LayerRig rig(GetParam(), {.rows = rows});
  rig.run();
  const auto grads = rig.grads, d_srcs = rig.d_srcs;
  for (std::size_t i = 0; i < grads.size(); ++i) {
    if (rig.tensors[i].role == Tensor::Role::buffer)
      EXPECT_EQ(grads[i], std::vector<float>(grads[i].size())) << rig.tensors[i].name;
    else
      expect_slopes(rig, rig.params[i], grads[i], rig.tensors[i].name);
  }
  for (std::size_t k = 0; k < d_srcs.size(); ++k)
    expect_slopes(rig, rig.srcs[k], d_srcs[k], "d_src " + std::to_string(k));
}

TEST_P(EveryLayer, ItsGradientsAreItsSlopes) {
  expect_slopes_of_all(least_rows());
  for_each_vector_set([&] { expect_slopes_of_all(3); });
}

TEST_P(EveryLayer, ComputesNoGradientThatIsNotWanted) {
  const std::size_t rows = std::max<std::size_t>(least_rows(), 2);
  LayerRig whole(GetParam(), {.rows = rows}), frozen(GetParam(), {.rows = rows, .trains = false});
  LayerRig first(GetParam(), {.rows = rows, .needs_d_src = false});
  whole.run();
  frozen.run();
  first.run();
  for (const auto& gradient : frozen.grads) EXPECT_EQ(gradient, std::vector<float>(gradient.size()));
  EXPECT_EQ(frozen.after, frozen.params);
  if (GetParam().frozen == LayerCase::Frozen::as_in_training) {
    EXPECT_EQ(frozen.dst, whole.dst);
    EXPECT_EQ(frozen.d_srcs, whole.d_srcs);
  } else {
    LayerRig inference(GetParam(), {.rows = rows, .kind = PlanKind::inference});
    inference.run();
    EXPECT_EQ(frozen.dst, inference.dst);
    EXPECT_NE(frozen.dst, whole.dst);
  }
  EXPECT_EQ(first.dst, whole.dst);
  EXPECT_EQ(first.grads, whole.grads);
}

TEST_P(EveryLayer, ItsGradientsAreItsSlopesWhereItIsFrozen) {
  LayerRig rig(GetParam(), {.rows = std::max<std::size_t>(least_rows(), 2), .trains = false});
  rig.run();
  const auto d_srcs = rig.d_srcs;
  for (std::size_t k = 0; k < d_srcs.size(); ++k)
    expect_slopes(rig, rig.srcs[k], d_srcs[k], "d_src " + std::to_string(k));
}

TEST_P(EveryLayer, KeepsNothingFromRunToRun) {
  const std::size_t rows = std::max<std::size_t>(least_rows(), 2);
  LayerRig rig(GetParam(), {.rows = rows}), fresh(GetParam(), {.rows = rows});
  fresh.run();
  const auto srcs = rig.srcs;
  for (auto& src : rig.srcs) std::reverse(src.begin(), src.end());
  rig.run();
  rig.srcs = srcs;
  rig.run();
  EXPECT_EQ(rig.dst, fresh.dst);
  EXPECT_EQ(rig.grads, fresh.grads);
  EXPECT_EQ(rig.d_srcs, fresh.d_srcs);
}

TEST(Layers, RunningStatisticsMoveTowardsThoseOfTheBatch) {
  const LayerCase test{"", {"batch_norm", options({{"momentum", 0.25}})}, {{5, 3, 2}}, naive_batch_norm};
  for (const std::size_t rows : {std::size_t{1}, std::size_t{4}}) {
    LayerRig rig(test, {.rows = rows});
    rig.run();
    const Values shaped(test.srcs.front(), rows);
    const Values src = filled(shaped, [&](std::size_t row, std::size_t c, std::size_t p) {
      return static_cast<double>(rig.srcs[0][shaped.index_in_plan(row, c, p)]);
    });
    const double count = static_cast<double>(rows) * 6;
    for (std::size_t c = 0; c < 5; ++c) {
      const NaiveStatistics batch(src, c);
      const auto param = [&](const std::vector<std::vector<float>>& of, std::size_t k) {
        return static_cast<double>(of[k][c]);
      };
      EXPECT_NEAR(param(rig.after, 2), 0.75 * param(rig.params, 2) + 0.25 * batch.mean, 1e-6);
      EXPECT_NEAR(param(rig.after, 3), 0.75 * param(rig.params, 3) + 0.25 * batch.variance * count / (count - 1), 1e-6);
      EXPECT_EQ(rig.after[0], rig.params[0]);
      EXPECT_EQ(rig.after[1], rig.params[1]);
    }
    LayerRig inference(test, {.rows = rows, .kind = PlanKind::inference});
    inference.run();
    EXPECT_EQ(inference.after, inference.params);
  }
}

TEST(Layers, AllHaveALineInTheTable) {
  for (const auto& entry : layers())
    EXPECT_TRUE(std::ranges::any_of(table(), [&](const LayerCase& line) { return line.layer.type == entry.name; }))
        << entry.name;
}

}  // namespace
}  // namespace jury
