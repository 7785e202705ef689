#include "models/metrics/variance_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "models/metrics/bias_variance.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

constexpr IntervalOptions kNoBootstrap = {.level = 0.95, .resamples = 0};

// Predictions of every cell, of values.
struct Cells {
  std::vector<std::vector<float>> of;

  std::vector<Predictions> all() const { return {of.begin(), of.end()}; }
};

VarianceSources of_values(const CrossedDesign& design, const Cells& cells, std::span<const float> weights = {},
                          std::size_t targets = 1) {
  const std::vector<double> zeros(cells.of.front().size());
  return variance_sources(design,
                          {.outcome = Outcome::values, .num_outputs = targets, .values = zeros, .weights = weights},
                          cells.all(), 1, kNoBootstrap);
}

Cells scores(const std::vector<double>& of_cells) {
  Cells cells;
  for (const double score : of_cells) cells.of.push_back({static_cast<float>(score)});
  return cells;
}

// Each row draws effects of its own: of the set u of sources with deviation deviations[u], u > 0.
Cells random_effects(const CrossedDesign& design, std::size_t rows, const std::vector<double>& deviations,
                     std::uint64_t seed = 3) {
  Rng rng(seed);
  Cells cells{.of = std::vector<std::vector<float>>(design.num_cells(), std::vector<float>(rows))};
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t u = 1; u < deviations.size(); ++u) {
      std::vector<double> effects(design.num_cells());
      for (double& effect : effects) effect = deviations[u] * rng.normal();
      for (std::size_t c = 0; c < design.num_cells(); ++c) {
        const std::vector<std::size_t> at = design.levels_of(c);
        std::size_t combination = 0;
        for (std::size_t s = 0; s < at.size(); ++s)
          if (u >> s & 1U) combination = combination * design.levels[s] + at[s];
        cells.of[c][row] += static_cast<float>(effects[combination]);
      }
    }
  return cells;
}

TEST(CrossedDesign, CountsWithTheLastSourceFastest) {
  const CrossedDesign design{{2, 3}};
  EXPECT_EQ(design.num_cells(), 6U);
  EXPECT_THAT(design.levels_of(0), ElementsAre(0, 0));
  EXPECT_THAT(design.levels_of(2), ElementsAre(0, 2));
  EXPECT_THAT(design.levels_of(3), ElementsAre(1, 0));
}

TEST(VarianceSources, OfOneSourceIsThePlainVariance) {
  const VarianceSources result = of_values({{4}}, scores({1, 2, 4, 9}));
  ASSERT_EQ(result.components.size(), 1U);
  EXPECT_DOUBLE_EQ(result.components[0].estimate, 38.0 / 3);
  EXPECT_DOUBLE_EQ(result.components[0].plug_in, 38.0 / 4);
  EXPECT_DOUBLE_EQ(result.total_plug_in, 38.0 / 4);
  EXPECT_EQ(result.shares[0].first_order, 1);
  EXPECT_EQ(result.shares[0].total, 1);
}

// Cells 0 1 / 2 5: effects 1.5, 1 and 0.5 around 2; mean squares 9, 4 and 1 at one degree of freedom each.
TEST(VarianceSources, KnownAnswerOfTwoByTwo) {
  const VarianceSources result = of_values({{2, 2}}, scores({0, 1, 2, 5}));
  ASSERT_EQ(result.components.size(), 3U);
  const VarianceComponent& a = result.components[0];
  const VarianceComponent& b = result.components[1];
  const VarianceComponent& both = result.components[2];
  EXPECT_EQ(a.sources, 1U);
  EXPECT_EQ(both.sources, 3U);
  EXPECT_DOUBLE_EQ(a.plug_in, 2.25);
  EXPECT_DOUBLE_EQ(b.plug_in, 1);
  EXPECT_DOUBLE_EQ(both.plug_in, 0.25);
  EXPECT_DOUBLE_EQ(a.estimate, 4);
  EXPECT_DOUBLE_EQ(b.estimate, 1.5);
  EXPECT_DOUBLE_EQ(both.estimate, 1);
  EXPECT_DOUBLE_EQ(result.total_plug_in, 3.5);
  EXPECT_DOUBLE_EQ(result.total_estimate, 6.5);
  EXPECT_DOUBLE_EQ(result.shares[0].first_order, 4 / 6.5);
  EXPECT_DOUBLE_EQ(result.shares[0].total, 5 / 6.5);
  EXPECT_DOUBLE_EQ(result.shares[1].total, 2.5 / 6.5);
  EXPECT_TRUE(std::isnan(a.standard_error) && std::isnan(a.over_levels.low));  // two levels cannot be jackknifed
}

// f = a + b with a of 0, 3, 6 and b of 0, 1: the estimates are the variances of a and of b.
TEST(VarianceSources, OfAdditiveEffectsSeesNoInteraction) {
  const VarianceSources result = of_values({{3, 2}}, scores({0, 1, 3, 4, 6, 7}));
  EXPECT_NEAR(result.components[0].estimate, 9, 1e-13);
  EXPECT_NEAR(result.components[1].estimate, 0.5, 1e-13);
  EXPECT_NEAR(result.components[2].estimate, 0, 1e-13);
  EXPECT_EQ(result.components[0].degrees_of_freedom, 2);
}

// Pure interaction, f = +-1 as the levels agree: main effects are nothing, so that their unbiased estimates are
// negative.
TEST(VarianceSources, ANegativeEstimateStaysAndHasNoShare) {
  const VarianceSources result = of_values({{2, 2}}, scores({1, -1, -1, 1}));
  EXPECT_DOUBLE_EQ(result.components[0].estimate, -2);
  EXPECT_EQ(result.components[0].share, 0);
  EXPECT_EQ(result.components[2].share, 1);
  EXPECT_EQ(result.shares[0].first_order, 0);
  EXPECT_EQ(result.shares[0].total, 1);
}

// Components 4, 1, 0.25, ... of three sources: each is found in the mean over 4,000 rows. The estimate of the first
// varies by about 4 sqrt(2 / 4) / sqrt(4000) = 0.045 and the others by less.
TEST(VarianceSources, FindsTheComponentsOfInteractingEffects) {
  const CrossedDesign design{{5, 3, 4}};
  const std::vector<double> deviations = {0, 2, 1, 0.5, 0, 0.7, 1.2, 0.3};
  const VarianceSources result = of_values(design, random_effects(design, 4000, deviations));
  ASSERT_EQ(result.components.size(), 7U);
  for (const VarianceComponent& c : result.components)
    EXPECT_NEAR(c.estimate, deviations[c.sources] * deviations[c.sources], 0.15) << c.sources;
  EXPECT_LE(result.residual, 1e-9);
  EXPECT_EQ(result.num_rows, 4000U);
}

class VarianceSourcesIdentity : public testing::TestWithParam<std::vector<std::size_t>> {};

TEST_P(VarianceSourcesIdentity, PlugInComponentsSumToTheVarianceOverCells) {
  const CrossedDesign design{GetParam()};
  const std::size_t rows = 11;
  for (const double offset : {0.0, 1e6}) {
    Cells cells = random_effects(design, rows, std::vector<double>(std::size_t{1} << design.num_sources(), 1.0));
    for (auto& cell : cells.of)
      for (float& value : cell) value += static_cast<float>(offset);
    const VarianceSources result = of_values(design, cells);
    double sum = 0, estimates = 0;
    for (const VarianceComponent& c : result.components) {
      sum += c.plug_in;
      estimates += c.estimate;
    }
    EXPECT_NEAR(sum, result.total_plug_in, 1e-9 * sum);
    EXPECT_NEAR(estimates, result.total_estimate, 1e-12);
    EXPECT_LE(result.residual, 1e-9);
    // What each row says is what their mean says.
    for (std::size_t c = 0; c < result.components.size(); ++c) {
      double mean = 0;
      for (std::size_t row = 0; row < rows; ++row) mean += result.points[row * result.components.size() + c] / 11;
      EXPECT_NEAR(mean, result.components[c].estimate, 1e-9);
    }
    // Cells are replicates: the same variance as their bias-variance decomposition.
    const std::vector<double> zeros(rows, offset);
    BiasVariance replicates({.outcome = Outcome::values, .num_outputs = 1, .values = zeros});
    for (const auto& cell : cells.of) replicates.add_replicate(cell);
    EXPECT_NEAR(result.total_plug_in, replicates.finish(1, kNoBootstrap)[0].overall.variance, 1e-9 * sum);
  }
}

INSTANTIATE_TEST_SUITE_P(Designs, VarianceSourcesIdentity,
                         testing::Values(std::vector<std::size_t>{2}, std::vector<std::size_t>{7},
                                         std::vector<std::size_t>{2, 5}, std::vector<std::size_t>{3, 3, 2},
                                         std::vector<std::size_t>{3, 2, 2, 3}));

// Left out by hand: the design without each level, through the same function.
TEST(VarianceSources, TheStandardErrorIsThatOfTheJackknife) {
  const CrossedDesign design{{3, 4}};
  const Cells cells = random_effects(design, 5, {0, 1, 1, 1});
  const VarianceSources result = of_values(design, cells);
  double variance = 0, share_variance = 0;
  for (std::size_t s = 0; s < 2; ++s) {
    std::vector<double> estimates, shares;
    for (std::size_t level = 0; level < design.levels[s]; ++level) {
      CrossedDesign smaller = design;
      --smaller.levels[s];
      Cells kept;
      for (std::size_t c = 0; c < design.num_cells(); ++c)
        if (design.levels_of(c)[s] != level) kept.of.push_back(cells.of[c]);
      const VarianceSources without = of_values(smaller, kept);
      estimates.push_back(without.components[0].estimate);
      shares.push_back(without.shares[0].total);
    }
    const auto spread = [](const std::vector<double>& values) {
      double mean = 0, sum = 0;
      for (const double v : values) mean += v / static_cast<double>(values.size());
      for (const double v : values) sum += (v - mean) * (v - mean);
      return sum * static_cast<double>(values.size() - 1) / static_cast<double>(values.size());
    };
    variance += spread(estimates);
    share_variance += spread(shares);
  }
  EXPECT_NEAR(result.components[0].standard_error, std::sqrt(variance), 1e-12);
  EXPECT_NEAR(result.shares[0].total_error, std::sqrt(share_variance), 1e-12);
  // Student's t at two degrees of freedom.
  const double reach = result.components[0].over_levels.high - result.components[0].estimate;
  EXPECT_NEAR(reach, 4.302652729696142 * std::sqrt(variance), 1e-8);
  EXPECT_GE(result.shares[0].total_interval.low, 0);
  EXPECT_LE(result.shares[0].total_interval.high, 1);
}

TEST(VarianceSources, OfClassesSumsOverThem) {
  const CrossedDesign design{{2, 3}};
  Rng rng(9);
  Cells cells{.of = std::vector<std::vector<float>>(6, std::vector<float>(4 * 3))};
  for (auto& cell : cells.of)
    for (float& p : cell) p = static_cast<float>(rng.uniform());
  const std::vector<std::int32_t> labels = {0, 1, 2, 0};
  const Truth truth{.outcome = Outcome::classes, .num_outputs = 3, .labels = labels};
  const VarianceSources result = variance_sources(design, truth, cells.all(), 1);
  BiasVariance replicates(truth);
  for (const auto& cell : cells.of) replicates.add_replicate(cell);
  const Decomposition brier = replicates.finish(1)[0];
  ASSERT_EQ(brier.definition, "brier");
  EXPECT_NEAR(result.total_plug_in, brier.overall.variance, 1e-12);
  EXPECT_LT(result.components[0].over_rows.low, result.components[0].over_rows.high);
}

TEST(VarianceSources, AveragesTargetsAndWeighsRows) {
  const CrossedDesign design{{3}};
  const Cells cells{.of = {{0, 0, 0, 5}, {1, 2, 0, 5}, {2, 4, 0, 8}}};  // two rows of two targets: variances 1 4 | 0 3
  const std::vector<float> weights = {3, 1};
  const std::vector<double> zeros(4);
  const VarianceSources result =
      variance_sources(design, {.outcome = Outcome::values, .num_outputs = 2, .values = zeros, .weights = weights},
                       cells.all(), 1, kNoBootstrap);
  EXPECT_NEAR(result.points[0], 2.5, 1e-14);
  EXPECT_NEAR(result.points[1], 1.5, 1e-14);
  EXPECT_NEAR(result.components[0].estimate, (3 * 2.5 + 1.5) / 4, 1e-14);
}

TEST(VarianceSources, ARowThatACellMissedIsLeftOut) {
  const CrossedDesign design{{2, 2}};
  Cells cells{.of = {{0, 1}, {1, 1}, {2, 1}, {5, std::numeric_limits<float>::quiet_NaN()}}};
  const VarianceSources result = of_values(design, cells);
  EXPECT_EQ(result.num_rows, 1U);
  EXPECT_DOUBLE_EQ(result.components[0].estimate, 4);
  EXPECT_TRUE(std::isnan(result.points[3]));
}

TEST(VarianceSources, WithoutVarianceHasNoSharesAndWithoutRowsNothing) {
  const VarianceSources constant = of_values({{3, 3}}, scores(std::vector<double>(9, 0.1)));
  EXPECT_EQ(constant.total_plug_in, 0);
  EXPECT_EQ(constant.residual, 0);
  EXPECT_EQ(constant.components[0].estimate, 0);
  EXPECT_TRUE(std::isnan(constant.shares[0].first_order) && std::isnan(constant.shares[0].total_interval.low));
  const VarianceSources nothing = of_values({{3}}, scores({1, 2, std::nan("")}));
  EXPECT_EQ(nothing.num_rows, 0U);
  EXPECT_TRUE(std::isnan(nothing.total_plug_in) && std::isnan(nothing.components[0].estimate));
}

TEST(VarianceSources, NamesOfSets) {
  const std::vector<std::string> names = {"data", "init", "order"};
  EXPECT_EQ(name_of(1, names), "data");
  EXPECT_EQ(name_of(5, names), "data:order");
  EXPECT_EQ(name_of(7, names), "data:init:order");
}

#ifdef JURY_CONTRACTS
TEST(VarianceSourcesDeathTest, AnIncompleteDesignBreaksTheContract) {
  EXPECT_DEATH(of_values({{2, 2}}, scores({1, 2, 3})), "contract broken");
  EXPECT_DEATH(of_values({{3, 1}}, scores({1, 2, 3})), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
