// Trainings on images, whose channels the file has first and networks have last.
#include <gmock/gmock.h>

#include "layer_tables.hpp"
#include "training_fixture.hpp"

namespace jury {
namespace {

class ImagesInTraining : public Training {
 protected:
  static constexpr std::size_t kChannels = 3, kPlaces = 4 * 5;
  static NetworkSpec network() {
    return network_of(
        {layer("conv_block", {{"channels", 4}, {"pool", 2}}), layer("conv", {{"channels", 5}, {"activation", "tanh"}})},
        {kChannels, 4, 5});
  }
  // The same images in a file that has them channels last, and the network that reads those.
  ToyData transposed() const {
    return toy_changed(data_, [](std::size_t, std::span<float> x) {
      const std::vector<float> old(x.begin(), x.end());
      for (std::size_t c = 0; c < kChannels; ++c)
        for (std::size_t p = 0; p < kPlaces; ++p) x[p * kChannels + c] = old[c * kPlaces + p];
    });
  }
  static NetworkSpec of_transposed() {
    NetworkSpec spec = network();
    EXPECT_EQ(spec.input_order, InputOrder::channels_first);
    spec.input_order = InputOrder::as_it_is;
    return spec;
  }
  static TrainOptions everything() {
    TrainOptions options{.batch = 16, .epochs = 3};
    options.augment = AugmentOptions{.flip = 0.5, .shift = 0.3, .contrast = 0.2, .saturation = 0.2, .hue = 10};
    options.cutmix = 1;
    options.adversarial = 0.02;
    options.early_stopping = EarlyStoppingOptions{.fraction = 0.2};
    return options;
  }

  const ToyData data_ = toy_blobs(50, kChannels* kPlaces, 3);
};

TEST_F(ImagesInTraining, TheOrderOfTheFileChangesNothing) {
  const ToyData other = transposed();
  for (const TrainOptions& options : {TrainOptions{.batch = 16, .epochs = 3}, everything()}) {
    const auto a = fit(network(), options, data_.all()), b = fit(of_transposed(), options, other.all());
    EXPECT_EQ(a.weights, b.weights);
    EXPECT_EQ(a.curve.back().train_loss, b.curve.back().train_loss);
    EXPECT_EQ(predicted(data_, network(), a), predicted(other, of_transposed(), b));
  }
}

TEST_F(ImagesInTraining, TheOrderMatters) {
  EXPECT_NE(fit(of_transposed(), {.batch = 16, .epochs = 1}, data_.all()).weights,
            fit(network(), {.batch = 16, .epochs = 1}, data_.all()).weights);
}

TEST_F(ImagesInTraining, ACnnLearns) {
  const auto result = fit(network(), {.lr = 0.01, .batch = 16, .epochs = 20}, data_.all());
  EXPECT_LT(result.curve.back().train_loss, 0.1);
}

}  // namespace
}  // namespace jury
