#include <gtest/gtest.h>

#include "gradient_check.hpp"
#include "models/nn/loss.hpp"

namespace jury {
namespace {

struct NetworkCase {
  std::string name;
  ModelOptions model;
  TaskKind task;
  std::int32_t outputs;
};
void PrintTo(const NetworkCase& test, std::ostream* out) { *out << test.name; }

class NetworkGradients : public testing::TestWithParam<NetworkCase> {};

TEST_P(NetworkGradients, AreThoseOfTheLoss) {
  const auto& [name, model, task, outputs] = GetParam();
  const NetworkSpec spec = make_network(model, 4, {task, outputs});
  expect_gradients(spec, std::string(resolve_loss("auto", task)), 6, 5);
}

INSTANTIATE_TEST_SUITE_P(
    EveryLossAndType, NetworkGradients,
    testing::Values(NetworkCase{"Softmax", {.type = "linear"}, TaskKind::classification, 3},
                    NetworkCase{"LeastSquares", {.type = "linear"}, TaskKind::regression, 2},
                    NetworkCase{"TwoClasses", {.hidden = {8}, .activation = "tanh"}, TaskKind::classification, 2},
                    NetworkCase{"ManyClasses", {.hidden = {8}, .activation = "sigmoid"}, TaskKind::classification, 19},
                    NetworkCase{"Regression", {.hidden = {6, 5}, .activation = "tanh"}, TaskKind::regression, 1},
                    NetworkCase{"DeepWithDropout",
                                {.hidden = {7, 6, 5}, .activation = "sigmoid", .dropout = 0.3},
                                TaskKind::regression,
                                3}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace jury
