#include "models/metrics/anytime_tests.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <vector>

#include "models/metrics/tests_of_difference.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double normal_density(double x, double variance) { return std::exp(-x * x / (2 * variance)) / std::sqrt(2 * std::numbers::pi * variance); }

// Likelihood of an effect under the right Haar prior: int u^(n-1) exp(-u^2 Q / 2 + u e S - n e^2 / 2) du.
double likelihood(const std::vector<double>& d, double effect) {
  const double step = 0.04;
  double total = 0;
  for (double u = step / 2; u < 40; u += step) {
    double exponent = 0;
    for (const double x : d) exponent -= (u * x - effect) * (u * x - effect) / 2;
    total += std::pow(u, static_cast<double>(d.size()) - 1) * std::exp(exponent) * step;
  }
  return total;
}

// The e-value as the ratio of what its priors on effects expect, by quadrature.
double evidence(const std::vector<double>& d, double g, double h) {
  const double step = 0.05;
  double above = 0, null = h == 0 ? likelihood(d, 0) : 0;
  for (double effect = -10 + step / 2; effect < 10; effect += step) {
    double density = 0;  // of a half-normal effect and a common error
    if (h == 0) density = effect > 0 ? 2 * normal_density(effect, g) : 0;
    for (double m = step / 2; h > 0 && m < 10; m += step) density += 2 * normal_density(m, g) * normal_density(effect - m, h) * step;
    const double found = likelihood(d, effect);
    above += density * found * step;
    if (h > 0) null += normal_density(effect, h) * found * step;
  }
  return above / null;
}

TEST(EvidenceAboveZero, IsTheRatioOfWhatBothPriorsExpect) {
  for (const auto& d : {std::vector<double>{0.5}, std::vector<double>{1, 0.4, 0.9}, std::vector<double>{-0.5, 0.3, -1.2, -0.1}}) {
    for (const double h : {0.0, 0.25}) {
      const double expected = evidence(d, 1.44, h);
      EXPECT_NEAR(std::exp(log_evidence_above_zero(d, {.effect = 1.2, .test_to_train = h})) / expected, 1, 2e-3) << d.size() << " " << h;
    }
  }
}

TEST(EvidenceAboveZero, OfOneDifferenceIsItsSignAlone) {
  // T_1(1) = 3/4, Cauchy's distribution.
  EXPECT_NEAR(log_evidence_above_zero(std::vector<double>{0.3}, {.effect = 1}), std::log(1.5), 1e-14);
  EXPECT_NEAR(log_evidence_above_zero(std::vector<double>{-7}, {.effect = 1}), std::log(0.5), 1e-14);
}

TEST(EvidenceAboveZero, OfBothSidesIsGonensBayesFactorOfT) {
  const std::vector<double> d = {0.3, 1.1, -0.2, 0.8, 0.4}, turned = {-0.3, -1.1, 0.2, -0.8, -0.4};
  const double t = corrected_t_test(d, 0).statistic, n = 5, g = 4;
  const double factor = std::pow(1 + n * g, -0.5) * std::pow((1 + t * t / (n - 1)) / (1 + t * t / (n - 1) / (1 + n * g)), n / 2);
  EXPECT_NEAR((std::exp(log_evidence_above_zero(d)) + std::exp(log_evidence_above_zero(turned))) / 2, factor, 1e-12);
}

TEST(EvidenceAboveZero, KnowsNoScaleAndGrowsWithEveryShift) {
  const std::vector<double> d = {0.5, -0.25, 1, 0.75};
  for (const double h : {0.0, 0.25}) {
    const EvidenceOptions options{.test_to_train = h};
    double last = -std::numeric_limits<double>::infinity();
    for (const double scale : {1e-200, 1.0, 1e200}) {
      std::vector<double> scaled;
      for (const double x : d) scaled.push_back(scale * x);
      EXPECT_NEAR(log_evidence_above_zero(scaled, options), log_evidence_above_zero(d, options), 1e-12);
      EXPECT_NEAR(log_evidence_of_signs(scaled), log_evidence_of_signs(d), 1e-12);
    }
    for (double shift = -3; shift < 3; shift += 0.25) {
      std::vector<double> shifted;
      for (const double x : d) shifted.push_back(x + shift);
      EXPECT_GT(log_evidence_above_zero(shifted, options), last);
      last = log_evidence_above_zero(shifted, options);
    }
  }
}

TEST(EvidenceAboveZero, OfNothingIsNone) {
  EXPECT_EQ(log_evidence_above_zero({}), 0);
  EXPECT_EQ(log_evidence_above_zero(std::vector<double>{0, 0, 0}), 0);
  EXPECT_EQ(log_evidence_above_zero(std::vector<double>{kNaN, INFINITY}), 0);
  EXPECT_EQ(log_evidence_of_signs(std::vector<double>{0, kNaN, 0}), 0);
  const std::vector<double> some = {1, kNaN, 2}, finite = {1, 2};
  EXPECT_EQ(log_evidence_above_zero(some), log_evidence_above_zero(finite));
  EXPECT_EQ(log_evidence_of_signs(some), log_evidence_of_signs(finite));
  EXPECT_TRUE(std::isfinite(log_evidence_above_zero(std::vector<double>(10, 0.01)))) << "without any deviation";
}

TEST(EvidenceOfSigns, IsTheMeanWealthOfItsBets) {
  const std::vector<double> d = {2, -1, 3};
  double mean = 0;
  for (const double b : {0.25, 0.5, 1.0, 2.0, 4.0})
    mean += (1 + std::tanh(b * 1)) * (1 + std::tanh(-b / std::sqrt(2.5))) * (1 + std::tanh(3 * b / std::sqrt(14.0 / 3))) / 5;
  EXPECT_NEAR(log_evidence_of_signs(d), std::log(mean), 1e-14);
  EXPECT_LE(log_evidence_of_signs(std::vector<double>(6, 5)), 6 * std::numbers::ln2);
}

using Evidence = std::function<double(std::span<const double>)>;

// How often a look after any of 25 folds finds e >= 20.
double share_convinced(const Evidence& log_evidence, const std::function<std::vector<double>(Rng&)>& draw, int times) {
  int convinced = 0;
  for (int i = 0; i < times; ++i) {
    Rng rng(static_cast<std::uint64_t>(1000 + i));
    const std::vector<double> d = draw(rng);
    for (std::size_t n = 1; n <= d.size(); ++n) {
      if (log_evidence(std::span(d).first(n)) < std::log(20)) continue;
      ++convinced;
      break;
    }
  }
  return static_cast<double>(convinced) / times;
}

std::function<std::vector<double>(Rng&)> folds_of(std::function<double(Rng&)> one) {
  return [one = std::move(one)](Rng& rng) {
    std::vector<double> d(25);
    for (double& x : d) x = one(rng);
    return d;
  };
}

// Differences of two learners' errors on 30 rows each.
double of_thirty_rows(Rng& rng) {
  double d = 0;
  for (int row = 0; row < 30; ++row) d += (rng.uniform() < 0.1 ? 1 : 0) - (rng.uniform() < 0.1 ? 1 : 0);
  return d / 30;
}

// Alpha is 0.05 and the deviation of these shares 0.005.
TEST(EvidenceAboveZero, DropsEqualsSeldomHoweverOftenOneLooks) {
  const Evidence by_t = [](std::span<const double> d) { return log_evidence_above_zero(d); };
  EXPECT_LT(share_convinced(by_t, folds_of([](Rng& rng) { return rng.normal(); }), 2000), 0.05);
  EXPECT_LT(share_convinced(by_t, folds_of([](Rng& rng) { return rng.uniform() - 0.5; }), 2000), 0.05);
  EXPECT_LT(share_convinced(by_t, folds_of(of_thirty_rows), 1000), 0.05);
  EXPECT_LT(share_convinced(by_t, folds_of([](Rng& rng) { return rng.normal() - 0.3; }), 1000), 0.01) << "the worse is the other";
  const Evidence plain_t = [](std::span<const double> d) {
    const CorrectedTTest test = corrected_t_test(d, 0);
    return test.mean_difference > 0 && test.p_value < 0.1 ? 100.0 : 0.0;
  };
  EXPECT_GT(share_convinced(plain_t, folds_of([](Rng& rng) { return rng.normal(); }), 1000), 0.15) << "a test for one look";
}

TEST(EvidenceAboveZero, AllowsForTheErrorThatFoldsHaveInCommon) {
  const double h = 1.0 / 4;  // of five folds
  const auto draw = [&](Rng& rng) {
    const double common = std::sqrt(h) * rng.normal();
    return folds_of([&](Rng& r) { return common + r.normal(); })(rng);
  };
  EXPECT_GT(share_convinced([](std::span<const double> d) { return log_evidence_above_zero(d); }, draw, 1000), 0.1);
  EXPECT_LT(share_convinced([&](std::span<const double> d) { return log_evidence_above_zero(d, {.test_to_train = h}); }, draw, 1000), 0.05);
}

TEST(EvidenceOfSigns, DropsEqualsSeldomWhateverTheirDistribution) {
  const Evidence by_signs = [](std::span<const double> d) { return log_evidence_of_signs(d); };
  for (const auto& one : std::vector<std::function<double(Rng&)>>{
           [](Rng& rng) { return rng.normal(); }, [](Rng& rng) { return rng.below(2) == 0 ? -1.0 : 1.0; },
           [](Rng& rng) { return rng.normal() / rng.normal(); }, [](Rng& rng) { return rng.normal() * std::exp(2 * rng.normal()); }})
    EXPECT_LT(share_convinced(by_signs, folds_of(one), 1000), 0.05);
}

TEST(EvidenceAboveZero, FindsWhatIsWorse) {
  const Evidence by_t = [](std::span<const double> d) { return log_evidence_above_zero(d); };
  const auto worse_by = [](double effect) { return folds_of([effect](Rng& rng) { return effect + rng.normal(); }); };
  EXPECT_GT(share_convinced(by_t, worse_by(1), 300), 0.9);
  const auto first = [&](Rng& rng) {
    std::vector<double> d = worse_by(3)(rng);
    d.resize(5);
    return d;
  };
  EXPECT_GT(share_convinced(by_t, first, 300), 0.8) << "of five folds";
}

// Losses of trials on folds: a level of each fold, one of each trial, and noise.
std::vector<double> race(const std::vector<double>& levels, std::size_t folds, Rng& rng) {
  std::vector<double> losses(levels.size() * folds);
  for (std::size_t fold = 0; fold < folds; ++fold) {
    const double common = 3 * rng.normal();
    for (std::size_t trial = 0; trial < levels.size(); ++trial) losses[trial * folds + fold] = common + levels[trial] + rng.normal();
  }
  return losses;
}

TEST(Race, KeepsTheBestAndDropsTheHopeless) {
  int lost_best = 0, kept_hopeless = 0;
  const std::vector<double> levels = {0, 0, 0.2, 0.5, 5, 6, 7, 8};
  for (std::uint64_t task = 0; task < 200; ++task) {
    Rng rng(task);
    const std::vector<double> all = race(levels, 10, rng);
    std::vector<double> seen(all.size(), kNaN);
    std::vector<bool> alive(levels.size(), true);
    for (std::size_t fold = 0; fold < 10; ++fold) {
      for (std::size_t trial = 0; trial < levels.size(); ++trial)
        if (alive[trial]) seen[trial * 10 + fold] = all[trial * 10 + fold];
      for (const std::size_t loser : losers_of_race(seen, 10)) alive[loser] = false;
    }
    lost_best += alive[0] ? 0 : 1;
    kept_hopeless += static_cast<int>(std::count(alive.begin() + 4, alive.end(), true));
  }
  EXPECT_LE(lost_best, 10) << "alpha of 200";
  EXPECT_LE(kept_hopeless, 8) << "of 800";
}

TEST(Race, MoreTrialsToComeNeedMoreEvidence) {
  const std::vector<double> losses = {0, 0.1, 0.05, 0, 1, 1.2, 0.9, 1};
  EXPECT_THAT(losers_of_race(losses, 4), ElementsAre(1));
  EXPECT_THAT(losers_of_race(losses, 4, {.num_trials = 100'000}), ElementsAre());
  EXPECT_THAT(losers_of_race(losses, 4, {.test = RaceTest::signs}), ElementsAre()) << "four signs are never enough";
}

TEST(Race, OfOneTrialOrOfEqualsHasNoLosers) {
  EXPECT_THAT(losers_of_race(std::vector<double>{1, 2, 3}, 3), ElementsAre());
  EXPECT_THAT(losers_of_race(std::vector<double>{1, 2, 3, 1, 2, 3}, 3), ElementsAre());
  EXPECT_THAT(losers_of_race({}, 3), ElementsAre());
}

TEST(Race, ComparesByFoldsThatBothHave) {
  std::vector<double> losses(3 * 12, kNaN);
  for (std::size_t fold = 0; fold < 12; ++fold) {
    losses[fold] = 0.1 * static_cast<double>(fold % 3);
    if (fold < 8) losses[12 + fold] = losses[fold] + 1 + 0.1 * static_cast<double>(fold % 2);
    if (fold >= 11) losses[24 + fold] = 100;
  }
  EXPECT_THAT(losers_of_race(losses, 12), ElementsAre(1)) << "one fold says little of the third";
}

}  // namespace
}  // namespace jury
