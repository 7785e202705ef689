#include "models/nn/initialiser.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/nn/network.hpp"

namespace jury {
namespace {

struct Expected {
  std::string_view name;
  Activation activation;
  double deviation;  // for 200 inputs and 100 outputs
  bool bounded;
};

TEST(Initialisers, HaveThePublishedDeviationAndBounds) {
  const double sixth = std::sqrt(1.0 / 150.0);
  const Expected table[] = {
      {"kaiming", Activation::relu, 0.1, false},
      {"kaiming_normal", Activation::relu, 0.1, false},
      {"kaiming_uniform", Activation::relu, 0.1, true},
      {"kaiming_normal", Activation::tanh, 5.0 / 3 / std::sqrt(200.0), false},
      {"kaiming_uniform", Activation::sigmoid, 1 / std::sqrt(200.0), true},
      {"kaiming_normal", Activation::leaky_relu, 0.1 / std::sqrt(1.0001), false},
      {"kaiming_normal", Activation::gelu, 1 / std::sqrt(200.0), false},
      {"uniform", Activation::relu, 0.25 / std::sqrt(3.0), true},
      {"xavier", Activation::relu, sixth, false},
      {"xavier_normal", Activation::identity, sixth, false},
      {"xavier_uniform", Activation::tanh, sixth, true},
  };
  for (const auto& [name, activation, deviation, bounded] : table) {
    std::vector<float> weights(20000);
    Rng rng(42);
    find(initialisers(), "initialisation", name)(
        weights, {.fan_in = 200, .fan_out = 100, .activation = activation, .range = 0.25}, rng);
    double sum = 0, squares = 0, largest = 0;
    for (const float w : weights) {
      sum += static_cast<double>(w);
      squares += static_cast<double>(w) * static_cast<double>(w);
      largest = std::max(largest, std::abs(static_cast<double>(w)));
    }
    // 20,000 draws: standard errors of mean and deviation are 0.7 % and 0.5 % of the deviation.
    EXPECT_NEAR(sum / 20000, 0, 0.03 * deviation) << name;
    EXPECT_NEAR(std::sqrt(squares / 20000), deviation, 0.03 * deviation) << name;
    const double bound = std::sqrt(3.0) * deviation;
    if (bounded) {
      EXPECT_LE(largest, bound * (1 + 1e-6)) << name;
      EXPECT_GT(largest, 0.99 * bound) << name;
    } else {
      EXPECT_GT(largest, 3 * deviation) << name;
    }
  }
}

std::vector<float> orthogonal(std::size_t rows, std::size_t cols, std::uint64_t key,
                              Activation activation = Activation::identity) {
  std::vector<float> weights(rows * cols);
  Rng rng(key);
  find(initialisers(), "initialisation", "orthogonal")(weights, {.activation = activation, .rows = rows, .cols = cols},
                                                       rng);
  return weights;
}

struct MatrixSize {
  std::size_t rows, cols;
};

// Rows where they are fewer, columns where they are: products of two are gain^2 or 0.
TEST(Initialisers, OrthogonalIsOrthogonalWhicheverSideIsLonger) {
  for (const Activation activation : {Activation::identity, Activation::tanh})
    for (const auto [rows, cols] : {MatrixSize{1, 1}, {1, 9}, {9, 1}, {12, 12}, {5, 40}, {40, 5}}) {
      const std::vector<float> weights = orthogonal(rows, cols, 3, activation);
      const bool wide = cols > rows;
      const std::size_t count = std::min(rows, cols), length = std::max(rows, cols);
      const auto at = [&, cols = cols](std::size_t vector, std::size_t i) {
        return static_cast<double>(wide ? weights[vector * cols + i] : weights[i * cols + vector]);
      };
      const double square = activation == Activation::tanh ? 25.0 / 9 : 1;
      for (std::size_t a = 0; a < count; ++a)
        for (std::size_t b = 0; b < count; ++b) {
          double product = 0;
          for (std::size_t i = 0; i < length; ++i) product += at(a, i) * at(b, i);
          EXPECT_NEAR(product, a == b ? square : 0, 1e-6) << rows << "x" << cols;
        }
    }
}

// Uniform among rotations: each entry of 2x2 has mean 0 and mean square 1/2, and half of the matrices are
// reflections. Without the fix of signs, the first entry would always be negative.
TEST(Initialisers, OrthogonalIsUniform) {
  constexpr int kMatrices = 4000;
  double sums[4] = {}, squares[4] = {}, determinants = 0;
  for (int key = 0; key < kMatrices; ++key) {
    const std::vector<float> w = orthogonal(2, 2, static_cast<std::uint64_t>(key));
    for (std::size_t i = 0; i < 4; ++i) {
      sums[i] += static_cast<double>(w[i]);
      squares[i] += static_cast<double>(w[i]) * static_cast<double>(w[i]);
    }
    determinants += static_cast<double>(w[0] * w[3] - w[1] * w[2]);
  }
  for (std::size_t i = 0; i < 4; ++i) {  // standard errors 0.011 and 0.0056
    EXPECT_NEAR(sums[i] / kMatrices, 0, 0.045) << i;
    EXPECT_NEAR(squares[i] / kMatrices, 0.5, 0.023) << i;
  }
  EXPECT_NEAR(determinants / kMatrices, 0, 0.064);
}

// A matrix of one column is a normal vector of norm 1: its signs are those of the draws.
TEST(Initialisers, OrthogonalOfOneColumnIsTheNormalisedDraw) {
  const std::vector<float> weights = orthogonal(6, 1, 5);
  Rng rng(5);
  std::vector<double> draws(6);
  double squares = 0;
  for (double& draw : draws) {
    draw = rng.normal();
    squares += draw * draw;
  }
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(static_cast<double>(weights[i]), draws[i] / std::sqrt(squares), 1e-6);
}

TEST(Initialisers, AStreamGivesTheSameWeightsEachTime) {
  EXPECT_EQ(orthogonal(30, 20, 8), orthogonal(30, 20, 8));
  EXPECT_NE(orthogonal(30, 20, 8), orthogonal(30, 20, 9));
}

// init_range comes from [model], and the shape of each matrix from its layer.
TEST(Initialisers, EveryOneFillsTheWeightsOfANetwork) {
  for (const std::string_view name : initialiser_names()) {
    const Network network(
        make_network({.hidden = {7}, .init = std::string(name), .init_range = 0.01}, 5, {TaskKind::classification, 3}));
    const std::vector<float> weights = network.initial_weights(1);
    for (const Tensor& tensor : network.tensors())
      for (std::size_t i = tensor.offset; i < tensor.offset + volume(tensor.shape); ++i) {
        EXPECT_EQ(weights[i] == 0, tensor.role == Tensor::Role::bias) << name << " " << tensor.name;
        EXPECT_LE(std::abs(weights[i]), name == "uniform" ? 0.01F : 10.0F);
      }
  }
}

}  // namespace
}  // namespace jury
