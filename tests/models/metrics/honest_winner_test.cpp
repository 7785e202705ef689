#include "models/metrics/honest_winner.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "models/metrics/row_resampler.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// Two classes, sure predictions that are right with a probability of each trial's own.
struct Trials {
  Trials(std::size_t rows, const std::vector<double>& skills, std::uint64_t key, std::size_t repeats = 1)
      : num_repeats(repeats) {
    Rng rng(key);
    for (std::size_t row = 0; row < rows; ++row) labels.push_back(static_cast<std::int32_t>(rng.below(2)));
    for (const double skill : skills) {
      for (std::size_t repeat = 0; repeat < repeats; ++repeat) {
        std::vector<float>& p = predictions.emplace_back();
        for (const std::int32_t label : labels) {
          const std::int32_t said = rng.uniform() < skill ? label : 1 - label;
          const auto sure = static_cast<float>(0.5 + 0.5 * rng.uniform());
          p.push_back(said == 0 ? sure : 1 - sure);
          p.push_back(said == 1 ? sure : 1 - sure);
        }
      }
    }
  }
  std::optional<HonestWinner> winner(const char* metric, std::uint64_t key, const IntervalOptions& options = {}) const {
    const std::vector<Predictions> spans(predictions.begin(), predictions.end());
    return honest_winner(
        find_metric(metric),
        {.truth = {.outcome = Outcome::classes, .num_outputs = 2, .labels = labels, .weights = weights},
         .predictions = spans,
         .num_repeats = num_repeats,
         .groups = groups},
        key, options);
  }
  std::size_t num_repeats;
  std::vector<std::int32_t> labels, groups = {};
  std::vector<float> weights = {};
  std::vector<std::vector<float>> predictions = {};
};

// The definition, one resample after the other.
struct Reference {
  double honest = 0;
  std::vector<std::uint32_t> chosen;
};
Reference reference(const TrialRows& trials, std::uint64_t key, std::size_t resamples) {
  Reference out{.chosen = std::vector<std::uint32_t>(trials.num_trials)};
  RowResampler resampler(trials.num_rows(), trials.groups, key);
  double scored = 0;
  for (std::size_t i = 0; i < resamples; ++i) {
    const auto counts = resampler.next();
    const auto mean = [&](std::size_t trial, bool drawn) {
      double sum = 0, weight = 0;
      for (std::size_t row = 0; row < trials.num_rows(); ++row) {
        const double w = (trials.weights.empty() ? 1.0 : static_cast<double>(trials.weights[row])) *
                         (drawn ? counts[row] : counts[row] == 0);
        sum += w * trials.scores[trial * trials.num_rows() + row];
        weight += w;
      }
      return sum / weight;
    };
    std::size_t best = 0;
    for (std::size_t trial = 1; trial < trials.num_trials; ++trial)
      if (mean(trial, true) < mean(best, true)) best = trial;
    if (std::isnan(mean(best, false))) continue;
    ++out.chosen[best];
    out.honest += mean(best, false);
    ++scored;
  }
  out.honest /= scored;
  return out;
}

TEST(HonestWinner, IsTheMeanOfWhatWinnersScoreOnRowsLeftOut) {
  Rng rng(1);
  const std::size_t trials = 7, rows = 40;
  std::vector<double> losses;
  std::vector<float> weights;
  std::vector<std::int32_t> groups;
  for (std::size_t i = 0; i < trials * rows; ++i) losses.push_back(rng.normal() + 2);
  for (std::size_t row = 0; row < rows; ++row) {
    weights.push_back(static_cast<float>(0.25 + rng.uniform()));
    groups.push_back(static_cast<std::int32_t>(row / 3));
  }
  for (const bool grouped : {false, true}) {
    TrialRows given{.num_trials = trials, .scores = losses, .weights = weights};
    if (grouped) given.groups = groups;
    const auto found = honest_winner(find_metric("mse"), given, 99, {.resamples = 100});
    const Reference expected = reference(given, 99, 100);
    EXPECT_NEAR(found->honest, expected.honest, 1e-12);
    EXPECT_EQ(found->chosen, expected.chosen);
    EXPECT_EQ(found->num_resamples, 100U);
    EXPECT_EQ(found->optimism, found->honest - found->naive) << "of a loss";
    EXPECT_LT(found->interval.low, found->honest);
    EXPECT_GT(found->interval.high, found->honest);
    EXPECT_NEAR(honest_winner(find_metric("rmse"), given, 99, {.resamples = 100})->naive, std::sqrt(found->naive),
                1e-12);
  }
}

// F1 of all classes together is the accuracy, and takes the way of scores that are no means over rows.
TEST(HonestWinner, IsTheSameWhetherRowsAreAveragedOrScoredAnew) {
  for (const std::size_t repeats : {1U, 3U}) {
    Trials trials(60, {0.6, 0.65, 0.7, 0.65}, 12, repeats);
    Rng rng(6);
    for (std::size_t row = 0; row < 60; ++row) {
      // No ties but on paper: those would go by the last digit of either sum.
      trials.weights.push_back(row % 5 == 0 ? 0.0F : static_cast<float>(1 + rng.uniform()));
      trials.groups.push_back(static_cast<std::int32_t>(row % 23));
    }
    const auto averaged = trials.winner("accuracy", 8, {.resamples = 200}),
               anew = trials.winner("f1_micro", 8, {.resamples = 200});
    EXPECT_EQ(averaged->winner, anew->winner);
    EXPECT_EQ(averaged->chosen, anew->chosen);
    EXPECT_EQ(averaged->num_resamples, anew->num_resamples);
    EXPECT_NEAR(averaged->naive, anew->naive, 1e-12);
    EXPECT_NEAR(averaged->honest, anew->honest, 1e-12);
    EXPECT_NEAR(averaged->interval.low, anew->interval.low, 1e-12);
    EXPECT_NEAR(averaged->optimism, averaged->naive - averaged->honest, 1e-15) << "of a score";
  }
}

// 200 tasks whose labels are pure chance: whatever wins is worth one half.
TEST(HonestWinner, OfPureNoiseIsChanceAndTheNaiveScoreIsNot) {
  double naive = 0, honest = 0, inside = 0;
  for (std::uint64_t task = 0; task < 200; ++task) {
    const Trials trials(100, std::vector<double>(50, 0.5), 1000 + task);
    const auto found = trials.winner("accuracy", task, {.resamples = 200});
    naive += found->naive / 200;
    honest += found->honest / 200;
    inside += (found->interval.low <= 0.5 && found->interval.high >= 0.5) / 200.0;
  }
  EXPECT_NEAR(honest, 0.5, 0.01);
  EXPECT_GT(naive, 0.6);
  EXPECT_GE(inside, 0.95);
}

TEST(HonestWinner, OfPureNoiseIsChanceForRanksToo) {
  double naive = 0, honest = 0;
  for (std::uint64_t task = 0; task < 40; ++task) {
    const Trials trials(60, std::vector<double>(20, 0.5), 5000 + task);
    const auto found = trials.winner("roc_auc", task, {.resamples = 50});
    naive += found->naive / 40;
    honest += found->honest / 40;
  }
  EXPECT_NEAR(honest, 0.5, 0.02);
  EXPECT_GT(naive, 0.6);
}

TEST(HonestWinner, OfACandidateThatIsClearlyTheBestIsItsScore) {
  const auto found = Trials(400, {0.5, 0.95, 0.5, 0.55}, 4).winner("accuracy", 1);
  EXPECT_EQ(found->winner, 1U);
  EXPECT_EQ(found->chosen, (std::vector<std::uint32_t>{0, 1000, 0, 0}));
  EXPECT_NEAR(found->optimism, 0, 0.002);
}

TEST(HonestWinner, OfEqualTrialsIsTheFirstWithoutOptimism) {
  Trials trials(200, {0.7}, 4);
  for (int copy = 0; copy < 4; ++copy) trials.predictions.push_back(trials.predictions.front());
  const auto found = trials.winner("log_loss", 1);
  EXPECT_EQ(found->winner, 0U);
  EXPECT_EQ(found->chosen.front(), 1000U);
  EXPECT_NEAR(found->optimism, 0, 0.01);
}

// Rows of a group are copies: drawn by themselves, copies of the rows left out would choose the winner.
TEST(HonestWinner, CopiesOfRowsMustBeResampledTogether) {
  double apart = 0, together = 0;
  for (std::uint64_t task = 0; task < 50; ++task) {
    Rng rng(task);
    std::vector<double> losses;
    std::vector<std::int32_t> groups;
    for (int row = 0; row < 200; ++row) groups.push_back(row / 4);
    for (int trial = 0; trial < 30; ++trial)
      for (int group = 0; group < 50; ++group) losses.insert(losses.end(), 4, rng.uniform() < 0.5 ? 1.0 : 0.0);
    const TrialRows alone{.num_trials = 30, .scores = losses},
        grouped{.num_trials = 30, .scores = losses, .groups = groups};
    apart += honest_winner(find_metric("mse"), alone, task, {.resamples = 200})->honest / 50;
    together += honest_winner(find_metric("mse"), grouped, task, {.resamples = 200})->honest / 50;
  }
  EXPECT_NEAR(together, 0.5, 0.02);
  EXPECT_LT(apart, 0.42);
}

TEST(HonestWinner, RowsNobodyPredictedAndTrialsThatMissOneAreLeftOut) {
  std::vector<double> losses = {1, 2, kNaN, 3, 0, kNaN, kNaN, 0, 2, 2, kNaN, 1};
  const auto found = honest_winner(find_metric("mae"), TrialRows{.num_trials = 3, .scores = losses}, 3);
  EXPECT_EQ(found->num_trials, 2U);
  EXPECT_EQ(found->chosen.size(), 3U);
  EXPECT_EQ(found->chosen[1], 0U) << "it lacks row 1";
  EXPECT_EQ(found->winner, 2U);
  EXPECT_NEAR(found->naive, 5.0 / 3, 1e-15);
  EXPECT_LT(found->num_resamples, 1000U) << "some leave no row";
  const std::vector<double> none(6, kNaN);
  EXPECT_FALSE(honest_winner(find_metric("mae"), TrialRows{.num_trials = 2, .scores = none}, 3));
  EXPECT_FALSE(honest_winner(find_metric("mae"), TrialRows{}, 3));
}

TEST(HonestWinner, ARowWithoutWeightIsNotThere) {
  Trials with(41, {0.6, 0.7}, 9), without(41, {0.6, 0.7}, 9);
  with.weights.assign(41, 1.0F);
  with.weights[40] = 0;
  without.labels.pop_back();
  for (auto& p : without.predictions) p.resize(80);
  for (const char* metric : {"brier", "f1_macro"}) {
    const auto a = with.winner(metric, 2, {.resamples = 50}), b = without.winner(metric, 2, {.resamples = 50});
    EXPECT_EQ(a->honest, b->honest) << metric;
    EXPECT_EQ(a->naive, b->naive) << metric;
  }
}

TEST(HonestWinner, WithoutResamplesOnlyTheNaiveScoreIsKnown) {
  const auto found = Trials(30, {0.6, 0.7}, 9).winner("accuracy", 2, {.resamples = 0});
  EXPECT_FALSE(std::isnan(found->naive));
  EXPECT_TRUE(std::isnan(found->honest));
  EXPECT_TRUE(std::isnan(found->optimism));
  EXPECT_TRUE(std::isnan(found->interval.low));
}

}  // namespace
}  // namespace jury
