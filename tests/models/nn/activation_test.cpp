#include "models/nn/activation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "models/nn/kernels.hpp"
#include "models/nn/matmul.hpp"
#include "naive_layers.hpp"
#include "vector_sets.hpp"

namespace jury {
namespace {

class Activations : public WithVectorSet {};
INSTANTIATE_TEST_SUITE_P(EveryVectorSet, Activations, testing::ValuesIn(vector_sets()), vector_set_name);

double normal_distribution(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

double value(Activation activation, double x) {
  switch (activation) {
    case Activation::identity:
      return x;
    case Activation::relu:
      return std::max(x, 0.0);
    case Activation::tanh:
      return std::tanh(x);
    case Activation::sigmoid:
      return naive_sigmoid(x);
    case Activation::leaky_relu:
      return x > 0 ? x : 0.01 * x;
    case Activation::elu:
      return x > 0 ? x : std::expm1(x);
    case Activation::gelu:
      return x * normal_distribution(x);
    case Activation::swish:
      return x * naive_sigmoid(x);
    case Activation::softplus:
      return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
    case Activation::softsign:
      return x / (1 + std::abs(x));
  }
  return 0;
}

// By central differences of the values in double; none of the points below is a kink.
double slope(Activation activation, double x) {
  const double step = 1e-5;
  return (value(activation, x + step) - value(activation, x - step)) / (2 * step);
}

// Normal numbers times 3, and none within a difference of a kink.
AlignedBlock sums(std::size_t size) {
  AlignedBlock block = normals(size, 1);
  for (std::size_t i = 0; i < size; ++i) {
    block.data()[i] *= 3;
    if (std::abs(block.data()[i]) < 1e-3F) block.data()[i] = 0.25F;
  }
  return block;
}

// Polynomials and exponentials in float: 3e-7, relative where values are large.
TEST_P(Activations, ForwardIsTheNaiveOne) {
  for (const auto& entry : activations())
    for (const std::size_t size : {1U, 7U, 16U, 1000U}) {
      const AlignedBlock src = sums(size);
      AlignedBlock dst(size);
      activation_forward(entry.make, src.data(), dst.data(), size);
      for (std::size_t i = 0; i < size; ++i) {
        const double expected = value(entry.make, static_cast<double>(src.data()[i]));
        EXPECT_NEAR(static_cast<double>(dst.data()[i]), expected, 3e-7 * (1 + std::abs(expected)))
            << entry.name << " of " << src.data()[i];
      }
    }
}

TEST_P(Activations, ForwardInPlaceGivesTheSameBits) {
  for (const auto& entry : activations()) {
    AlignedBlock values = sums(50), dst(50);
    activation_forward(entry.make, values.data(), dst.data(), 50);
    activation_forward(entry.make, values.data(), values.data(), 50);
    for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(values.data()[i], dst.data()[i]) << entry.name;
  }
}

// Exponentials overflow at 88; small values must not be lost to their distance from 1.
TEST_P(Activations, ForwardHoldsAtTheEnds) {
  constexpr float kEnds[] = {-1e30F, -1e4F, -200, -104.5F, -89, -20, -1e-4F, 0, 1e-4F, 20, 89, 1e4F, 1e30F};
  for (const float x : kEnds)
    for (const auto& entry : activations()) {
      AlignedBlock block(1);
      block.data()[0] = x;
      activation_forward(entry.make, block.data(), block.data(), 1);
      const double expected = value(entry.make, static_cast<double>(x));
      const double near_zero = std::min(1.0, std::abs(static_cast<double>(x)));
      EXPECT_NEAR(static_cast<double>(block.data()[0]), expected, 3e-7 * (near_zero + std::abs(expected)))
          << entry.name << " of " << x;
    }
}

TEST_P(Activations, ANaNStaysOne) {
  for (const auto& entry : activations()) {
    AlignedBlock block(3);
    block.data()[1] = std::numeric_limits<float>::quiet_NaN();
    activation_forward(entry.make, block.data(), block.data(), 3);
    EXPECT_TRUE(std::isnan(block.data()[1])) << entry.name;
    EXPECT_FALSE(std::isnan(block.data()[0])) << entry.name;
  }
}

TEST_P(Activations, BackwardMultipliesAndSumsColumns) {
  for (const auto& entry : activations())
    for (const auto [rows, cols] : kShapes) {
      const AlignedBlock src = sums(rows * cols), before = normals(rows * cols, 2);
      AlignedBlock dst(rows * cols + kVectorFloats), d_dst = normals(rows * cols, 2);
      activation_forward(entry.make, src.data(), dst.data(), rows * cols);
      std::vector<float> d_bias(cols + 1, -7.0F);  // the last must stay: biases lie next to other tensors
      activation_backward(entry.make, {.dst = dst.data(),
                                       .d_dst = d_dst.data(),
                                       .d_bias = d_bias.data(),
                                       .rows = rows,
                                       .cols = cols,
                                       .src = needs_source(entry.make) ? src.data() : nullptr});
      for (std::size_t col = 0; col < cols; ++col) {
        double sum = 0;
        for (std::size_t i = col; i < rows * cols; i += cols) {
          const double expected =
              static_cast<double>(before.data()[i]) * slope(entry.make, static_cast<double>(src.data()[i]));
          EXPECT_NEAR(static_cast<double>(d_dst.data()[i]), expected, 1e-6 * (1 + std::abs(expected)))
              << entry.name << " at " << src.data()[i];
          sum += expected;
        }
        EXPECT_NEAR(static_cast<double>(d_bias[col]), sum, 1e-5) << entry.name << " " << rows << "x" << cols;
      }
      EXPECT_EQ(d_bias[cols], -7.0F);
    }
}

// One row as wide as all values: what a layer without a bias does, in place.
void backward_alone(Activation activation, const AlignedBlock& src, const AlignedBlock& d_dst, std::size_t size) {
  const AlignedBlock dst(size);
  activation_forward(activation, src.data(), dst.data(), size);
  activation_backward(activation, {.dst = dst.data(),
                                   .d_dst = d_dst.data(),
                                   .d_bias = d_dst.data(),
                                   .rows = 1,
                                   .cols = size,
                                   .src = needs_source(activation) ? src.data() : nullptr});
}

TEST_P(Activations, BackwardWithoutABiasIsTheSameForAll) {
  constexpr std::size_t kSize = 77;
  for (const auto& entry : activations()) {
    const AlignedBlock src = sums(kSize), before = normals(kSize, 2);
    AlignedBlock d_dst = normals(kSize, 2);
    backward_alone(entry.make, src, d_dst, kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
      const double expected =
          static_cast<double>(before.data()[i]) * slope(entry.make, static_cast<double>(src.data()[i]));
      EXPECT_NEAR(static_cast<double>(d_dst.data()[i]), expected, 1e-6 * (1 + std::abs(expected))) << entry.name;
    }
  }
}

// At large sums a derivative must neither overflow nor lose its limit.
TEST_P(Activations, SlopesHoldAtTheEnds) {
  for (const float x : {-1e10F, -300.0F, -90.0F, 90.0F, 300.0F, 1e10F})
    for (const auto& entry : activations()) {
      AlignedBlock src(1), d_dst(1);
      src.data()[0] = x;
      d_dst.data()[0] = 1;
      backward_alone(entry.make, src, d_dst, 1);
      double limit = x > 0 ? 1 : 0;
      if (entry.make == Activation::identity) limit = 1;
      if (entry.make == Activation::leaky_relu && x < 0) limit = 0.01;
      if (entry.make == Activation::tanh || entry.make == Activation::sigmoid || entry.make == Activation::softsign)
        limit = 0;
      EXPECT_NEAR(static_cast<double>(d_dst.data()[0]), limit, 2e-4) << entry.name << " at " << x;
    }
}

TEST(ActivationTable, SaysWhichNeedTheSums) {
  for (const auto& entry : activations())
    EXPECT_EQ(needs_source(entry.make), entry.name == "gelu" || entry.name == "swish") << entry.name;
}

TEST(ActivationTable, NoneThatNeedsTheSumsIsFused) {
  for (const auto& entry : activations()) EXPECT_FALSE(needs_source(entry.make) && can_fuse(entry.make)) << entry.name;
  EXPECT_TRUE(can_fuse(Activation::identity));
  EXPECT_TRUE(can_fuse(Activation::relu));
  EXPECT_FALSE(can_fuse(Activation::softplus));
}

}  // namespace
}  // namespace jury
