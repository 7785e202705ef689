// Known answers, edges and misuse of pooling, normalisation, channel dropout, noise and activations;
// layers_test.cpp has their references and gradients.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "gradient_check.hpp"
#include "layer_rig.hpp"
#include "models/nn/layer_norm_kernels.hpp"
#include "naive_layers.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Shape output(const LayerSpec& layer, const Shape& src) { return make_layer(layer)->output(std::vector<Shape>{src}); }

// Throws what Network throws of a layer that is given `src`.
void place(const LayerSpec& layer, const Shape& src) { static_cast<void>(output(layer, src)); }

struct Result {
  std::vector<float> dst, d_src;
};
Result run(const LayerSpec& layer, const Shape& src, const std::vector<float>& values) {
  const LayerCase test{"", layer, {src}};
  LayerRig rig(test, {.rows = 1});
  rig.srcs = {values};
  rig.run();
  return {rig.dst, rig.d_srcs.front()};
}

TEST(Pool, DropsWhatDoesNotFillAWindow) {
  EXPECT_THAT(output({"max_pool", options({{"size", 2}})}, {3, 28, 29}), ElementsAre(3, 14, 14));
  EXPECT_THAT(output({"max_pool", options({{"size", 3}, {"stride", 2}})}, {64, 55, 55}), ElementsAre(64, 27, 27));
  EXPECT_THAT(output({"max_pool", options({{"size", 3}, {"stride", 2}, {"padding", 1}})}, {64, 112, 112}),
              ElementsAre(64, 56, 56));
  EXPECT_THAT(output({"average_pool", options({{"size", {1, 2}}})}, {4, 5, 6}), ElementsAre(4, 5, 3));
  EXPECT_THAT(output({"average_pool", options({{"size", 2}, {"stride", "size"}})}, {4, 9}), ElementsAre(4, 4));
  EXPECT_EQ(run({"max_pool", options({{"size", 2}})}, {1, 5}, {1, 2, 3, 4, 9}).dst, (std::vector<float>{2, 4}));
}

TEST(Pool, NeitherTakesNorCountsPadding) {
  const LayerSpec max{"max_pool", options({{"size", 3}, {"stride", 2}, {"padding", 1}})};
  EXPECT_EQ(run(max, {1, 3}, {-5, -7, -6}).dst, (std::vector<float>{-5, -6}));
  const LayerSpec average{"average_pool", options({{"size", 3}, {"stride", 2}, {"padding", 1}})};
  EXPECT_EQ(run(average, {1, 3}, {1, 3, 7}).dst, (std::vector<float>{2, 5}));
}

TEST(Pool, GivesTheFirstOfEqualsTheGradient) {
  const Result all_equal = run({"global_pool", options({{"kind", "max"}})}, {1, 4}, {2, 2, 2, 2});
  EXPECT_NE(all_equal.d_src[0], 0);
  EXPECT_THAT(std::vector<float>(all_equal.d_src.begin() + 1, all_equal.d_src.end()), Each(0.0F));
}

TEST(Pool, DoesNotHideANaN) {
  for (const std::vector<float>& values : {std::vector<float>{kFloatNaN, 1, 2}, {1, kFloatNaN, 2}, {1, 2, kFloatNaN}})
    EXPECT_TRUE(std::isnan(run({"max_pool", options({{"size", 3}})}, {1, 3}, values).dst[0]));
}

TEST(Pool, SaysWhatItNeeds) {
  const LayerSpec pool{"max_pool", options({{"size", 3}})};
  EXPECT_THAT(
      [&] {
        place(pool, {8, 2, 2});
      },
      ThrowsMessage<ConfigError>(HasSubstr("needs at least 3x3, is given 2x2")));
  EXPECT_THAT(
      [&] {
        place({"average_pool", options({{"size", {2, 5}}, {"padding", {0, 1}}})}, {8, 2, 2});
      },
      ThrowsMessage<ConfigError>(HasSubstr("needs at least 2x3, is given 2x2")));
  EXPECT_THAT([&] { place(pool, {64}); }, ThrowsMessage<ConfigError>(HasSubstr("needs (channels, width)")));
  EXPECT_THAT([&] { place({"global_pool"}, {64}); }, ThrowsMessage<ConfigError>(HasSubstr("is given 64")));
  EXPECT_THAT([&] { place(pool, {2, 3, 3, 3, 3}); }, ThrowsMessage<ConfigError>(HasSubstr("is given 2x3x3x3x3")));
}

TEST(Pool, RefusesWrongOptions) {
  const auto refuses = [](std::initializer_list<std::pair<const char*, OptionValue>> entries, const char* because) {
    const Config given = options(entries);
    EXPECT_THAT([&] { place({"max_pool", given}, {8, 6, 6}); }, ThrowsMessage<ConfigError>(HasSubstr(because)));
  };
  refuses({{"size", 0}}, "size = 0 is wrong");
  refuses({{"size", {2, 2, 2}}}, "or a list of 2 of them");
  refuses({{"stride", 0}}, "stride = 0 is wrong");
  refuses({{"stride", "sise"}}, "stride = \"sise\" is wrong");
  refuses({{"padding", -1}}, "padding = -1 is wrong");
  refuses({{"padding", 2}}, "padding = 2 is too large (must be smaller than size = 2)");
  refuses({{"kernel", 2}}, "unknown key 'kernel'");
  EXPECT_THAT(
      [] {
        place({"global_pool", options({{"kind", "median"}})}, {8, 6});
      },
      ThrowsMessage<ConfigError>(HasSubstr("must be one of average, max")));
}

TEST(LocalResponseNorm, IsThatOfAlexNet) {
  // AlexNet divides by (2 + 1e-4 sum)^0.75, here alpha is that of the mean.
  const LayerSpec layer{"local_response_norm", options({{"k", 2}, {"alpha", 5e-4}})};
  const auto dst = run(layer, {6, 1}, {10, 20, 30, 40, 50, 60}).dst;
  EXPECT_NEAR(dst[0], 10 / std::pow(2 + 1e-4 * (100 + 400 + 900), 0.75), 1e-5);
  EXPECT_NEAR(dst[3], 40 / std::pow(2 + 1e-4 * (400 + 900 + 1600 + 2500 + 3600), 0.75), 1e-5);
}

TEST(LocalResponseNorm, SaysWhatItNeeds) {
  EXPECT_THAT([] { place({"local_response_norm"}, {64}); }, ThrowsMessage<ConfigError>(HasSubstr("is given 64")));
  EXPECT_THAT(
      [] {
        place({"local_response_norm", options({{"k", 0}})}, {8, 2});
      },
      ThrowsMessage<ConfigError>(HasSubstr("k = 0 is out of range")));
}

TEST(LayerNorm, HasMeanZeroAndVarianceOneAtFirst) {
  const Network network({.input = {50}, .outputs = 50, .architecture = "test", .layers = {{"layer_norm"}}});
  EXPECT_THAT(network.tensors()[0].shape, ElementsAre(50));
  std::vector<float> weights = network.initial_weights(1);
  Plan plan(network.spec(), {.batch = 2});
  plan.bind(weights);
  for (std::size_t i = 0; i < 100; ++i) plan.input()[i] = static_cast<float>(1000 + i % 7);
  plan.run();
  double sum = 0, squares = 0;
  for (const float x : plan.output().subspan(50)) {
    sum += static_cast<double>(x);
    squares += static_cast<double>(x) * static_cast<double>(x);
  }
  EXPECT_NEAR(sum / 50, 0, 1e-4);
  EXPECT_NEAR(squares / 50, 1, 1e-3);
}

// Rows are added up in groups; there are three here, the last of them short.
TEST(LayerNorm, SumsOverManyRows) {
  constexpr std::size_t kRows = 600, kCols = 5, kSlack = kVectorFloats;
  Rng rng(3);
  const auto draw = [&](std::size_t size) {
    std::vector<float> values(size + kSlack);
    for (float& x : values) x = static_cast<float>(rng.normal());
    return values;
  };
  const auto src = draw(kRows * kCols), d_dst = draw(kRows * kCols), scale = draw(kCols), means = draw(kRows),
             inverses = draw(kRows);
  std::vector<float> d_scale(kCols + kSlack), d_shift = d_scale, partial_scale = d_scale, partial_shift = d_scale;
  layer_norm_backward({kRows, kCols, src.data(), scale.data(), means.data(), inverses.data(), d_dst.data(), nullptr,
                       d_scale.data(), d_shift.data(), partial_scale.data(), partial_shift.data()});
  for (std::size_t col = 0; col < kCols; ++col) {
    double of_scale = 0, of_shift = 0;
    for (std::size_t row = 0; row < kRows; ++row) {
      const auto dy = static_cast<double>(d_dst[row * kCols + col]);
      of_shift += dy;
      of_scale += dy * (static_cast<double>(src[row * kCols + col]) - static_cast<double>(means[row])) *
                  static_cast<double>(inverses[row]);
    }
    EXPECT_NEAR(static_cast<double>(d_scale[col]), of_scale, 1e-4);
    EXPECT_NEAR(static_cast<double>(d_shift[col]), of_shift, 1e-4);
  }
  EXPECT_EQ(d_scale[kCols], 0);  // no more than its own
}

TEST(LayerNorm, RefusesAnEpsilonOfZero) {
  EXPECT_THAT(
      [] {
        place({"layer_norm", options({{"epsilon", 0}})}, {4});
      },
      ThrowsMessage<ConfigError>(HasSubstr("epsilon = 0 is out of range")));
}

TEST(Dropout2d, DropsWholeChannels) {
  const LayerSpec layer{"dropout2d", options({{"rate", 0.25}})};
  const auto dst = run(layer, {100, 5}, std::vector<float>(500, 1)).dst;
  int dropped = 0;
  for (std::size_t c = 0; c < 100; ++c) {
    for (std::size_t p = 1; p < 5; ++p) EXPECT_EQ(dst[p * 100 + c], dst[c]);
    if (dst[c] == 0)
      ++dropped;
    else
      EXPECT_FLOAT_EQ(dst[c], 1 / 0.75F);
  }
  EXPECT_NEAR(dropped, 25, 13);  // three deviations
}

TEST(Dropout2d, SaysWhatItNeeds) {
  EXPECT_THAT([] { place({"dropout2d"}, {64}); }, ThrowsMessage<ConfigError>(HasSubstr("is given 64")));
  EXPECT_THAT(
      [] {
        place({"dropout2d", options({{"rate", 1.0}})}, {8, 2});
      },
      ThrowsMessage<ConfigError>(HasSubstr("rate = 1.0 is out of range")));
}

TEST(GaussianNoise, HasItsDeviation) {
  const auto dst = run({"gaussian_noise", options({{"deviation", 3.0}})}, {500}, std::vector<float>(500)).dst;
  double sum = 0, squares = 0;
  for (const float x : dst) {
    sum += static_cast<double>(x);
    squares += static_cast<double>(x) * static_cast<double>(x);
  }
  EXPECT_NEAR(sum / 500, 0, 3 * 3 / std::sqrt(500));
  EXPECT_NEAR(squares / 500, 9, 3 * 9 * std::sqrt(2.0 / 500));
}

TEST(GaussianNoise, RefusesANegativeDeviation) {
  EXPECT_THAT(
      [] {
        place({"gaussian_noise", options({{"deviation", -0.1}})}, {4});
      },
      ThrowsMessage<ConfigError>(HasSubstr("deviation = -0.1 is out of range")));
}

TEST(ActivationLayer, RefusesWhatIsNone) {
  EXPECT_THAT(
      [] {
        place({"activation", options({{"kind", "rule"}})}, {4});
      },
      ThrowsMessage<ConfigError>(HasSubstr("did you mean 'relu'")));
}

TEST(SpatialLayers, TakeOneInput) {
  for (const char* type : {"max_pool", "average_pool", "global_pool", "local_response_norm", "layer_norm", "dropout2d",
                           "gaussian_noise", "activation"})
    EXPECT_THAT(
        [&] {
          make_layer({type})->output(std::vector<Shape>{{3, 4}, {3, 4}});
        },
        ThrowsMessage<ConfigError>(HasSubstr("needs one input, is given 2")));
}

NetworkSpec image_network() {
  return {.task = TaskKind::classification,
          .input = {3, 7, 6},
          .outputs = 3,
          .architecture = "test",
          .layers = {{"layer_norm"},
                     {"dropout2d", options({{"rate", 0.3}})},
                     {"gaussian_noise"},
                     {"average_pool", options({{"size", 3}, {"stride", 2}, {"padding", 1}})},
                     {"activation", options({{"kind", "tanh"}})},
                     {"local_response_norm", options({{"alpha", 1.0}})},
                     {"layer_norm"},
                     {"global_pool"}}};
}

TEST(SpatialLayers, HaveTheGradientsOfTheirLossInANetwork) {
  for (const std::int32_t batch : {1, 4}) expect_gradients(image_network(), "cross_entropy", batch, 11);
}

TEST(SpatialLayers, LeaveRandomnessToTraining) {
  NetworkSpec spec = image_network(), without = spec;
  without.layers.erase(without.layers.begin() + 1, without.layers.begin() + 3);
  const std::vector<float> weights = Network(spec).initial_weights(1);
  Plan plan(spec, {.batch = 2}), quiet(without, {.batch = 2});
  Rng rng(2);
  for (std::size_t i = 0; i < plan.input().size(); ++i)
    plan.input()[i] = quiet.input()[i] = static_cast<float>(rng.normal());
  plan.bind(std::span<const float>(weights));
  quiet.bind(std::span<const float>(weights));
  plan.run({.dropout_key = 1, .number = 2});
  quiet.run();
  EXPECT_TRUE(std::ranges::equal(plan.output(), quiet.output()));
}

}  // namespace
}  // namespace jury
