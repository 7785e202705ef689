#include "models/nn/kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/base/rng.hpp"
#include "vector_sets.hpp"

namespace jury {
namespace {

class Kernels : public WithVectorSet {};
INSTANTIATE_TEST_SUITE_P(EveryVectorSet, Kernels, testing::ValuesIn(vector_sets()), vector_set_name);

TEST_P(Kernels, CrossEntropyIsTheNaiveOne) {
  for (const auto [rows, cols] : kShapes) {
    AlignedBlock logits = normals(rows * cols, 3);
    for (float& z : logits.span()) z *= 20;
    AlignedBlock gradient(rows * cols), scratch(rows), weights = normals(rows, 4), shares(rows * cols);
    std::vector<std::int32_t> labels(rows);
    for (std::size_t r = 0; r < rows; ++r) {
      labels[r] = static_cast<std::int32_t>((3 * r + 1) % cols);
      weights.data()[r] = std::abs(weights.data()[r]);
    }
    const double loss = softmax_cross_entropy({.logits = logits.data(),
                                               .labels = labels.data(),
                                               .row_weights = weights.data(),
                                               .d_logits = gradient.data(),
                                               .scratch = scratch.data(),
                                               .rows = rows,
                                               .cols = cols});
    softmax(logits.data(), shares.data(), rows, cols);
    double expected_loss = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      const float* z = logits.data() + r * cols;
      const double top = static_cast<double>(*std::max_element(z, z + cols));
      double sum = 0;
      for (std::size_t c = 0; c < cols; ++c) sum += std::exp(static_cast<double>(z[c]) - top);
      const auto label = static_cast<std::size_t>(labels[r]);
      expected_loss += static_cast<double>(weights.data()[r]) * (top + std::log(sum) - static_cast<double>(z[label]));
      for (std::size_t c = 0; c < cols; ++c) {
        const double share = std::exp(static_cast<double>(z[c]) - top) / sum;
        EXPECT_NEAR(static_cast<double>(shares.data()[r * cols + c]), share, 1e-6);
        const double expected =
            static_cast<double>(weights.data()[r]) / static_cast<double>(rows) * (share - (c == label ? 1 : 0));
        EXPECT_NEAR(static_cast<double>(gradient.data()[r * cols + c]), expected, 2e-6);
      }
    }
    EXPECT_NEAR(loss, expected_loss, 1e-5 * (1 + expected_loss)) << rows << "x" << cols;
  }
}

TEST_P(Kernels, CrossEntropyOfAnInfiniteOrUndefinedLogitIsNotFinite) {
  for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()})
    for (const std::size_t cols : {2U, 10U, 40U})
      for (std::size_t place = 0; place < cols; ++place) {
        AlignedBlock logits = normals(cols, 5), gradient(cols), scratch(1), weights(1);
        logits.data()[place] = bad;
        weights.data()[0] = 1;
        const std::int32_t label = 1;
        EXPECT_FALSE(std::isfinite(softmax_cross_entropy({.logits = logits.data(),
                                                          .labels = &label,
                                                          .row_weights = weights.data(),
                                                          .d_logits = gradient.data(),
                                                          .scratch = scratch.data(),
                                                          .rows = 1,
                                                          .cols = cols})))
            << bad << " at " << place << " of " << cols;
      }
}

TEST_P(Kernels, SquaredErrorIsTheNaiveOne) {
  for (const auto [rows, cols] : kShapes) {
    const AlignedBlock values = normals(rows * cols, 6), targets = normals(rows * cols, 7), weights = normals(rows, 8);
    AlignedBlock gradient(rows * cols);
    const double loss = squared_error({.values = values.data(),
                                       .targets = targets.data(),
                                       .row_weights = weights.data(),
                                       .d_values = gradient.data(),
                                       .rows = rows,
                                       .cols = cols});
    double expected_loss = 0;
    for (std::size_t i = 0; i < rows * cols; ++i) {
      const double error = static_cast<double>(values.data()[i]) - static_cast<double>(targets.data()[i]);
      const double weight = static_cast<double>(weights.data()[i / cols]);
      expected_loss += weight * error * error / static_cast<double>(cols);
      EXPECT_NEAR(static_cast<double>(gradient.data()[i]), 2 * weight * error / static_cast<double>(rows * cols), 1e-6);
    }
    EXPECT_NEAR(loss, expected_loss, 1e-5);
  }
}

TEST_P(Kernels, DropoutMasksArePhiloxWords) {
  constexpr std::uint64_t kKey = 0x0123456789abcdef, kStep = 0x500000007;
  for (const std::size_t size : {1U, 63U, 64U, 65U, 1000U}) {
    AlignedBlock mask(dropout_mask_floats(size));
    dropout_mask({.key = kKey, .step = kStep, .layer = 9, .rate = 0.25F, .mask = mask.data(), .size = size});
    const std::size_t quarter = dropout_mask_floats(size) / 4;
    for (std::size_t i = 0; i < size; ++i) {
      const auto word =
          philox({static_cast<std::uint32_t>(i % quarter), 9, 7, 5}, {0x89abcdef, 0x01234567})[i / quarter];
      const bool kept = (word >> 8) * 0x1.0p-24 >= 0.25;
      EXPECT_FLOAT_EQ(mask.data()[i], kept ? 4.0F / 3 : 0.0F) << i << " of " << size;
    }
  }
}

TEST_P(Kernels, FlatPassesAreTheNaiveOnes) {
  for (const std::size_t size : {1U, 15U, 16U, 50U}) {
    const AlignedBlock a = normals(size, 10), b = normals(size, 11);
    AlignedBlock product(size);
    multiply(a.data(), b.data(), product.data(), size);
    std::vector<float> sum(size + 1, 2.0F);
    add_scaled(0.5F, a.data(), sum.data(), size);
    for (std::size_t i = 0; i < size; ++i) {
      EXPECT_FLOAT_EQ(product.data()[i], a.data()[i] * b.data()[i]);
      EXPECT_NEAR(sum[i], 2 + 0.5F * a.data()[i], 1e-6F);
    }
    EXPECT_EQ(sum[size], 2.0F);
  }
}

TEST_P(Kernels, BiasAndActivationAreTheNaiveOnesAndTouchWhatIsTheirs) {
  for (const auto [rows, cols] :
       {MatrixShape{1, 1}, {33, 2}, {5, 3}, {4, 10}, {2, 16}, {7, 31}, {3, 32}, {7, 33}, {6, 100}}) {
    AlignedBlock sums = normals(rows * cols, 21), bias = normals(cols, 22);
    const AlignedBlock before = normals(rows * cols, 21);
    sums.data()[rows * cols / 2] = std::numeric_limits<float>::quiet_NaN();
    add_bias_and_activate(Activation::relu, {sums.data(), bias.data(), rows, cols});
    for (std::size_t i = 0; i < rows * cols; ++i) {
      if (i == rows * cols / 2) {
        EXPECT_TRUE(std::isnan(sums.data()[i]));
      } else {
        EXPECT_EQ(sums.data()[i], std::max(before.data()[i] + bias.data()[i % cols], 0.0F))
            << rows << "x" << cols << " at " << i;
      }
    }
  }
}

TEST_P(Kernels, TransposedIsTheNaiveOneAndNothingElseIsTouched) {
  for (const auto [rows, cols] : {MatrixShape{1, 5}, {5, 1}, {4, 4}, {3, 7}, {16, 16}, {33, 18}, {20, 64}}) {
    const AlignedBlock in = normals(2 * rows * cols, 23);
    std::vector<float> out(2 * rows * cols + 1, -7.0F);
    transpose_each({in.data(), out.data(), 2, rows, cols});
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < cols; ++c)
          EXPECT_EQ(out[(i * cols + c) * rows + r], in.data()[(i * rows + r) * cols + c]) << rows << "x" << cols;
    EXPECT_EQ(out.back(), -7.0F);
  }
}

}  // namespace
}  // namespace jury
