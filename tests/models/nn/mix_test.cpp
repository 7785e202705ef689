#include "models/nn/mix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using Kind = MixDraw::Kind;

constexpr std::uint64_t kMixKey = 77;
constexpr auto kClasses = TaskKind::classification;
const Shape kImage = {2, 5, 7};  // channels, height, width

TrainOptions mixing(double mixup, double cutmix) {
  TrainOptions options;
  options.mixup = mixup;
  options.cutmix = cutmix;
  return options;
}

// A batch that owns its arrays.
struct Batch {
  std::size_t rows, width, outputs;
  std::vector<float> inputs, targets, weights;

  Batch(std::size_t num_rows, std::size_t num_inputs, std::size_t num_outputs, std::uint64_t key = 1)
      : rows(num_rows),
        width(num_inputs),
        outputs(num_outputs),
        inputs(rows * width),
        targets(rows * outputs),
        weights(rows, 1) {
    Rng rng(key);
    for (float& x : inputs) x = static_cast<float>(rng.normal());
    for (std::size_t i = 0; i < rows; ++i) targets[i * outputs + rng.below(outputs)] = 1;
  }
  MixBatch view() { return {inputs.data(), targets.data(), weights.data(), rows, outputs}; }
};

void randomise_weights(Batch& batch) {
  Rng rng(9);
  for (float& weight : batch.weights) weight = static_cast<float>(rng.uniform() * 3);
}

// From whole copies, as the header says.
void expect_reference(const Batch& before, const Batch& after, const MixDraw& draw, const Shape& image) {
  const auto channels = static_cast<std::size_t>(image[0]), image_width = static_cast<std::size_t>(image.back());
  for (std::size_t i = 0; i < before.rows; ++i) {
    const std::size_t p = draw.partner[i];
    for (std::size_t k = 0; k < before.width; ++k) {
      const double own = static_cast<double>(before.inputs[i * before.width + k]);
      const double other = static_cast<double>(before.inputs[p * before.width + k]);
      const std::size_t y = k / channels / image_width, x = k / channels % image_width;
      const bool in_box = y >= draw.top && y < draw.bottom && x >= draw.left && x < draw.right;
      const double share = draw.kind == Kind::mixup ? draw.lambda : (in_box ? 0 : 1);
      EXPECT_NEAR(static_cast<double>(after.inputs[i * before.width + k]), share * own + (1 - share) * other, 1e-6);
    }
    const double own_weight = draw.lambda * static_cast<double>(before.weights[i]);
    const double other_weight = (1 - draw.lambda) * static_cast<double>(before.weights[p]);
    EXPECT_NEAR(static_cast<double>(after.weights[i]), own_weight + other_weight, 1e-6);
    for (std::size_t k = 0; k < before.outputs; ++k) {
      const double sum = own_weight * static_cast<double>(before.targets[i * before.outputs + k]) +
                         other_weight * static_cast<double>(before.targets[p * before.outputs + k]);
      EXPECT_NEAR(static_cast<double>(after.targets[i * before.outputs + k]), sum / (own_weight + other_weight), 1e-6);
    }
  }
}

TEST(Mixer, EveryRowIsMixedWithItsPartnerAsItWas) {
  for (const auto& [mixup, cutmix] : {std::pair{1.0, 0.0}, {0.0, 1.0}, {0.4, 2.0}})
    for (const std::size_t rows : {1U, 2U, 3U, 20U})
      for (std::uint64_t step = 0; step < 8; ++step) {
        Mixer mixer(mixing(mixup, cutmix), kImage, kClasses);
        Batch before(rows, volume(kImage), 4, step);
        randomise_weights(before);
        Batch after = before;
        mixer.apply(after.view(), kMixKey, step);
        expect_reference(before, after, mixer.draw(rows, kMixKey, step), kImage);
      }
}

double sum(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0,
                         [](double total, float value) { return total + static_cast<double>(value); });
}

// As partners are a permutation. Of cutmix the box holds every row's values once, too.
TEST(Mixer, SumsOverTheBatchStay) {
  for (const auto& [mixup, cutmix] : {std::pair{0.3, 0.0}, {0.0, 0.3}}) {
    Mixer mixer(mixing(mixup, cutmix), kImage, kClasses);
    Batch batch(31, volume(kImage), 3);
    randomise_weights(batch);
    const Batch before = batch;
    for (std::uint64_t step = 0; step < 10; ++step) mixer.apply(batch.view(), kMixKey, step);
    EXPECT_NEAR(sum(batch.inputs), sum(before.inputs), 1e-3);
    EXPECT_NEAR(sum(batch.weights), sum(before.weights), 1e-4);
    // What a class weighs in all: sums of weight times probability.
    for (std::size_t k = 0; k < 3; ++k) {
      double now = 0, then = 0;
      for (std::size_t i = 0; i < batch.rows; ++i) {
        now += static_cast<double>(batch.weights[i] * batch.targets[3 * i + k]);
        then += static_cast<double>(before.weights[i] * before.targets[3 * i + k]);
      }
      EXPECT_NEAR(now, then, 1e-4);
    }
  }
}

TEST(Mixer, ProbabilitiesStillSumToOne) {
  Mixer mixer(mixing(1, 1), kImage, kClasses);
  Batch batch(16, volume(kImage), 5);
  randomise_weights(batch);
  batch.weights[3] = batch.weights[4] = 0;
  for (std::uint64_t step = 0; step < 10; ++step) mixer.apply(batch.view(), kMixKey, step);
  for (std::size_t i = 0; i < batch.rows; ++i) {
    double total = 0;
    for (std::size_t k = 0; k < 5; ++k) total += static_cast<double>(batch.targets[5 * i + k]);
    EXPECT_NEAR(total, 1, 1e-5);
  }
}

// A weight of zero says that a target is not to be learned.
TEST(Mixer, TheTargetOfARowWithoutWeightIsNotLearned) {
  Mixer mixer(mixing(1, 0), {4}, kClasses);
  for (std::uint64_t step = 0; step < 20; ++step) {
    Batch batch(2, 4, 2);
    batch.targets = {1, 0, 0, 1};
    batch.weights = {1, 0};
    mixer.apply(batch.view(), kMixKey, step);
    if (mixer.draw(2, kMixKey, step).partner[0] == 0) continue;
    EXPECT_EQ(batch.targets, std::vector<float>({1, 0, 1, 0}));
    EXPECT_GT(batch.weights[1], 0);
  }
}

TEST(Mixer, IsAFunctionOfKeyAndStep) {
  const auto mixed = [](std::uint64_t key, std::uint64_t step, int steps_before) {
    Mixer mixer(mixing(1, 1), kImage, kClasses);
    Batch other(9, volume(kImage), 3);
    for (int i = 0; i < steps_before; ++i) mixer.apply(other.view(), key, 1000);
    Batch batch(8, volume(kImage), 3);
    mixer.apply(batch.view(), key, step);
    return batch.inputs;
  };
  EXPECT_EQ(mixed(1, 5, 0), mixed(1, 5, 3));
  EXPECT_NE(mixed(1, 5, 0), mixed(1, 6, 0));
  EXPECT_NE(mixed(1, 5, 0), mixed(2, 5, 0));
}

TEST(Mixer, PartnersAreAPermutationThatOptionsDoNotChange) {
  Mixer mixup(mixing(1, 0), kImage, kClasses), both(mixing(0.2, 3), kImage, kClasses);
  for (std::uint64_t step = 0; step < 5; ++step) {
    std::vector<std::uint32_t> partner = mixup.draw(50, kMixKey, step).partner;
    EXPECT_EQ(partner, both.draw(50, kMixKey, step).partner);
    std::sort(partner.begin(), partner.end());
    for (std::uint32_t i = 0; i < 50; ++i) EXPECT_EQ(partner[i], i);
  }
}

TEST(Mixer, OfBothEachStepTakesOne) {
  Mixer mixer(mixing(1, 1), kImage, kClasses);
  int cut = 0;
  for (std::uint64_t step = 0; step < 2000; ++step) cut += mixer.draw(1, kMixKey, step).kind == Kind::cutmix ? 1 : 0;
  EXPECT_NEAR(cut, 1000, 110);  // five deviations of 22
}

TEST(Mixer, LambdaIsWhatTheBoxLeaves) {
  Mixer mixer(mixing(0, 1), {1, 8, 4}, kClasses);
  bool clipped = false, whole = false;
  for (std::uint64_t step = 0; step < 500; ++step) {
    const MixDraw& draw = mixer.draw(1, kMixKey, step);
    ASSERT_LE(draw.top, draw.bottom);
    ASSERT_LE(draw.left, draw.right);
    ASSERT_LE(draw.bottom, 8U);
    ASSERT_LE(draw.right, 4U);
    const double height = static_cast<double>(draw.bottom - draw.top);
    const double width = static_cast<double>(draw.right - draw.left);
    EXPECT_NEAR(draw.lambda, 1 - height * width / 32, 1e-12);
    clipped = clipped || draw.top == 0 || draw.bottom == 8;
    whole = whole || (height > 4 && width > 2);
  }
  EXPECT_TRUE(clipped);
  EXPECT_TRUE(whole);
}

TEST(Mixer, OffItLeavesTheBatch) {
  Mixer mixer(mixing(0, 0), {6}, TaskKind::regression);
  EXPECT_FALSE(mixer.active());
  Batch batch(8, 6, 2);
  const Batch before = batch;
  mixer.apply(batch.view(), kMixKey, 0);
  EXPECT_EQ(batch.inputs, before.inputs);
  EXPECT_EQ(batch.targets, before.targets);
  EXPECT_EQ(batch.weights, before.weights);
}

TEST(Mixer, MixupSuitsRegressionAndTables) {
  Mixer mixer(mixing(1, 0), {6}, TaskKind::regression);
  Batch before(8, 6, 2);
  before.targets = {3, -1, 2, 8, 5, 5, 0, 1, -7, 2, 6, 6, 1, 2, 3, 4};
  Batch after = before;
  mixer.apply(after.view(), kMixKey, 3);
  expect_reference(before, after, mixer.draw(8, kMixKey, 3), {1, 1, 6});
}

TEST(CheckMix, CutMixNeedsImagesAndClasses) {
  EXPECT_THAT([] { check_mix(mixing(0, 0.5), {784}, kClasses); },
              ThrowsMessage<ConfigError>(HasSubstr("train.cutmix = 0.5 needs images (a sample is 784)")));
  EXPECT_THAT([] { check_mix(mixing(0, 0.5), kImage, TaskKind::regression); },
              ThrowsMessage<ConfigError>(HasSubstr("train.cutmix = 0.5 does not suit regression")));
  EXPECT_THROW(Mixer(mixing(1, 0.5), {784}, kClasses), ConfigError);
  EXPECT_NO_THROW(check_mix(mixing(0.5, 0), {784}, TaskKind::regression));
}

// Mean 1/2, variance 1 / (4 (2 alpha + 1)).
TEST(BetaQuantile, HasTheMomentsOfItsBeta) {
  for (const double alpha : {1e-9, 1e-3, 0.1, 0.2, 0.4, 1.0, 3.0, 100.0}) {
    double mean = 0, square = 0;
    constexpr int kPoints = 4000;
    for (int i = 0; i < kPoints; ++i) {
      const double value = beta_quantile(alpha, (i + 0.5) / kPoints);
      ASSERT_TRUE(value >= 0 && value <= 1);
      mean += value / kPoints;
      square += (value - 0.5) * (value - 0.5) / kPoints;
    }
    EXPECT_NEAR(mean, 0.5, 1e-6) << alpha;
    EXPECT_NEAR(square * 4 * (2 * alpha + 1), 1, 1e-3) << alpha;
  }
}

// Beta(1, 1) is uniform; Beta(1/2, 1/2) is the arcsine law, sin^2(pi u / 2); Beta(2, 2) has 3 x^2 - 2 x^3.
TEST(BetaQuantile, IsTheClosedFormWhereThereIsOne) {
  for (const double u : {0.0, 0.01, 0.3, 0.5, 0.77, 0.999}) {
    EXPECT_NEAR(beta_quantile(1, u), u, 1e-14);
    EXPECT_NEAR(beta_quantile(0.5, u), std::pow(std::sin(u * std::acos(0.0)), 2), 1e-12);
    const double x = beta_quantile(2, u);
    EXPECT_NEAR(3 * x * x - 2 * x * x * x, u, 1e-12);
  }
}

}  // namespace
}  // namespace jury
