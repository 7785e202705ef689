#include "models/nn/initialiser.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

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
      {"xavier", Activation::relu, sixth, false},
      {"xavier_normal", Activation::identity, sixth, false},
      {"xavier_uniform", Activation::tanh, sixth, true},
  };
  for (const auto& [name, activation, deviation, bounded] : table) {
    std::vector<float> weights(20000);
    Rng rng(42);
    find(initialisers(), "initialisation", name)(weights, {.fan_in = 200, .fan_out = 100, .activation = activation},
                                                 rng);
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

}  // namespace
}  // namespace jury
