#include "models/nn/predict.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/nn/session.hpp"
#include "toy_data.hpp"

namespace jury {
namespace {

class Predicting : public testing::Test {
 protected:
  void SetUp() override { use_threads(1); }
  std::vector<float> of(const ToyData& data, const NetworkSpec& spec, const std::vector<std::uint32_t>& rows) {
    const auto weights = Network(spec).initial_weights(5);
    std::vector<float> out(rows.size() * static_cast<std::size_t>(spec.outputs));
    predict({spec, weights, data.pipeline, data.target_scaler()}, data.dataset, rows, plans_, out);
    return out;
  }
  PlanCache plans_;
};

TEST_F(Predicting, GivesProbabilities) {
  const ToyData data = toy_blobs(150, 6, 4);
  const NetworkSpec spec = data.network({.hidden = {20}, .dropout = 0.5});
  const auto shares = of(data, spec, data.rows);
  for (std::size_t i = 0; i < data.rows.size(); ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_GE(shares[4 * i + k], 0.0F);
      sum += static_cast<double>(shares[4 * i + k]);
    }
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

// Bit for bit, whatever else is asked for and in whatever order.
TEST_F(Predicting, ARowsBitsDoNotDependOnItsCompany) {
  for (const ToyData& data : {toy_blobs(300, 13, 3), toy_line(300)}) {
    const NetworkSpec spec = data.network({.hidden = {31, 9}, .activation = "tanh"});
    const auto all = of(data, spec, data.rows);
    const auto width = static_cast<std::size_t>(spec.outputs);
    std::vector<std::vector<std::uint32_t>> lists = {{299}, {0}, {64}, {5, 3, 299, 3, 128, 127}, {}};
    lists.emplace_back();
    for (std::uint32_t row = 0; row < 300; row += 7) lists.back().push_back(299 - row);
    for (const auto& rows : lists) {
      const auto some = of(data, spec, rows);
      for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t k = 0; k < width; ++k) EXPECT_EQ(some[i * width + k], all[rows[i] * width + k]) << rows[i];
    }
  }
}

TEST_F(Predicting, CompilesOnePlanHoweverManyRows) {
  const ToyData data = toy_blobs(200, 3, 2);
  const NetworkSpec spec = data.network({});
  of(data, spec, data.rows);
  of(data, spec, {1});
  EXPECT_EQ(plans_.misses(), 1);
  EXPECT_EQ(plans_.hits(), 1);
}

// Weights of nothing predict the mean, in the units of the target.
TEST_F(Predicting, ValuesComeInTheUnitsOfTheTargets) {
  const ToyData data = toy_line(100);
  const NetworkSpec spec = data.network({.type = "linear"});
  const std::vector<float> zeros(num_parameters(spec));
  std::vector<float> out(200);
  predict({spec, zeros, data.pipeline, data.target_scaler()}, data.dataset, data.rows, plans_, out);
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(static_cast<double>(out[i]), data.scaler.mean[i % 2], 1e-3);
}

}  // namespace
}  // namespace jury
