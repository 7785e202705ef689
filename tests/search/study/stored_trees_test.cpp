// Stored trees predict the test file as the run did.
#include <gtest/gtest.h>

#include "support/stored_predictions.hpp"

namespace jury {
namespace {

TEST(StoredTrees, PredictTheTestFileAsTheRunDid) {
  for (const char* method : {"bagging", "adaboost", "gradient_boosting"}) {
    SCOPED_TRACE(method);
    Experiment experiment = experiment_of(true, fmt::format(R"({{"method": "{}", "members": 2}})", method));
    experiment.model = {.type = "xgboost"};
    experiment.train = {};
    experiment.trees = {.rounds = 3};
    expect_the_runs_predictions(experiment);
  }
}

}  // namespace
}  // namespace jury
