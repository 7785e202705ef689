// Passes of batch normalisation over more places than one block has, with every vector set; layers_test.cpp has the
// layer's reference and gradients.
#include "models/nn/batch_norm_kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "vector_sets.hpp"

namespace jury {
namespace {

class BatchNormKernels : public WithVectorSet {};
INSTANTIATE_TEST_SUITE_P(EveryVectorSet, BatchNormKernels, testing::ValuesIn(vector_sets()), vector_set_name);

// Places and channels: one block, many, and strips of all widths.
constexpr MatrixShape kPlaces[] = {{2, 1}, {9000, 1}, {3000, 3}, {700, 8}, {500, 40}, {129, 64}, {70, 83}};

double wide(float x) { return static_cast<double>(x); }

TEST_P(BatchNormKernels, MomentsAreTheNaiveOnesFarFromZeroToo) {
  for (const auto [places, channels] : kPlaces) {
    AlignedBlock src = normals(places * channels, 31), mean(channels), variance(channels);
    for (std::size_t i = 0; i < places * channels; ++i) src.data()[i] += 100.0F * static_cast<float>(i % channels % 5);
    batch_moments({places, channels, src.data(), mean.data(), variance.data()});
    for (std::size_t c = 0; c < channels; ++c) {
      double sum = 0, squares = 0;
      for (std::size_t p = 0; p < places; ++p) sum += wide(src.data()[p * channels + c]);
      const double expected = sum / static_cast<double>(places);
      for (std::size_t p = 0; p < places; ++p) squares += std::pow(wide(src.data()[p * channels + c]) - expected, 2);
      EXPECT_NEAR(wide(mean.data()[c]), expected, 1e-6 * (1 + std::abs(expected))) << places << "x" << channels;
      EXPECT_NEAR(wide(variance.data()[c]), squares / static_cast<double>(places), 3e-5) << places << "x" << channels;
    }
  }
}

// A norm with numbers of its own for each channel.
struct Norm {
  AlignedBlock mean, factor, shift;
  ChannelNorm channels;

  Norm(const MatrixShape& shape, NormActivation activation)
      : mean(normals(shape.cols, 32)),
        factor(normals(shape.cols, 33)),
        shift(normals(shape.cols, 34)),
        channels{shape.rows, shape.cols, mean.data(), factor.data(), shift.data(), activation} {}

  double value(std::size_t c, float x) const {
    return (wide(x) - wide(mean.data()[c])) * wide(factor.data()[c]) + wide(shift.data()[c]);
  }
  bool passes(std::size_t c, float x) const {
    return channels.activation == NormActivation::identity || value(c, x) > 0;
  }
};

TEST_P(BatchNormKernels, ValuesAndGradientsAreTheNaiveOnes) {
  for (const NormActivation activation : {NormActivation::identity, NormActivation::relu})
    for (const MatrixShape shape : kPlaces) {
      const auto [places, channels] = shape;
      const std::size_t size = places * channels;
      const Norm norm(shape, activation);
      const AlignedBlock src = normals(size, 35), d_dst = normals(size, 36), offset = normals(channels, 37),
                         slope = normals(channels, 38);
      AlignedBlock dst(size), d_src(size), sums(channels), products(channels);
      normalize_channels(norm.channels, src.data(), dst.data());
      norm_gradient_sums(norm.channels, {src.data(), d_dst.data(), sums.data(), products.data()});
      norm_gradient(norm.channels, {src.data(), d_dst.data(), offset.data(), slope.data(), d_src.data()});
      std::vector<double> expected_sums(channels), expected_products(channels);
      for (std::size_t i = 0; i < size; ++i) {
        const std::size_t c = i % channels;
        const float x = src.data()[i];
        if (std::abs(norm.value(c, x)) < 1e-5) continue;  // relu may go either way
        const double apart = wide(x) - wide(norm.mean.data()[c]), g = norm.passes(c, x) ? wide(d_dst.data()[i]) : 0;
        expected_sums[c] += g;
        expected_products[c] += g * apart;
        ASSERT_NEAR(wide(dst.data()[i]), norm.passes(c, x) ? norm.value(c, x) : 0, 1e-5);
        ASSERT_NEAR(wide(d_src.data()[i]),
                    wide(norm.factor.data()[c]) * g - wide(offset.data()[c]) - wide(slope.data()[c]) * apart, 1e-5);
      }
      const double tolerance = 2e-5 * std::sqrt(static_cast<double>(places)) + 1e-5;
      for (std::size_t c = 0; c < channels; ++c) {
        EXPECT_NEAR(wide(sums.data()[c]), expected_sums[c], tolerance) << places << "x" << channels;
        EXPECT_NEAR(wide(products.data()[c]), expected_products[c], tolerance) << places << "x" << channels;
      }
    }
}

TEST_P(BatchNormKernels, ReluKeepsWhatIsNotANumber) {
  const Norm norm({3, 5}, NormActivation::relu);
  AlignedBlock src = normals(15, 39), dst(15);
  src.data()[7] = std::numeric_limits<float>::quiet_NaN();
  normalize_channels(norm.channels, src.data(), dst.data());
  for (std::size_t i = 0; i < 15; ++i) EXPECT_EQ(std::isnan(dst.data()[i]), i == 7);
}

}  // namespace
}  // namespace jury
