// Stored trees predict the test file as the run did.
#include <gtest/gtest.h>

#include "runtime/store/hdf5_child.hpp"
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

// This program is also the limited child that reads HDF5 files.
int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments[0] == jury::kReadHdf5Command) return jury::serve_hdf5(std::span(arguments).subspan(1));
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
