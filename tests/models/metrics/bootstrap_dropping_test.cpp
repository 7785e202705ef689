#include "models/metrics/bootstrap_dropping.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "models/metrics/row_resampler.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// 0-1 losses with a rate of each trial's own.
std::vector<double> losses_of(const std::vector<double>& rates, std::size_t rows, std::uint64_t key) {
  Rng rng(key);
  std::vector<double> losses;
  for (const double rate : rates)
    for (std::size_t row = 0; row < rows; ++row) losses.push_back(rng.uniform() < rate ? 1.0 : 0.0);
  return losses;
}

TEST(BootstrapDropping, CountsTheResamplesInWhichATrialLosesToTheBest) {
  const std::vector<double> losses = losses_of({0.3, 0.1, 0.2, 0.6}, 50, 5);
  const TrialRows trials{.num_trials = 4, .scores = losses};
  const DropDecision found = drop_by_bootstrap(trials, 17, {.resamples = 150});
  ASSERT_EQ(found.best, 1U);
  std::vector<double> worse(4);
  RowResampler resampler(50, {}, 17);
  for (int i = 0; i < 150; ++i) {
    const auto counts = resampler.next();
    for (std::size_t trial = 0; trial < 4; ++trial) {
      double sum = 0;
      for (std::size_t row = 0; row < 50; ++row) sum += counts[row] * (losses[trial * 50 + row] - losses[50 + row]);
      worse[trial] += sum > 0 ? 1 / 150.0 : 0;
    }
  }
  for (std::size_t trial = 0; trial < 4; ++trial) EXPECT_NEAR(found.worse[trial], worse[trial], 1e-12);
  EXPECT_EQ(found.worse[1], 0);
  EXPECT_EQ(found.dropped, std::vector<std::size_t>{3});
}

TEST(BootstrapDropping, KeepsEqualTrialsAndTheBest) {
  std::vector<double> losses = losses_of({0.4}, 80, 5);
  losses.insert(losses.end(), losses.begin(), losses.begin() + 80);
  const DropDecision found = drop_by_bootstrap({.num_trials = 2, .scores = losses}, 1, {.threshold = 0.01});
  EXPECT_EQ(found.best, 0U) << "ties go to the lowest";
  EXPECT_TRUE(found.dropped.empty());
}

TEST(BootstrapDropping, DropsSeldomWhatIsAsGoodAndSoonWhatIsNot) {
  std::size_t dropped_equals = 0, dropped_worse = 0;
  for (std::uint64_t task = 0; task < 100; ++task) {
    const std::vector<double> losses = losses_of({0.3, 0.3, 0.6}, 100, task);
    const DropDecision found = drop_by_bootstrap({.num_trials = 3, .scores = losses}, task, {.resamples = 200});
    for (const std::size_t trial : found.dropped) ++(trial == 2 ? dropped_worse : dropped_equals);
  }
  EXPECT_LE(dropped_equals, 6U);
  EXPECT_GE(dropped_worse, 97U);
}

TEST(BootstrapDropping, ComparesByTheRowsThatBothHave) {
  // The second has only rows on which both are right; the third none at all.
  std::vector<double> losses(3 * 40, kNaN);
  for (std::size_t row = 0; row < 40; ++row) {
    losses[row] = row < 20 ? 0 : 1;
    if (row < 20) losses[40 + row] = 0;
  }
  const DropDecision found = drop_by_bootstrap({.num_trials = 3, .scores = losses}, 1);
  EXPECT_EQ(found.best, 0U) << "it has the most rows, though not the least mean";
  EXPECT_EQ(found.worse, (std::vector<double>{0, 0, 0}));
  const std::vector<double> none(4, kNaN);
  EXPECT_FALSE(drop_by_bootstrap({.num_trials = 2, .scores = none}, 1).best);
}

TEST(BootstrapDropping, GroupsAreDrawnWhole) {
  // The worse trial errs in one group of four only: one in three resamples does not draw it at all.
  std::vector<double> losses(16, 0.0);
  for (std::size_t row = 0; row < 2; ++row) losses[8 + row] = 1;
  const std::vector<std::int32_t> groups = {0, 0, 1, 1, 2, 2, 3, 3};
  const DropDecision found = drop_by_bootstrap({.num_trials = 2, .scores = losses, .groups = groups}, 1, {.resamples = 4000});
  EXPECT_NEAR(found.worse[1], 1 - std::pow(0.75, 4), 0.02);
}

}  // namespace
}  // namespace jury
