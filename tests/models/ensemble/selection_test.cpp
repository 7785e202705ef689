#include "models/ensemble/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "models/ensemble/weighted_combination.hpp"
#include "random_members.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

// Random bases over every row, and a truth for them.
struct Library {
  CombinationShape shape;
  std::vector<float> members;
  std::vector<std::int32_t> labels;
  std::vector<double> values;

  Library(std::size_t bases, const CombinationShape& shape_, std::uint64_t seed)
      : shape(shape_), members(random_members(bases, shape_, seed)) {
    Rng rng(seed);
    for (float& f : members)
      if (std::isnan(f)) f = 1.0F / static_cast<float>(shape.num_outputs);
    for (std::size_t i = 0; shape.outcome == Outcome::classes && i < shape.num_rows; ++i)
      labels.push_back(static_cast<std::int32_t>(rng.below(shape.num_outputs)));
    for (std::size_t i = 0; shape.outcome == Outcome::values && i < shape.num_rows * shape.num_outputs; ++i)
      values.push_back(rng.uniform());
  }
  Truth truth() const {
    return {.outcome = shape.outcome,
            .num_outputs = shape.num_outputs,
            .labels = labels,
            .values = values,
            .kind = shape.kind};
  }
  std::vector<Predictions> bases() const {
    std::vector<Predictions> spans;
    for (std::size_t b = 0; b * shape.num_rows * shape.width() < members.size(); ++b)
      spans.push_back(member_of(members, shape, b));
    return spans;
  }
};

Selection select(std::string_view metric, const Library& library, const StackOptions& options, std::uint64_t key = 1) {
  Rng rng(key);
  return select_bases({find_metric(metric), library.truth()}, library.bases(), options, rng);
}

// The picks by a straightforward second look: every ensemble combined from scratch.
std::vector<std::uint32_t> naive_picks(const SelectionGoal& goal, const Library& library, std::size_t num_picks) {
  std::vector<std::uint32_t> picks;
  const auto bases = library.bases();
  while (picks.size() < num_picks) {
    std::uint32_t best = 0;
    double best_score = std::nan("");
    for (std::uint32_t b = 0; b < bases.size(); ++b) {
      Combination combination(library.shape);
      for (const std::uint32_t pick : picks) combination.add(bases[pick]);
      combination.add(bases[b]);
      const double reached = score(goal.metric, goal.truth, combination.mean());
      if (!is_better(goal.metric, reached, best_score)) continue;
      best = b;
      best_score = reached;
    }
    picks.push_back(best);
  }
  return picks;
}

class SelectionLaws : public testing::TestWithParam<std::tuple<std::string, CombinationShape>> {};

TEST_P(SelectionLaws, PicksAreThoseOfASecondLook) {
  const auto& [name, shape] = GetParam();
  const Library library(6, shape, 51);
  const Truth truth = library.truth();
  const Metric& metric = find_metric(name);
  Rng rng(1);
  const Selection selection = select_bases({metric, truth}, library.bases(), {.picks = 8}, rng);
  ASSERT_EQ(selection.runs.size(), 1U);
  const SelectionRun& run = selection.runs[0];
  EXPECT_EQ(run.picks, naive_picks({metric, truth}, library, 8));
  EXPECT_EQ(rng.position(), 0U) << "nothing is drawn without bags";
  Combination combination(shape);
  for (std::size_t pick = 0; pick < 8; ++pick) {
    combination.add(library.bases()[run.picks[pick]]);
    EXPECT_EQ(run.scores[pick], score(metric, truth, combination.mean()));
    EXPECT_FALSE(is_better(metric, run.scores[pick], run.scores[run.num_kept - 1]));
    if (pick + 1 >= run.num_kept) continue;
    EXPECT_TRUE(is_better(metric, run.scores[run.num_kept - 1], run.scores[pick])) << "the shortest of equals";
  }
}

TEST_P(SelectionLaws, CountsWeightsAndScoreAreThoseOfTheKeptPicks) {
  const auto& [name, shape] = GetParam();
  const Library library(6, shape, 52);
  const Truth truth = library.truth();
  const Metric& metric = find_metric(name);
  Rng rng(1);
  const Selection selection =
      select_bases({metric, truth}, library.bases(), {.picks = 8, .bags = 4, .bag_share = 0.5}, rng);
  ASSERT_EQ(selection.runs.size(), 4U);
  std::vector<std::int32_t> counts(6);
  for (const SelectionRun& run : selection.runs) {
    EXPECT_EQ(run.picks.size(), 8U);
    for (std::size_t pick = 0; pick < run.num_kept; ++pick) ++counts[run.picks[pick]];
    EXPECT_LE(std::set(run.picks.begin(), run.picks.end()).size(), 3U) << "half of six";
  }
  EXPECT_EQ(selection.counts, counts);
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  WeightedCombination combination(shape);
  for (std::size_t b = 0; b < 6; ++b) {
    EXPECT_DOUBLE_EQ(selection.weights[b], counts[b] / total);
    combination.add(library.bases()[b], selection.weights[b]);
  }
  EXPECT_EQ(selection.score, score(metric, truth, combination.mean()));
}

INSTANTIATE_TEST_SUITE_P(Metrics, SelectionLaws,
                         testing::Values(std::tuple{"accuracy", CombinationShape{Outcome::classes, 30, 3}},
                                         std::tuple{"log_loss", CombinationShape{Outcome::classes, 30, 3}},
                                         std::tuple{"balanced_accuracy", CombinationShape{Outcome::classes, 12, 2}},
                                         std::tuple{"rmse", CombinationShape{Outcome::values, 25, 2}},
                                         std::tuple{"r2", CombinationShape{Outcome::values, 25, 1}},
                                         std::tuple{"nll", CombinationShape{Outcome::values, 25, 2,
                                                                            ValueKind::means_and_variances}}));

// Errors 4, 1 and -3 of a truth of 0: three of the second and one of the third cancel.
TEST(Selection, TakesABaseAgainWhereItHelps) {
  const std::vector<double> values = {0};
  const Truth truth{.outcome = Outcome::values, .num_outputs = 1, .values = values};
  const std::vector<float> a = {1}, b = {-3}, c = {4};
  Rng rng(1);
  const Selection selection =
      select_bases({find_metric("mse"), truth}, std::vector<Predictions>{c, a, b}, {.picks = 6}, rng);
  EXPECT_THAT(selection.runs[0].picks, ElementsAre(1, 1, 2, 1, 1, 1)) << "sums 1, 2 (or -2: a tie), -1, 0, 1, 2";
  EXPECT_EQ(selection.runs[0].num_kept, 4U);
  EXPECT_THAT(selection.counts, ElementsAre(0, 3, 1));
  EXPECT_THAT(selection.weights, ElementsAre(0, 0.75, 0.25));
  EXPECT_NEAR(selection.score, 0, 1e-12);
}

TEST(Selection, APerfectBaseIsAllThereIs) {
  Library library(5, {Outcome::values, 20, 1}, 53);
  for (std::size_t row = 0; row < 20; ++row) {
    library.members[3 * 20 + row] = 0.25F * static_cast<float>(row);
    library.values[row] = 0.25 * static_cast<double>(row);
  }
  const Selection selection = select("rmse", library, {});
  EXPECT_THAT(selection.counts, ElementsAre(0, 0, 0, 1, 0));
  EXPECT_EQ(selection.score, 0);
}

TEST(Selection, EqualBasesGoToTheFirst) {
  Library library(3, {Outcome::classes, 10, 2}, 54);
  library.members.insert(library.members.end(), library.members.begin(), library.members.end());
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Selection selection = select("brier", library, {.bags = 2, .bag_share = 1}, seed);
    EXPECT_THAT(selection.counts, ElementsAre(testing::_, testing::_, testing::_, 0, 0, 0));
  }
}

TEST(Selection, OneBaseIsItsOwnEnsemble) {
  const Library library(1, {Outcome::classes, 10, 2}, 55);
  for (const std::int32_t bags : {0, 3})
    EXPECT_THAT(select("brier", library, {.bags = bags, .bag_share = 0.1}).weights, ElementsAre(1));
}

TEST(Selection, LeavesOutRowsThatABaseDidNotPredictForAllBases) {
  Library library(4, {Outcome::values, 15, 1}, 56);
  const auto weigh = [](const Library& from, std::span<const float> weights) {
    Truth truth = from.truth();
    truth.weights = weights;
    Rng rng(1);
    return select_bases({find_metric("mse"), truth}, from.bases(), {.picks = 10}, rng);
  };
  std::vector<float> weights(15, 1.0F);
  weights[2] = 0;
  const Selection expected = weigh(library, weights);
  library.members[3 * 15 + 2] = kFloatNaN;
  const Selection selection = weigh(library, {});
  EXPECT_EQ(selection.runs[0].picks, expected.runs[0].picks);
  EXPECT_THAT(selection.runs[0].scores, testing::Pointwise(DoubleEq(), expected.runs[0].scores));
  EXPECT_EQ(selection.score, expected.score);
}

TEST(Selection, ABaseThatPredictedNothingIsNeverPicked) {
  Library library(3, {Outcome::values, 15, 1}, 57);
  std::fill_n(library.members.begin(), 15, kFloatNaN);
  const Selection selection = select("mse", library, {.bags = 3, .bag_share = 0.4});
  EXPECT_EQ(selection.counts[0], 0);
  EXPECT_TRUE(std::isfinite(selection.score));
  std::fill(library.members.begin(), library.members.end(), kFloatNaN);
  EXPECT_THAT([&] { select("mse", library, {}); }, ThrowsMessage<DataError>(HasSubstr("no row to be scored on")));
}

TEST(Selection, BagsFollowTheStreamAlone) {
  const Library library(12, {Outcome::classes, 40, 3}, 58);
  const auto counts = [&](std::uint64_t key) {
    return select("log_loss", library, {.bags = 3, .bag_share = 0.3}, key).counts;
  };
  EXPECT_EQ(counts(1), counts(1));
  EXPECT_NE(counts(1), counts(2));
}

}  // namespace
}  // namespace jury
