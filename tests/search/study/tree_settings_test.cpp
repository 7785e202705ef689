// Which settings go with boosted trees, in an experiment and in the bases of a stack.
#include "search/study/tree_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/trees/train_trees.hpp"
#include "read_settings.hpp"
#include "search/study/study_checks.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::ThrowsMessage;

Config twonorm_with(std::initializer_list<std::pair<std::string, Config::Value>> entries) {
  Config config;
  config.set_path("data.generator", Config(std::string("twonorm")));
  for (const auto& [path, value] : entries) config.set_path(path, Config(value, {.source = path}));
  return config;
}

Config base(std::initializer_list<std::pair<std::string, Config::Value>> entries) {
  Config config;
  for (const auto& [path, value] : entries) config.set_path(path, Config(value, {.source = path}));
  return config;
}

// A stack of these bases over the experiment's own settings.
Config stack(Config experiment, std::vector<Config> bases) {
  experiment.set_path("ensemble.method", Config(std::string("stacking")));
  experiment.set_path("ensemble.base", Config(Config::List(std::move(bases))));
  return experiment;
}

TEST(TreeSettings, AreReadWithTheirRanges) {
  Problems problems;
  const Experiment e = read_experiment(
      twonorm_with({{"model.type", std::string("xgboost")}, {"trees.rounds", std::int64_t{7}}, {"trees.samples", 0.5}}),
      problems);
  EXPECT_THAT(problems.lines(), IsEmpty());
  EXPECT_TRUE(trains_trees(e));
  EXPECT_EQ(e.trees.rounds, 7);
  EXPECT_EQ(e.trees.samples, 0.5);
  EXPECT_THAT(problems_of(twonorm_with({{"model.type", std::string("xgboost")}, {"trees.depth", std::int64_t{0}}})),
              ElementsAre(HasSubstr("trees.depth = 0 is out of range")));
}

TEST(TreeSettings, WhatMeansNothingForTreesIsNamedWithItsPlace) {
  EXPECT_THAT(
      problems_of(twonorm_with({{"model.type", std::string("xgboost")},
                                {"model.dropout", 0.5},
                                {"train.epochs", std::int64_t{7}},
                                {"train.lr", 1e-3},  // the default changes nothing
                                {"train.early_stopping.patience", std::int64_t{3}},
                                {"train.class_weights", std::string("balanced")}})),
      ElementsAre(AllOf(HasSubstr("model.dropout: model.dropout does not go with model.type = \"xgboost\""),
                        HasSubstr("[trees]")),
                  HasSubstr("train.epochs does not go with"), HasSubstr("train.early_stopping does not go with")));
}

TEST(TreeSettings, WithANetworkAreRefused) {
  EXPECT_THAT(problems_of(twonorm_with({{"model.type", std::string("mlp")}, {"trees.rounds", std::int64_t{7}}})),
              ElementsAre(HasSubstr("trees.rounds: trees.rounds does not go with a network")));
}

TEST(TreeSettings, ABaseTakesOverWhatAppliesToIt) {
  Problems problems;
  const Experiment e =
      read_experiment(stack(twonorm_with({{"model.type", std::string("mlp")},
                                          {"train.epochs", std::int64_t{7}},
                                          {"train.class_weights", std::string("balanced")},
                                          {"trees.rounds", std::int64_t{9}}}),
                            {base({{"model.type", std::string("xgboost")}, {"trees.depth", std::int64_t{2}}}),
                             base({{"model.hidden", Config::List{}}}), base({{"model.type", std::string("linear")}})}),
                      problems);
  EXPECT_THAT(problems.lines(), IsEmpty());
  ASSERT_EQ(e.bases.size(), 3U);
  EXPECT_EQ(e.bases[0].name, "xgboost-0");
  EXPECT_EQ(e.bases[0].trees.rounds, 9);
  EXPECT_EQ(e.bases[0].trees.depth, 2);
  EXPECT_EQ(e.bases[0].train.epochs, TrainOptions().epochs);
  EXPECT_EQ(e.bases[0].train.class_weights, Config(std::string("balanced")));
  for (const std::size_t network : {1U, 2U}) {
    EXPECT_EQ(e.bases[network].train.epochs, 7);
    EXPECT_EQ(e.bases[network].trees.rounds, TreeOptions().rounds);
  }
}

TEST(TreeSettings, OfAStackReadBackAsWritten) {
  Problems problems;
  const Experiment e =
      read_experiment(stack(twonorm_with({{"model.type", std::string("xgboost")}, {"train.epochs", std::int64_t{7}}}),
                            {base({{"trees.rounds", std::int64_t{3}}}), base({{"model.type", std::string("linear")}})}),
                      problems);
  const Experiment again = read_experiment(to_config(e), problems);
  EXPECT_THAT(problems.lines(), IsEmpty());
  EXPECT_EQ(to_toml(again), to_toml(e));
  EXPECT_EQ(e.bases[1].train.epochs, 7);
}

TEST(TreeSettings, OfAStackThatNoBaseTakesOverAreRefused) {
  const auto trees = base({{"model.type", std::string("xgboost")}}),
             network = base({{"model.type", std::string("linear")}});
  EXPECT_THAT(problems_of(stack(twonorm_with({{"model.type", std::string("mlp")}, {"train.epochs", std::int64_t{7}}}),
                                {trees, trees})),
              ElementsAre(HasSubstr("train.epochs does not go with model.type = \"xgboost\"")));
  EXPECT_THAT(problems_of(stack(twonorm_with({{"model.type", std::string("mlp")}, {"trees.rounds", std::int64_t{7}}}),
                                {network, network})),
              ElementsAre(HasSubstr("trees.rounds does not go with a network")));
  EXPECT_THAT(problems_of(stack(twonorm_with({{"model.type", std::string("mlp")}}),
                                {base({{"model.type", std::string("xgboost")}, {"train.lr", 0.5}}), network})),
              ElementsAre(HasSubstr("ensemble.base.0.train.lr does not go with model.type")));
}

TEST(TreeSettings, ABuildWithoutXgboostSaysWhichSettingNeedsIt) {
  Experiment experiment = small_experiment();
  experiment.model = {.type = "xgboost"};
  experiment.train = {};
  const SmallStudy study(std::move(experiment));
  if (!xgboost_version().empty()) {
    EXPECT_FALSE(check_study(study.plan).models.front().network.has_value());
    return;
  }
  EXPECT_THAT([&] { check_study(study.plan); },
              ThrowsMessage<ConfigError>(AllOf(HasSubstr("model.type = \"xgboost\""), HasSubstr("no xgboost"))));
}

}  // namespace
}  // namespace jury
