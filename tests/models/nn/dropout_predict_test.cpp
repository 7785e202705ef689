// Monte-Carlo dropout: predictions with dropout on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "layer_tables.hpp"
#include "models/nn/predict.hpp"
#include "models/nn/session.hpp"
#include "toy_data.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

class DropoutPasses : public testing::Test {
 protected:
  void SetUp() override { use_threads(1); }
  std::vector<float> of(const ToyData& data, const NetworkSpec& spec, std::span<const std::uint32_t> rows,
                        const std::optional<DropoutPass>& pass) {
    const auto weights = Network(spec).initial_weights(5);
    std::vector<float> out(rows.size() * static_cast<std::size_t>(spec.outputs));
    predict({spec, weights, data.pipeline, data.target_scaler(), pass}, data.dataset, rows, plans_, out);
    return out;
  }
  static NetworkSpec lines(const ToyData& data, std::initializer_list<Config> tables) {
    return make_network(network_model(tables), static_cast<std::int32_t>(data.pipeline.width()),
                        {TaskKind::regression, 2});
  }
  PlanCache plans_;
};

// Within five standard errors of 2,000 passes, for both targets of each row.
TEST_F(DropoutPasses, OfALinearNetworkMeanItsPrediction) {
  constexpr std::uint32_t kPasses = 2000;
  const ToyData data = toy_line(70);
  const NetworkSpec spec = data.network({.hidden = {20}, .activation = "identity", .dropout = 0.3});
  const auto exact = of(data, spec, data.rows, {});
  std::vector<double> sum(exact.size()), squares(exact.size());
  for (std::uint32_t pass = 0; pass < kPasses; ++pass) {
    const auto drawn = of(data, spec, data.rows, DropoutPass{9, pass});
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      const double difference = static_cast<double>(drawn[i]) - static_cast<double>(exact[i]);
      sum[i] += difference;
      squares[i] += difference * difference;
    }
  }
  for (std::size_t i = 0; i < exact.size(); ++i) {
    EXPECT_GT(squares[i], 0);
    EXPECT_LT(std::abs(sum[i]), 5 * std::sqrt(squares[i])) << i;
  }
}

// Of inputs dropped before a linear head: rate / (1 - rate) sum_j (w_j x_j)^2. A sample variance of n draws of a
// bounded sum of three terms is within 5 sqrt(2 / n) of it.
TEST_F(DropoutPasses, SpreadAsMuchAsWasDropped) {
  constexpr std::uint32_t kPasses = 4000;
  const ToyData data = toy_line(3);
  const NetworkSpec spec = lines(data, {layer("dropout", {{"rate", 0.2}})});
  const auto weights = Network(spec).initial_weights(5);
  std::vector<float> x(9);
  data.pipeline.gather(data.dataset, data.rows, x.data());
  const auto exact = of(data, spec, data.rows, {});
  std::vector<double> variance(exact.size());
  for (std::uint32_t pass = 0; pass < kPasses; ++pass) {
    const auto drawn = of(data, spec, data.rows, DropoutPass{4, pass});
    for (std::size_t i = 0; i < drawn.size(); ++i)
      variance[i] += std::pow(static_cast<double>(drawn[i]) - static_cast<double>(exact[i]), 2) / kPasses;
  }
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t k = 0; k < 2; ++k) {
      double expected = 0;
      for (std::size_t j = 0; j < 3; ++j)
        expected += 0.25 * std::pow(static_cast<double>(weights[3 * k + j] * x[3 * row + j]), 2);
      expected *= data.scaler.deviation[k] * data.scaler.deviation[k];
      EXPECT_NEAR(variance[2 * row + k], expected, 0.11 * expected);
    }
}

TEST_F(DropoutPasses, AreAFunctionOfTheKeyAndThePass) {
  const ToyData data = toy_blobs(100, 6, 3);
  const NetworkSpec spec = data.network({.hidden = {20}, .dropout = 0.5});
  const auto plain = of(data, spec, data.rows, {});
  const auto first = of(data, spec, data.rows, DropoutPass{7, 0});
  EXPECT_NE(first, plain);
  EXPECT_NE(of(data, spec, data.rows, DropoutPass{7, 1}), first);
  EXPECT_NE(of(data, spec, data.rows, DropoutPass{8, 0}), first);
  EXPECT_EQ(of(data, spec, data.rows, DropoutPass{7, 0}), first);
  EXPECT_EQ(of(data, spec, data.rows, {}), plain);
  EXPECT_EQ(plans_.misses(), 2);
}

TEST_F(DropoutPasses, GiveARowTheSameBitsInAnyCompany) {
  const ToyData data = toy_blobs(300, 40, 3);
  for (const NetworkSpec& spec :
       {data.network({.hidden = {31, 9}, .dropout = 0.3, .batch_norm = true}),
        network_of({layer("conv_block", {{"channels", 3}, {"dropout2d", 0.3}}), layer("gaussian_noise")}, {2, 4, 5})}) {
    const auto all = of(data, spec, data.rows, DropoutPass{3, 5});
    const std::vector<std::vector<std::uint32_t>> lists = {{299}, {0}, {64}, {5, 3, 299, 3, 128, 127}, {}};
    for (const auto& rows : lists) {
      const auto some = of(data, spec, rows, DropoutPass{3, 5});
      for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(some[3 * i + k], all[3 * rows[i] + k]) << rows[i];
    }
  }
}

// Rows that are equal but for the last one differ by their masks alone, within a block and in the same place of two.
TEST_F(DropoutPasses, DrawEachRowAnew) {
  const ToyData data = toy_changed(toy_blobs(130, 4, 2), [](std::size_t row, std::span<float> x) {
    std::ranges::fill(x, row == 129 ? 5.0F : 1.0F);
  });
  const NetworkSpec spec = data.network({.hidden = {40}, .dropout = 0.5});
  const auto shares = of(data, spec, data.rows, DropoutPass{2, 0});
  std::set<float> different;
  for (std::size_t i = 0; i < 130; ++i) different.insert(shares[2 * i]);
  EXPECT_GT(different.size(), 120U);
  EXPECT_NE(shares[0], shares[2 * 64]);
  const auto next = of(data, spec, data.rows, DropoutPass{2, 1});
  EXPECT_NE(next[0], shares[2 * 64]);  // the next pass is not the next block
}

// Behind a single unit there are two predictions: with it and without.
TEST_F(DropoutPasses, LeaveOtherRandomLayersOff) {
  const ToyData data = toy_line(5);
  const NetworkSpec spec =
      lines(data, {layer("gaussian_noise", {{"deviation", 10.0}}), layer("dense", {{"units", 1}}), layer("dropout")});
  std::vector<std::set<float>> different(10);
  for (std::uint32_t pass = 0; pass < 50; ++pass) {
    const auto drawn = of(data, spec, data.rows, DropoutPass{1, pass});
    for (std::size_t i = 0; i < 10; ++i) different[i].insert(drawn[i]);
  }
  for (const auto& values : different) EXPECT_EQ(values.size(), 2);
}

TEST_F(DropoutPasses, NeedALayerThatDrops) {
  const ToyData data = toy_blobs(10, 40, 3);
  const auto with = [](const Config& table) { return network_of({table, layer("flatten")}, {2, 4, 5}); };
  EXPECT_TRUE(has_dropout(with(layer("dropout"))));
  EXPECT_TRUE(has_dropout(with(layer("dropout2d", {{"rate", 0.1}}))));
  EXPECT_TRUE(has_dropout(with(layer("conv_block", {{"channels", 3}, {"dropout2d", 0.2}}))));
  for (const NetworkSpec& spec :
       {with(layer("gaussian_noise")), with(layer("dropout", {{"rate", 0.0}})), data.network({.hidden = {5}})}) {
    EXPECT_FALSE(has_dropout(spec));
    EXPECT_THAT(
        [&] {
          of(data, spec, data.rows, DropoutPass{1, 0});
        },
        ThrowsMessage<ConfigError>(HasSubstr("Monte-Carlo dropout needs a layer that drops")));
    EXPECT_NO_THROW(of(data, spec, data.rows, {}));
  }
}

}  // namespace
}  // namespace jury
