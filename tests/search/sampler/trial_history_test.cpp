#include "search/sampler/trial_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "search/sampler/spaces.hpp"

namespace jury {
namespace {

using testing::ElementsAre;

class TrialHistoryOfOneParameter : public testing::Test {
 protected:
  void add(std::int64_t number) { history_.add(number, space_.assign(std::vector<double>{0.5}), space_); }
  void report(std::int64_t number, double value, double fidelity) {
    history_.report(number, std::span(&value, 1), fidelity);
  }

  Space space_ = space_of({{"x", "uniform(0, 1)"}});
  TrialHistory history_;
};

TEST_F(TrialHistoryOfOneParameter, ATrialIsPendingUntilItIsTold) {
  add(3);
  add(1);
  EXPECT_TRUE(history_.trials()[1].is_pending());
  report(1, 0.5, 1);
  report(1, 0.4, 2);
  EXPECT_EQ(history_.num_told(), 1U);
  EXPECT_TRUE(history_.trials()[0].is_pending());
  EXPECT_FALSE(history_.trials()[1].is_pending());
  EXPECT_EQ(history_.find(1), 1U);
  EXPECT_EQ(history_.find(2), std::nullopt);
}

TEST_F(TrialHistoryOfOneParameter, NaNIsFailedAndNotPending) {
  add(0);
  report(0, std::nan(""), 1);
  EXPECT_TRUE(history_.trials()[0].failed);
  EXPECT_THAT(model_data(history_, 1).failed, ElementsAre(0));
  EXPECT_THAT(model_data(history_, 1).pending, ElementsAre());
}

TEST_F(TrialHistoryOfOneParameter, AValueToldTwiceAtAFidelityIsReplaced) {
  add(0);
  report(0, 1, 9);
  report(0, 2, 3);
  report(0, 3, 9);
  ASSERT_EQ(history_.trials()[0].reports.size(), 2U);
  EXPECT_EQ(history_.trials()[0].at(9)->values[0], 3);
  EXPECT_EQ(history_.trials()[0].at(1), nullptr);
}

TEST_F(TrialHistoryOfOneParameter, TheModelIsOfTheHighestFidelityThatHasEnough) {
  for (std::int64_t trial = 0; trial < 9; ++trial) {
    add(trial);
    report(trial, static_cast<double>(trial), 1);
    if (trial < 3) report(trial, 10.0 + static_cast<double>(trial), 3);
    if (trial < 1) report(trial, 20, 9);
  }
  add(9);
  EXPECT_THAT(model_data(history_, 3).observed, ElementsAre(0, 1, 2));
  EXPECT_THAT(model_data(history_, 3).values, ElementsAre(ElementsAre(10), ElementsAre(11), ElementsAre(12)));
  EXPECT_THAT(model_data(history_, 1).observed, ElementsAre(0));
  EXPECT_EQ(model_data(history_, 4).observed.size(), 9U);
  EXPECT_EQ(model_data(history_, 100).observed.size(), 9U);  // the most there are
  EXPECT_THAT(model_data(history_, 3).pending, ElementsAre(9));
}

}  // namespace
}  // namespace jury
