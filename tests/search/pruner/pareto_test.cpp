#include "search/pruner/pareto.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/rng.hpp"
#include "search/pruner/pruner_runs.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

// By the definition, front after front.
std::vector<std::int32_t> peeled(const std::vector<double>& values, std::size_t m) {
  const std::size_t n = values.size() / m;
  std::vector<std::int32_t> ranks(n, -1);
  for (std::int32_t rank = 0;; ++rank) {
    std::vector<std::size_t> front;
    for (std::size_t i = 0; i < n; ++i) {
      bool is_candidate = ranks[i] < 0;
      for (std::size_t j = 0; j < n && is_candidate; ++j) {
        if (ranks[j] >= 0) continue;
        bool no_worse = true, better = false;
        for (std::size_t k = 0; k < m; ++k) {
          no_worse &= values[j * m + k] <= values[i * m + k];
          better |= values[j * m + k] < values[i * m + k];
        }
        is_candidate = !(no_worse && better);
      }
      if (is_candidate) front.push_back(i);
    }
    if (front.empty()) return ranks;
    for (const std::size_t i : front) ranks[i] = rank;
  }
}

TEST(ParetoRanks, AreThoseOfPeelingFrontAfterFront) {
  for (const std::size_t m : {1U, 2U, 3U, 4U}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      Rng rng(seed);
      std::vector<double> values(60 * m);
      for (double& v : values)
        v = static_cast<double>(rng.below(seed % 2 == 0 ? 6 : 1000));  // with ties or nearly none
      EXPECT_EQ(pareto_ranks(values, m), peeled(values, m)) << m << " " << seed;
    }
  }
}

TEST(ParetoFront, HoldsEqualTrialsAndNoFailedOnes) {
  const std::vector<double> values{1, 5, 2, 4, 1, 5, 2, 5, 0, kFailed, 9, 1};
  EXPECT_THAT(pareto_front(values, 2), ElementsAre(0, 1, 2, 5));
  EXPECT_THAT(pareto_ranks(values, 2), ElementsAre(0, 0, 0, 1, -1, 0));
  EXPECT_TRUE(pareto_front({}, 2).empty());
}

TEST(ParetoFront, ManyTrialsOfTwoObjectivesAreNoTrouble) {
  Rng rng(1);
  std::vector<double> values;
  for (int i = 0; i < 50000; ++i) {
    const double x = rng.uniform();
    values.push_back(x);
    values.push_back(1 - x);
  }
  EXPECT_EQ(pareto_front(values, 2).size(), 50000U);
}

}  // namespace
}  // namespace jury
