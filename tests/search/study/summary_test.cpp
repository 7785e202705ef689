#include "search/study/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

StudyResults with_accuracy(double accuracy) {
  StudyResults results;
  results.scoring = {.metrics = {&find_metric("accuracy"), &find_metric("log_loss")}, .combines = {"mean"}};
  results.headline_scores = {accuracy, 0.5};
  return results;
}

TEST(Requirement, ComparesTheNamedScore) {
  EXPECT_TRUE(meets("accuracy>=0.9", with_accuracy(0.9)));
  EXPECT_FALSE(meets("accuracy > 0.9", with_accuracy(0.9)));
  EXPECT_TRUE(meets("log_loss<=0.5", with_accuracy(0.9)));
  EXPECT_FALSE(meets("log_loss<0.5", with_accuracy(0.9)));
}

TEST(Requirement, IsOfTheCalibratedScoresWhereThereAreSome) {
  StudyResults results = with_accuracy(0.9);
  results.calibrated_scores = {0.8, 0.25};
  EXPECT_FALSE(meets("accuracy>=0.9", results));
  EXPECT_TRUE(meets("log_loss<=0.25", results));
  results.calibrated_scores = {std::nan(""), std::nan("")};
  EXPECT_FALSE(meets("accuracy>=0", results));
}

TEST(Requirement, AScoreThatIsNotThereIsNamedWithTheNearest) {
  EXPECT_THAT([] { meets("acuracy>=0.9", with_accuracy(1)); },
              ThrowsMessage<ConfigError>(HasSubstr("did you mean 'accuracy'?")));
}

TEST(Requirement, AScoreThatExistsButWasNotAskedForIsSaidToBe) {
  EXPECT_THAT([] { meets("f1_macro>=0.9", with_accuracy(1)); },
              ThrowsMessage<ConfigError>(
                  "--require names 'f1_macro', which is not scored (add it to cv.metrics beside accuracy, log_loss)"));
  EXPECT_THAT([] { meets("rmse>=0.9", with_accuracy(1)); },
              ThrowsMessage<ConfigError>(testing::Not(HasSubstr("cv.metrics"))))
      << "of values";
}

TEST(Requirement, WithoutAComparisonOrNumberIsRefused) {
  for (const char* text : {"accuracy", "accuracy>=good", "", "=0.5"})
    EXPECT_THAT([&] { meets(text, with_accuracy(1)); }, ThrowsMessage<ConfigError>(HasSubstr("is no requirement")))
        << text;
}

TEST(TrialsCsv, HasOneLineATrialAndEmptyCellsForWhatIsUnknown) {
  EXPECT_EQ(trials_csv(with_accuracy(0.75)),
            "trial,state,value,value_se,metric.accuracy,metric.log_loss\n0,complete,,,0.75,0.5\n");
}

}  // namespace
}  // namespace jury
