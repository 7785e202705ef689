#include "search/pruner/virtual_search.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "search/pruner/pruner_runs.hpp"

namespace jury {
namespace {

// A made-up search: what each step takes and gives, all from a seed.
struct World {
  std::uint64_t seed = 0;
  std::int64_t settings = 1000;  // how many the sampler has
  bool has_ties = false;         // durations are small whole numbers

  double duration(const TrialStep& step) const {
    Rng rng(stream_key(seed, Purpose::shuffle, {step.trial, step.rung}));
    return has_ties ? static_cast<double>(rng.below(3)) : std::exp(rng.normal());
  }
  double least(const TrialStep& step) const {
    Rng rng(stream_key(seed, Purpose::init, {step.trial, step.rung}));
    const double known = duration(step);
    return rng.below(3) == 0 ? known : has_ties ? 0 : known * rng.uniform();
  }
  double value(const TrialStep& step) const { return random_values(seed, 0.05)(step); }
};

std::string line(const char* what, const TrialStep& step, double start, double end) {
  return what + std::to_string(step.trial) + "/" + std::to_string(step.rung) + " " + std::to_string(start) + " " +
         std::to_string(end) + "\n";
}

struct Outcome {
  std::string log;        // all that the sampler saw, in order
  std::size_t first = 0;  // steps given out at the start
};

// The law of the timeline, by somebody who knows all durations beforehand.
Outcome reference(Pruner& pruner, const World& world, std::int32_t workers) {
  struct Busy {
    TrialStep step;
    double start = 0, end = 0;
    std::int32_t worker = 0;
  };
  Outcome outcome;
  std::vector<Busy> busy;
  std::vector<std::pair<double, std::int32_t>> free;
  for (std::int32_t w = 0; w < workers; ++w) free.emplace_back(0, w);
  for (double now = 0;;) {
    std::ranges::sort(free);
    while (!free.empty()) {
      const auto step = pruner.next();
      if (!step) break;
      if (step->rung == 0) {
        outcome.log += line("ask ", *step, 0, 0);
        if (step->trial >= world.settings) {
          pruner.no_more_trials();
          continue;
        }
      }
      busy.push_back({*step, now, now + world.duration(*step), free.front().second});
      free.erase(free.begin());
    }
    if (busy.empty()) return outcome;
    const auto first = std::ranges::min_element(busy, {}, [](const Busy& b) { return std::pair(b.end, b.step.trial); });
    now = first->end;
    const double value = world.value(first->step);
    report(pruner, first->step, value);
    outcome.log += line("tell ", first->step, first->start, now);
    free.emplace_back(now, first->worker);
    busy.erase(first);
  }
}

// Real workers, as many as `slots`, that take up and finish steps in a random order.
Outcome real(Pruner& pruner, const World& world, const VirtualSearch::Settings& settings, Rng& rng) {
  Outcome outcome;
  VirtualSearch search(pruner, settings,
                       {.ask =
                            [&](std::int64_t trial) {
                              outcome.log += line("ask ", {trial, 0}, 0, 0);
                              return trial < world.settings;
                            },
                        .least = [&](const TrialStep& step) { return world.least(step); },
                        .tell =
                            [&](const VirtualStep& at, std::span<const double> values) {
                              EXPECT_EQ(values.size(), 1U);
                              outcome.log += line("tell ", at.step, at.start, at.end);
                            }});
  const std::size_t slots = rng.below(8) + 1;
  std::vector<TrialStep> waiting = search.start_what_is_fixed();
  outcome.first = waiting.size();
  while (!waiting.empty()) {
    // Anything among the first `slots` may finish, several at a time.
    for (std::size_t n = rng.below(3) + 1; n > 0 && !waiting.empty(); --n) {
      const auto chosen = waiting.begin() + static_cast<std::ptrdiff_t>(rng.below(std::min(slots, waiting.size())));
      search.finished(*chosen, world.duration(*chosen), {world.value(*chosen)});
      waiting.erase(chosen);
    }
    const auto more = search.start_what_is_fixed();
    waiting.insert(waiting.end(), more.begin(), more.end());
  }
  EXPECT_TRUE(search.is_done());
  EXPECT_EQ(pruner.num_running(), 0);
  return outcome;
}

std::unique_ptr<Pruner> make_of_four_folds(std::string_view method, std::int64_t trials = 60) {
  return make_pruner({.method = std::string(method), .startup_trials = 2},
                     {.trials = trials, .max_resource = 27, .folds = 4});
}

std::string only(const std::string& word, const std::string& log) {
  std::string kept;
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t end = log.find('\n', at) + 1;
    if (log.compare(at, word.size(), word) == 0) kept += log.substr(at, end - at);
    at = end;
  }
  return kept;
}

TEST(VirtualSearch, DecidesTheSameInWhateverOrderRealStepsEnd) {
  Rng rng(11);
  for (const PrunerEntry& entry : pruners()) {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      const World world{.seed = seed, .settings = seed % 4 == 0 ? 37 : 1000, .has_ties = seed % 3 == 0};
      const auto workers = static_cast<std::int32_t>(seed % 8 + 1);
      const std::string expected = reference(*make_of_four_folds(entry.name), world, workers).log;
      for (int order = 0; order < 3; ++order)
        EXPECT_EQ(real(*make_of_four_folds(entry.name), world, {.workers = workers}, rng).log, expected)
            << entry.name << seed;
    }
  }
}

TEST(VirtualSearch, IndependentProposalsGiveTheSameTimelineAndAllFirstStepsAtOnce) {
  Rng rng(12);
  for (const PrunerEntry& entry : pruners()) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      const World world{.seed = seed, .settings = seed % 4 == 0 ? 37 : 1000, .has_ties = seed % 3 == 0};
      const std::string expected = only("tell", reference(*make_of_four_folds(entry.name), world, 5).log);
      const Outcome outcome =
          real(*make_of_four_folds(entry.name), world, {5, VirtualSearch::Proposals::independent}, rng);
      EXPECT_EQ(only("tell", outcome.log), expected) << entry.name << seed;
      EXPECT_EQ(outcome.first, std::min<std::size_t>(60, static_cast<std::size_t>(world.settings))) << entry.name;
    }
  }
}

VirtualSearch search_of(Pruner& pruner, std::int32_t workers, const std::function<double(const TrialStep&)>& least) {
  return VirtualSearch(pruner, {.workers = workers},
                       {.ask = [](std::int64_t) { return true; },
                        .least = least,
                        .tell = [](const VirtualStep&, std::span<const double>) {}});
}

TEST(VirtualSearch, RunsAheadWhereTheBoundsFixTheOrder) {
  const auto pruner = make_of_four_folds("none");
  VirtualSearch search = search_of(*pruner, 2, [](const TrialStep&) { return 10.0; });
  EXPECT_EQ(search.start_what_is_fixed(), (std::vector<TrialStep>{{0, 0}, {1, 0}}));
  search.finished({0, 0}, 10, {1.0});  // trial 1 cannot end before 10, and ties go to the lower trial
  EXPECT_EQ(search.start_what_is_fixed(), (std::vector<TrialStep>{{2, 0}}));
  EXPECT_EQ(search.now(), 10);
  search.finished({2, 0}, 15, {1.0});  // ends at 25; trial 1 may end before
  EXPECT_TRUE(search.start_what_is_fixed().empty());
  search.finished({1, 0}, 30, {1.0});  // ends at 30: 2 ends first, then 3 begins at 25
  EXPECT_EQ(search.start_what_is_fixed(), (std::vector<TrialStep>{{3, 0}, {4, 0}}));
  EXPECT_EQ(search.now(), 30);  // 3 begins at 25 and cannot end before 35
}

TEST(VirtualSearch, AStepThatTakesLessThanItsBoundCountsAsLong) {
  const auto pruner = make_of_four_folds("none", 1);
  double end = 0;
  VirtualSearch search(*pruner, {.workers = 1},
                       {.ask = [](std::int64_t) { return true; },
                        .least = [](const TrialStep&) { return 10.0; },
                        .tell = [&](const VirtualStep& at, std::span<const double>) { end = at.end; }});
  search.start_what_is_fixed();
  search.finished({0, 0}, 1, {kFailed});
  search.start_what_is_fixed();
  EXPECT_EQ(end, 10);
  EXPECT_TRUE(search.is_done());
}

TEST(VirtualSearch, ManyTrialsOnManyWorkersAreNoTrouble) {
  const auto pruner = make_of_four_folds("asha", 20000);
  VirtualSearch search = search_of(*pruner, 100, [](const TrialStep&) { return 1.0; });
  const World world{.seed = 1};
  for (auto steps = search.start_what_is_fixed(); !search.is_done(); steps = search.start_what_is_fixed())
    for (const TrialStep& step : steps) search.finished(step, 1 + world.duration(step), {world.value(step)});
  EXPECT_EQ(pruner->num_trials(), 20000);
}

#ifdef JURY_CONTRACTS
TEST(VirtualSearchDeathTest, AnOutcomeOfWhatWasNotGivenOutBreaksTheContract) {
  const auto pruner = make_of_four_folds("none");
  VirtualSearch search = search_of(*pruner, 2, [](const TrialStep&) { return 1.0; });
  search.start_what_is_fixed();
  EXPECT_DEATH(search.finished({7, 0}, 1, {1.0}), "contract broken");
  search.finished({1, 0}, 1, {1.0});
  EXPECT_DEATH(search.finished({1, 0}, 1, {1.0}), "contract broken");
}
#endif

}  // namespace
}  // namespace jury
