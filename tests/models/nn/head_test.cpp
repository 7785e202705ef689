#include "models/nn/head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/nn/loss.hpp"
#include "models/nn/network.hpp"
#include "models/nn/pairing.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;
using enum TaskKind;

TEST(Pairings, GiveEveryLossAndEveryHeadAPartner) {
  for (const auto& loss : losses())
    EXPECT_TRUE(std::ranges::any_of(pairings(), [&](const Pairing& p) { return p.loss == loss.name; })) << loss.name;
  for (const auto& head : heads())
    EXPECT_TRUE(std::ranges::any_of(pairings(), [&](const Pairing& p) { return p.head == head.make; })) << head.name;
}

// All combinations of names: those of the table resolve to themselves, the others are refused.
TEST(Pairings, AreExactlyThoseOfTheTable) {
  for (const TaskKind task : {classification, regression})
    for (const auto& head : heads())
      for (const auto& loss : losses()) {
        const bool listed = std::ranges::any_of(
            pairings(), [&](const Pairing& p) { return p.task == task && p.head == head.make && p.loss == loss.name; });
        if (!listed) {
          EXPECT_THROW(resolve_head(head.name, loss.name, task), ConfigError) << head.name << " " << loss.name;
          EXPECT_THROW(resolve_loss(loss.name, head.make, task), ConfigError) << head.name << " " << loss.name;
          continue;
        }
        EXPECT_EQ(resolve_head(head.name, loss.name, task), head.make);
        EXPECT_EQ(resolve_loss(loss.name, head.make, task), loss.name);
        EXPECT_NO_THROW(resolve_head("auto", loss.name, task));
        EXPECT_NO_THROW(resolve_loss("auto", head.make, task));
      }
}

struct AutoCase {
  const char *output, *loss;
  TaskKind task;
  Head head;
  const char* resolved;
};

TEST(Pairings, AutoIsWhatSuitsTheRest) {
  for (const auto& [output, loss, task, head, resolved] : {
           AutoCase{"auto", "auto", classification, Head::softmax, "cross_entropy"},
           AutoCase{"auto", "auto", regression, Head::linear, "mse"},
           AutoCase{"softmax", "auto", classification, Head::softmax, "cross_entropy"},
           AutoCase{"sigmoid", "auto", classification, Head::sigmoid, "binary_cross_entropy"},
           AutoCase{"linear", "auto", classification, Head::linear, "mse"},
           AutoCase{"auto", "binary_cross_entropy", classification, Head::sigmoid, "binary_cross_entropy"},
           AutoCase{"auto", "mse", classification, Head::sigmoid, "mse"},
           AutoCase{"linear", "auto", regression, Head::linear, "mse"},
           AutoCase{"mean_variance", "auto", regression, Head::mean_variance, "gaussian_nll"},
           AutoCase{"exponential", "auto", regression, Head::exponential, "poisson"},
           AutoCase{"sigmoid", "auto", regression, Head::sigmoid, "binary_cross_entropy"},
           AutoCase{"auto", "gaussian_nll", regression, Head::mean_variance, "gaussian_nll"},
           AutoCase{"auto", "poisson", regression, Head::exponential, "poisson"},
           AutoCase{"auto", "huber", regression, Head::linear, "huber"},
           AutoCase{"auto", "binary_cross_entropy", regression, Head::sigmoid, "binary_cross_entropy"},
       }) {
    EXPECT_EQ(resolve_head(output, loss, task), head) << output << " " << loss;
    EXPECT_EQ(resolve_loss(loss, head, task), resolved) << output << " " << loss;
  }
}

TEST(Pairings, ALossOfTheOtherTaskIsRefusedWithWhatSuits) {
  EXPECT_THAT([] { resolve_head("auto", "poisson", classification); },
              ThrowsMessage<ConfigError>("train.loss = 'poisson' does not suit classification (use cross_entropy, "
                                         "binary_cross_entropy or mse, or 'auto')"));
  EXPECT_THAT([] { resolve_head("softmax", "cross_entropy", regression); },
              ThrowsMessage<ConfigError>(AllOf(HasSubstr("train.loss = 'cross_entropy' does not suit regression"),
                                               HasSubstr("gaussian_nll"))));
}

TEST(Pairings, AnOutputOfTheOtherTaskIsRefusedWithWhatSuits) {
  EXPECT_THAT([] { resolve_head("exponential", "auto", classification); },
              ThrowsMessage<ConfigError>("model.output = 'exponential' does not suit classification (use softmax, "
                                         "sigmoid or linear, or 'auto')"));
}

TEST(Pairings, TwoThatDoNotGoTogetherNameTheirPartners) {
  EXPECT_THAT([] { resolve_head("sigmoid", "cross_entropy", classification); },
              ThrowsMessage<ConfigError>("train.loss = 'cross_entropy' and model.output = 'sigmoid' do not go together "
                                         "for classification (with this loss use softmax; with this output use "
                                         "binary_cross_entropy or mse)"));
  EXPECT_THAT([] { resolve_loss("mse", Head::mean_variance, regression); },
              ThrowsMessage<ConfigError>(HasSubstr("with this output use gaussian_nll")));
}

TEST(Pairings, UnknownNamesAreRefusedWithTheNearest) {
  EXPECT_THAT([] { resolve_head("sigmod", "auto", classification); },
              ThrowsMessage<ConfigError>(HasSubstr("no output is called 'sigmod' did you mean 'sigmoid'?")));
  EXPECT_THAT([] { resolve_head("auto", "hubert", regression); },
              ThrowsMessage<ConfigError>(HasSubstr("no loss is called 'hubert' did you mean 'huber'?")));
}

TEST(Heads, MeanAndVarianceAreTwoOutputsPerTarget) {
  EXPECT_EQ(outputs_per_target(Head::mean_variance), 2U);
  EXPECT_EQ(outputs_per_target(Head::linear), 1U);
  const NetworkSpec spec = make_network({.type = "linear"}, 3, {regression, 2, "gaussian_nll"});
  EXPECT_EQ(spec.outputs, 4);
  EXPECT_EQ(spec.architecture, "linear-3-4");
  EXPECT_EQ(network_from_bytes(to_bytes(spec)), spec);
}

TEST(Heads, VarianceIsASoftplusAndNeverZero) {
  EXPECT_NEAR(variance_of(0), std::log(2.0) + 1e-6, 1e-15);
  EXPECT_EQ(variance_of(-1000), 1e-6);
  EXPECT_EQ(variance_of(1000), 1000 + 1e-6);
  for (const double bad : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()})
    EXPECT_TRUE(std::isnan(variance_of(bad)));
}

}  // namespace
}  // namespace jury
