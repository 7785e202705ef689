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
  std::string loss = "auto";
};
void PrintTo(const NetworkCase& test, std::ostream* out) { *out << test.name; }

class NetworkGradients : public testing::TestWithParam<NetworkCase> {};

TEST_P(NetworkGradients, AreThoseOfTheLoss) {
  const auto& [name, model, task, outputs, loss] = GetParam();
  const NetworkSpec spec = make_network(model, 4, {task, outputs, loss});
  expect_gradients(spec, std::string(resolve_loss(loss, spec.head, task)), 6, 5);
}

TEST(SoftTargetGradients, AreThoseOfTheLoss) {
  for (const std::int32_t classes : {2, 5, 17}) {
    const NetworkSpec spec =
        make_network({.hidden = {6}, .activation = "tanh"}, 4, {TaskKind::classification, classes});
    expect_gradients(spec, {.batch = 6, .loss = "cross_entropy", .soft_targets = true}, 5);
  }
}

const ModelOptions kTanh{.hidden = {6}, .activation = "tanh"};
const ModelOptions kSoftmax{.hidden = {6}, .activation = "tanh", .output = "softmax"};
const ModelOptions kLinear{.hidden = {6}, .activation = "tanh", .output = "linear"};

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
                                3},
                    NetworkCase{"OneAgainstTheRest", kTanh, TaskKind::classification, 3, "binary_cross_entropy"},
                    NetworkCase{"SigmoidSquares", kTanh, TaskKind::classification, 4, "mse"},
                    NetworkCase{"Brier", kSoftmax, TaskKind::classification, 5, "mse"},
                    NetworkCase{"LinearClasses", kLinear, TaskKind::classification, 3, "mse"},
                    NetworkCase{"ManyLabels", kTanh, TaskKind::regression, 3, "binary_cross_entropy"},
                    NetworkCase{"AbsoluteError", kTanh, TaskKind::regression, 2, "mae"},
                    NetworkCase{"Huber", kTanh, TaskKind::regression, 2, "huber"},
                    NetworkCase{"Quantile", kTanh, TaskKind::regression, 2, "quantile"},
                    NetworkCase{"GaussianNll", kTanh, TaskKind::regression, 2, "gaussian_nll"},
                    NetworkCase{"Poisson", kTanh, TaskKind::regression, 2, "poisson"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace jury
