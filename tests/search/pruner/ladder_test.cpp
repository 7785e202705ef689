#include "search/pruner/ladder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "search/pruner/pruner_runs.hpp"

namespace jury {
namespace {

// Algorithm 2 of Li et al. 2020, as it is written there.
class PublishedRule {
 public:
  explicit PublishedRule(std::size_t rungs) : rungs_(rungs) {}
  void add(const TrialStep& step, double value) {
    rungs_[static_cast<std::size_t>(step.rung)].push_back({std::isnan(value) ? 1e300 : value, step.trial});
  }
  std::optional<TrialStep> promotion(std::size_t eta) {
    for (std::size_t k = rungs_.size(); k-- > 0;) {
      std::vector<std::pair<double, std::int64_t>> candidates = rungs_[k];
      std::ranges::sort(candidates);
      candidates.resize(candidates.size() / eta);
      for (const auto& [value, trial] : candidates) {
        const TrialStep step{trial, static_cast<std::int32_t>(k + 1)};
        if (value < 1e300 && promoted_.insert(step).second) return step;
      }
    }
    return std::nullopt;
  }

 private:
  std::vector<std::vector<std::pair<double, std::int64_t>>> rungs_;
  std::set<TrialStep> promoted_;
};

TEST(Ladder, PromotesAsTheAlgorithmIsPublished) {
  for (const std::int64_t eta : {2, 3, 4}) {
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      Ladder ladder(3, eta);
      PublishedRule published(3);
      Rng rng(seed);
      for (std::int64_t trial = 0; trial < 100;) {
        const auto step = ladder.promotion();
        EXPECT_EQ(step, published.promotion(static_cast<std::size_t>(eta)));
        if (step && step->rung == 3) continue;
        const TrialStep done = step ? *step : TrialStep{trial++, 0};
        const double value = rng.below(10) == 0 ? kFailed : static_cast<double>(rng.below(50));  // with ties
        ladder.add(done, value);
        published.add(done, value);
      }
    }
  }
}

TEST(Ladder, WithoutAnythingEarnedTheBestOfTheHighestRungGoesOn) {
  Ladder ladder(3, 3);
  EXPECT_FALSE(ladder.best_waiting());
  for (std::int64_t trial = 0; trial < 4; ++trial) ladder.add({trial, 0}, 4 - static_cast<double>(trial));
  EXPECT_EQ(ladder.promotion(), (TrialStep{3, 1}));
  EXPECT_FALSE(ladder.promotion());
  ladder.add({3, 1}, 9);
  EXPECT_EQ(ladder.best_waiting(), (TrialStep{3, 2}));
  EXPECT_EQ(ladder.best_waiting(), (TrialStep{2, 1}));  // 3 did not come back
}

}  // namespace
}  // namespace jury
