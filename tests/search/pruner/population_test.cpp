#include "search/pruner/population.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "search/pruner/pruner_runs.hpp"
#include "search/pruner/virtual_search.hpp"

namespace jury {
namespace {

Population make_population(std::int64_t members, std::int64_t generations, std::uint64_t seed = 1, double share = 0.2) {
  return Population({.share = share}, {.trials = members, .max_resource = generations}, seed);
}

TEST(Population, TheWorstShareCopiesOneOfAsManyBest) {
  Population population = make_population(10, 2);
  run_alone(population, [](const TrialStep& step) { return std::abs(static_cast<double>(step.trial) - 4.2); });
  // Ranked 4 5 3 6 2 7 1 8 0 9.
  ASSERT_EQ(population.lineage().size(), 2U);
  EXPECT_EQ(population.lineage()[0].trial, 0);
  EXPECT_EQ(population.lineage()[1].trial, 9);
  for (const Copy& copy : population.lineage()) {
    EXPECT_EQ(copy.generation, 1);
    EXPECT_THAT(copy.copied_from, testing::AnyOf(4, 5));
    EXPECT_EQ(population.parent_of({copy.trial, 1}), (TrialStep{copy.copied_from, 0}));
  }
  EXPECT_EQ(population.parent_of({7, 1}), (TrialStep{7, 0}));
}

TEST(Population, MembersWaitForTheWholeGeneration) {
  Population population = make_population(3, 2);
  for (int i = 0; i < 3; ++i) population.next();
  report(population, {2, 0}, 1);
  report(population, {0, 0}, 1);
  EXPECT_FALSE(population.next());
  report(population, {1, 0}, 1);
  for (std::int64_t i = 0; i < 3; ++i) EXPECT_EQ(population.next(), (TrialStep{i, 1}));
}

TEST(Population, AFailedMemberLivesOnAsACopy) {
  Population population = make_population(4, 3);
  run_alone(population, [](const TrialStep& step) {
    return step == TrialStep{1, 0} || step == TrialStep{2, 0} || step == TrialStep{3, 2}
               ? kFailed
               : static_cast<double>(step.trial);
  });
  EXPECT_THAT(population.lineage(), testing::ElementsAre(Copy{1, 1, 0}, Copy{1, 2, 0}));
  EXPECT_EQ(population.status(1).state, TrialState::complete);
  EXPECT_EQ(population.status(3).state, TrialState::failed);
}

TEST(Population, EndsWhereAllHaveFailed) {
  Population population = make_population(4, 3);
  EXPECT_EQ(run_alone(population, [](const TrialStep&) { return kFailed; }).size(), 4U);
  EXPECT_EQ(population.summary().failed, 4);
}

TEST(Population, IsAsLargeAsTheSamplerHasSettings) {
  Population population = make_population(10, 2);
  for (int i = 0; i < 5; ++i) population.next();
  for (std::int64_t i = 0; i < 5; ++i) report(population, {i, 0}, static_cast<double>(i));
  population.next();
  population.no_more_trials();
  EXPECT_EQ(population.next(), (TrialStep{0, 1}));
}

TEST(Population, CopiesDependOnValuesAndSeedAlone) {
  const auto lineage_of = [](std::int32_t workers, std::uint64_t seed) {
    Population population = make_population(20, 10, seed);
    VirtualSearch search(population, {.workers = workers},
                         {.ask = [](std::int64_t) { return true; },
                          .least = [](const TrialStep&) { return 0.0; },
                          .tell = [](const VirtualStep&, std::span<const double>) {}});
    Rng rng(static_cast<std::uint64_t>(workers));
    std::vector<TrialStep> waiting = search.start_what_is_fixed();
    while (!waiting.empty()) {
      std::swap(waiting[rng.below(waiting.size())], waiting.back());
      search.finished(waiting.back(), rng.uniform(), {random_values(3, 0.05)(waiting.back())});
      waiting.pop_back();
      for (const TrialStep& step : search.start_what_is_fixed()) waiting.push_back(step);
    }
    return std::vector<Copy>(population.lineage().begin(), population.lineage().end());
  };
  EXPECT_GE(lineage_of(1, 1).size(), 36U);
  EXPECT_EQ(lineage_of(1, 1), lineage_of(7, 1));
  EXPECT_NE(lineage_of(1, 1), lineage_of(1, 2));
}

// A made-up training: the score moves by how near the setting is to where the optimum is just then.
double gain(double setting, std::int32_t generation) { return 1 - std::abs(setting - 0.05 * generation); }

TEST(Population, ReplayingTheLineageGivesTheBestsScheduleAndItsScore) {
  const PopulationOptions options{.share = 0.25};
  const std::uint64_t seed = 5;
  const auto initial = [](std::int64_t trial) {
    return std::vector<double>{Rng(stream_key(9, Purpose::init, {trial})).uniform()};
  };
  const Explore explore = [&](std::span<const double> s, std::uint64_t key) { return explored(s, options, key); };
  Population population(options, {.trials = 16, .max_resource = 20}, seed);
  std::map<TrialStep, double> scores;  // the checkpoints
  run_alone(population, [&](const TrialStep& step) {
    const auto path = ancestry(population.lineage(), step);
    const double setting = settings_schedule(path, seed, initial, explore).back()[0];
    const double before = step.rung == 0 ? 0 : scores.at(population.parent_of(step));
    return -(scores[step] = before + gain(setting, step.rung));
  });
  std::int64_t best = 0;
  for (std::int64_t trial = 0; trial < 16; ++trial)
    if (population.status(trial).value < population.status(best).value) best = trial;

  const auto path = ancestry(population.lineage(), {best, 19});
  const auto schedule = settings_schedule(path, seed, initial, explore);
  double replayed = 0;
  double best_constant = 0;
  for (std::int32_t g = 0; g < 20; ++g) replayed += gain(schedule[static_cast<std::size_t>(g)][0], g);
  for (double s = 0; s <= 1; s += 0.01) {
    double sum = 0;
    for (std::int32_t g = 0; g < 20; ++g) sum += gain(s, g);
    best_constant = std::max(best_constant, sum);
  }
  EXPECT_EQ(-replayed, population.status(best).value);
  EXPECT_NE(schedule.front(), schedule.back());
  EXPECT_GT(replayed, best_constant);  // no fixed setting does as well
}

TEST(Explored, ShiftsOrRedrawsWithinTheUnitCube) {
  const std::vector<double> settings{0.5, 0.05, 0.95, kFailed};
  int redrawn = 0;
  for (std::uint64_t key = 0; key < 400; ++key) {
    const auto result = explored(settings, {}, key);
    const bool shifted = std::abs(std::abs(result[0] - 0.5) - 0.2) < 1e-12;
    if (!shifted) ++redrawn;
    for (std::size_t k = 0; k < 3; ++k) EXPECT_TRUE(result[k] >= 0 && result[k] <= 1);
    EXPECT_TRUE(std::isnan(result[3]));
  }
  EXPECT_NEAR(redrawn, 100, 35);
}

}  // namespace
}  // namespace jury
