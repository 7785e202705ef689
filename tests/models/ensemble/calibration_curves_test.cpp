#include "models/ensemble/calibration_curves.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

std::vector<ScoredRow> scored(const std::vector<double>& scores, const std::vector<double>& targets) {
  std::vector<ScoredRow> rows;
  for (std::size_t i = 0; i < scores.size(); ++i) rows.push_back({scores[i], targets[i], 1});
  return rows;
}

std::vector<ScoredRow> random_rows(std::size_t count, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<ScoredRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const double score = static_cast<double>(rng.below(25)) / 25;  // with ties
    rows.push_back({score, rng.uniform() < score ? 1.0 : 0.0, 0.5 + rng.uniform()});
  }
  return rows;
}

// Newton's method on Platt's targets, in another language.
TEST(Sigmoid, KnownAnswer) {
  const SigmoidCurve curve = fit_sigmoid(scored({-2, -1, -0.5, 0, 0.5, 1, 2, 3}, {0, 0, 1, 0, 1, 0, 1, 1}));
  EXPECT_NEAR(curve.slope, 0.5730924463870921, 1e-9);
  EXPECT_NEAR(curve.offset, -0.20457273795422443, 1e-9);
}

TEST(Sigmoid, OfSeparableClassesIsFiniteAndOnTheSmoothedTargets) {
  const SigmoidCurve curve = fit_sigmoid(scored({-1, -1, -1, 1, 1}, {0, 0, 0, 1, 1}));
  EXPECT_NEAR(curve.at(1), 3.0 / 4, 1e-9) << "(n1 + 1) / (n1 + 2)";
  EXPECT_NEAR(curve.at(-1), 1.0 / 5, 1e-9) << "1 / (n0 + 2)";
}

TEST(Sigmoid, OfEqualScoresOrOneClassIsTheMeanTarget) {
  EXPECT_NEAR(fit_sigmoid(scored({2, 2, 2, 2}, {1, 0, 0, 0})).at(2), (2.0 / 3 + 3 * 1.0 / 5) / 4, 1e-6);
  EXPECT_NEAR(fit_sigmoid(scored({1, 2, 3}, {0, 0, 0})).at(2), 1.0 / 5, 1e-9);
  EXPECT_NEAR(fit_sigmoid(scored({1}, {1})).at(1), 2.0 / 3, 1e-6);
}

TEST(Sigmoid, WeightsCountAsRowsAndTheirScaleDoesNot) {
  auto rows = scored({-1, 0, 1, 2}, {0, 1, 0, 1});
  auto repeated = rows;
  repeated.insert(repeated.end(), rows.begin(), rows.end());
  for (ScoredRow& row : rows) row.weight = 17;
  const SigmoidCurve once = fit_sigmoid(rows), plain = fit_sigmoid(scored({-1, 0, 1, 2}, {0, 1, 0, 1}));
  EXPECT_NEAR(once.slope, plain.slope, 1e-9);
  EXPECT_NEAR(once.offset, plain.offset, 1e-9);
  rows = scored({-1, 0, 1}, {0, 1, 0});
  rows[0].weight = 2;
  const SigmoidCurve weighted = fit_sigmoid(rows), doubled = fit_sigmoid(scored({-1, -1, 0, 1}, {0, 0, 1, 0}));
  EXPECT_GT(std::abs(weighted.slope), 0.01);
  EXPECT_NEAR(weighted.at(-1), doubled.at(-1), 0.05) << "the same but for the number of rows in Platt's targets";
}

TEST(Sigmoid, IsSteadyFarOut) {
  EXPECT_EQ((SigmoidCurve{1, 0}.at(1e4)), 1);
  EXPECT_EQ((SigmoidCurve{1, 0}.at(-1e4)), 0);
  EXPECT_DOUBLE_EQ((SigmoidCurve{1, 0}.at(0)), 0.5);
}

TEST(Isotonic, KnownAnswer) {
  const IsotonicCurve curve = fit_isotonic(scored({4, 0, 1, 2, 3}, {1, 0, 1, 0, 1}));
  EXPECT_THAT(curve.scores, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(curve.probabilities, ElementsAre(0, 0.5, 0.5, 1, 1));
  EXPECT_EQ(curve.at(-1), 0);
  EXPECT_EQ(curve.at(0.5), 0.25) << "straight between knots";
  EXPECT_EQ(curve.at(1.5), 0.5) << "level within a pool";
  EXPECT_EQ(curve.at(9), 1);
}

TEST(Isotonic, PoolsEqualScoresByTheirWeight) {
  std::vector<ScoredRow> rows = {{0.5, 1, 3}, {0.5, 0, 1}};
  const IsotonicCurve curve = fit_isotonic(rows);
  EXPECT_THAT(curve.scores, ElementsAre(0.5));
  EXPECT_THAT(curve.probabilities, ElementsAre(0.75));
  EXPECT_EQ(curve.at(0), 0.75);
}

// The isotonic fit of row i is max over a <= i of min over b >= i of the mean of rows a to b.
TEST(Isotonic, IsTheMinimaxOfMeans) {
  auto rows = random_rows(80, 1);
  std::ranges::stable_sort(rows, {}, &ScoredRow::score);
  const IsotonicCurve curve = fit_isotonic(rows);
  for (const ScoredRow& row : rows) {
    double highest = -1;
    for (std::size_t a = 0; a < rows.size() && rows[a].score <= row.score; ++a) {
      if (a > 0 && rows[a - 1].score == rows[a].score) continue;
      double lowest = 2, sum = 0, weight = 0;
      for (std::size_t b = a; b < rows.size(); ++b) {
        sum += rows[b].weight * rows[b].target;
        weight += rows[b].weight;
        const bool ends_group = b + 1 == rows.size() || rows[b + 1].score > rows[b].score;
        if (ends_group && rows[b].score >= row.score) lowest = std::min(lowest, sum / weight);
      }
      highest = std::max(highest, lowest);
    }
    EXPECT_NEAR(curve.at(row.score), highest, 1e-12);
  }
}

TEST(Isotonic, NeverFallsAndKeepsTheMean) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto rows = random_rows(60, seed);
    const IsotonicCurve curve = fit_isotonic(rows);
    EXPECT_TRUE(std::ranges::is_sorted(curve.probabilities));
    EXPECT_TRUE(std::ranges::is_sorted(curve.scores));
    double fitted = 0, met = 0;
    for (const ScoredRow& row : rows) {
      fitted += row.weight * curve.at(row.score);
      met += row.weight * row.target;
    }
    EXPECT_NEAR(fitted, met, 1e-9);
  }
}

TEST(Curves, AreTheSameAfterSaveAndLoad) {
  const auto rows = random_rows(40, 2);
  ByteWriter writer;
  save(fit_sigmoid(rows), writer);
  save(fit_isotonic(rows), writer);
  ByteReader reader(writer.bytes());
  EXPECT_EQ(load_sigmoid(reader), fit_sigmoid(rows));
  EXPECT_EQ(load_isotonic(reader), fit_isotonic(rows));
  EXPECT_TRUE(reader.empty());
}

TEST(Curves, DamagedOnesAreRefused) {
  const auto reading_isotonic = [](const IsotonicCurve& curve) {
    ByteWriter writer;
    save(curve, writer);
    ByteReader reader(writer.bytes());
    return load_isotonic(reader);
  };
  EXPECT_NO_THROW(reading_isotonic({{0, 1}, {0, 1}}));
  for (const IsotonicCurve& wrong : {IsotonicCurve{{}, {}},
                                     {{0, 1}, {0}},
                                     {{1, 1}, {0, 1}},
                                     {{0, 1}, {1, 0}},
                                     {{0, 1}, {0, 2}},
                                     {{0}, {-1}},
                                     {{0, std::nan("")}, {0, 1}},
                                     {{0}, {std::nan("")}}})
    EXPECT_THROW(reading_isotonic(wrong), DataError);
  ByteWriter writer;
  save(SigmoidCurve{std::numeric_limits<double>::infinity(), 0}, writer);
  ByteReader reader(writer.bytes());
  EXPECT_THROW(load_sigmoid(reader), DataError);
}

}  // namespace
}  // namespace jury
