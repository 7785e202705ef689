#include "models/ensemble/anytime.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "runtime/base/rng.hpp"

namespace jury {
namespace {

TEST(EvidenceOfLead, KnownAnswers) {
  EXPECT_NEAR(log_evidence_of_lead(0, 0), 0, 1e-12);
  EXPECT_NEAR(log_evidence_of_lead(1, 0), std::log(1.5), 1e-12);
  EXPECT_NEAR(log_evidence_of_lead(0, 1), std::log(0.5), 1e-12);
  EXPECT_NEAR(log_evidence_of_lead(3, 1), std::log(1.3), 1e-12);
  EXPECT_NEAR(log_evidence_of_lead(11, 0), std::log(4095.0 / 12), 1e-12) << "(2^(a+1) - 1) / (a + 1)";
  EXPECT_NEAR(log_evidence_of_lead(30, 10), 4.146746034777243, 1e-6) << "by the midpoint rule";
}

// At q = 1/2, the border of the hypothesis, the mean of e after the next vote is e.
TEST(EvidenceOfLead, IsAMartingaleWhenVotesAreEven) {
  for (const auto& [a, b] : {std::pair{0, 0}, {3, 1}, {5, 9}, {40, 40}, {700, 650}}) {
    const double now = log_evidence_of_lead(a, b);
    const double next =
        0.5 * std::exp(log_evidence_of_lead(a + 1, b) - now) + 0.5 * std::exp(log_evidence_of_lead(a, b + 1) - now);
    EXPECT_NEAR(next, 1, 1e-9) << a << " " << b;
  }
}

TEST(DecidingVotes, AreTheFewestThatReachTheThreshold) {
  DecidingVotes deciding(0.005);
  EXPECT_EQ(deciding.against(0), 11) << "4095 / 12 >= 200 > 2047 / 11";
  for (const int b : {300, 1, 0, 20}) {
    const std::int32_t a = deciding.against(b);
    EXPECT_GE(log_evidence_of_lead(a, b), std::log(200.0));
    EXPECT_LT(log_evidence_of_lead(a - 1, b), std::log(200.0));
  }
  EXPECT_EQ(DecidingVotes(0.9).against(0), 1) << "1.5 >= 1 / 0.9";
}

// y in {-1/2, 1/2} with mean 0, guess 0: E exp(l y - (-log(1 - l) - l) / 4) <= 1 for every bet.
TEST(EvidenceOfMean, IsASupermartingaleOfTheMixture) {
  EXPECT_NEAR(log_evidence_of_mean(0, 0), 0, 1e-12);
  for (const auto& [s, v] : {std::pair{0.0, 0.0}, {3.0, 2.0}, {-2.0, 1.0}, {20.0, 60.0}})
    for (const double y : {0.5, 0.1, 0.01}) {
      const double now = log_evidence_of_mean(s, v);
      const double next = 0.5 * std::exp(log_evidence_of_mean(s + y, v + y * y) - now) +
                          0.5 * std::exp(log_evidence_of_mean(s - y, v + y * y) - now);
      EXPECT_LE(next, 1 + 1e-12);
      EXPECT_GE(next, 0.8) << "and not a wasteful one";
    }
}

TEST(EvidenceOfMean, GrowsWithASteadyLead) {
  EXPECT_GT(log_evidence_of_mean(10, 0.5), std::log(200.0));
  EXPECT_LT(log_evidence_of_mean(-10, 0.5), 0);
  EXPECT_GT(log_evidence_of_mean(10, 0.5), log_evidence_of_mean(10, 5));
}

TEST(MeanHalfWidth, KnownAnswers) {
  EXPECT_NEAR(mean_half_width(5, 1), 1.724032843509863, 1e-12);
  EXPECT_NEAR(mean_half_width(50, 1), 0.4292433718826846, 1e-12);
  EXPECT_NEAR(mean_half_width(1000, 3), 3 * 0.10552070034257915, 1e-12);
  EXPECT_EQ(mean_half_width(7, 0), 0);
}

// 400 skewed sequences watched from 20 to 1,500 members; 0.05 plus three deviations of 0.011.
TEST(MeanHalfWidth, HoldsTheMeanAtAllTimes) {
  int missed = 0;
  for (std::uint64_t key = 0; key < 400; ++key) {
    Rng rng(key);
    double mean = 0, spread = 0;
    bool inside = true;
    for (int t = 1; t <= 1500 && inside; ++t) {
      const double value = rng.uniform() + rng.uniform() * rng.uniform(), delta = value - mean;
      mean += delta / t;
      spread += delta * (value - mean);
      if (t >= 20) inside = std::abs(mean - 0.75) <= mean_half_width(t, std::sqrt(spread / (t - 1)));
    }
    missed += inside ? 0 : 1;
  }
  EXPECT_LE(missed, 400 * 0.083);
}

}  // namespace
}  // namespace jury
