#include "search/study/trial_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "read_settings.hpp"
#include "search/study/search_checks.hpp"
#include "support/searched_study.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<std::string> space_problems(const std::string& space, const std::string& settings = "") {
  const Experiment experiment = searched_experiment(settings, R"j({"space": )j" + space + "}");
  Problems problems;
  check_search_settings(experiment, problems);
  return problems.lines();
}

TEST(SpaceOf, PathsAreSettingsOfWhatIsTrained) {
  EXPECT_THAT(
      space_problems(
          R"j({"train.lr": "uniform(0.1, 1)", "model.hidden": "choice([4], [8, 8])", "ensemble.members": "int(1, 9)"})j",
          R"j({"model": {"type": "mlp"}, "ensemble": {"method": "average"}})j"),
      ElementsAre());
  EXPECT_THAT(space_problems(R"j({"train.lrr": "uniform(0.1, 1)"})j"),
              ElementsAre(AllOf(HasSubstr("unknown key 'train.lrr'"), HasSubstr("train.lr"))));
  EXPECT_THAT(
      space_problems(R"j({"data.rows": "int(1, 9)", "cv.folds": "int(2, 9)", "experiment.seed": "int(1, 9)"})j"),
      ElementsAre(HasSubstr("'cv.folds' cannot be searched"), HasSubstr("'data.rows'"),
                  HasSubstr("'experiment.seed'")));
  EXPECT_THAT(space_problems(R"j({"trian.lr": "uniform(0.1, 1)"})j"), ElementsAre(HasSubstr("did you mean 'train'")));
  EXPECT_THAT(space_problems(R"j({"preprocess.0.with": "choice('mean', 'median')"})j"),
              ElementsAre(HasSubstr("is no setting")));
  EXPECT_THAT(space_problems(R"j({"preprocess.0.with": "choice('mean', 'median')"})j",
                             R"j({"preprocess": [{"step": "impute"}]})j"),
              ElementsAre());
  EXPECT_THAT(space_problems(R"j({"model.from": "choice('a', 'b')"})j"),
              ElementsAre(HasSubstr("all trials start from one network")));
}

TEST(SpaceOf, ValuesAreThoseASettingMayHave) {
  EXPECT_THAT(space_problems(R"j({"train.optimizer": "choice('adam', 'sdg')"})j"),
              ElementsAre(HasSubstr("train.optimizer = \"sdg\" is unknown")));
  EXPECT_THAT(space_problems(R"j({"model.dropout": "uniform(0, 1)"})j"),
              ElementsAre(HasSubstr("out of range (must be in [0, 0.95])")));
  EXPECT_THAT(space_problems(R"j({"train.epochs": "uniform(1, 9)"})j"), ElementsAre(HasSubstr("train.epochs")));
  EXPECT_THAT(space_problems(R"j({"train.epochs": "int(0, 9)"})j"),
              ElementsAre(HasSubstr("train.epochs = 0 is out of range")));
  EXPECT_THAT(space_problems(R"j({"train.lr": "lognormal(-5, 2)"})j"), ElementsAre());
}

TEST(SpaceOf, OfAStackTheBasesAreSearched) {
  const std::string stack =
      R"j({"ensemble": {"method": "stacking", "base": [{"model": {"type": "linear"}}, {"model": {"type": "mlp"}}]}})j";
  EXPECT_THAT(space_problems(R"j({"train.lr": "uniform(0.1, 1)"})j", stack),
              ElementsAre(HasSubstr("search 'ensemble.base.0.train.lr'")));
  EXPECT_THAT(space_problems(
                  R"j({"ensemble.base.1.train.lr": "uniform(0.1, 1)", "ensemble.stack.folds": "int(2, 4)"})j", stack),
              ElementsAre());
  EXPECT_THAT(space_problems(R"j({"ensemble.base.1.train.lrr": "uniform(0.1, 1)"})j", stack),
              ElementsAre(HasSubstr("ensemble.base.1.train.lrr")));
  EXPECT_THAT(space_problems(R"j({"ensemble.base.2.train.lr": "uniform(0.1, 1)"})j", stack),
              ElementsAre(HasSubstr("ensemble.base.2.train.lr")));
}

Config::Table values(std::initializer_list<std::pair<std::string, Config>> entries) { return Config::Table(entries); }
TEST(ExperimentAt, IsTheExperimentWithThesesSettingsAndWithoutASearch) {
  const Experiment own = searched_experiment(R"j({"train": {"epochs": 7}})j", "");
  const Experiment at = experiment_at(own, values({{"train.lr", Config(0.25)},
                                                   {"ensemble.method", text("average")},
                                                   {"ensemble.members", Config(std::int64_t{3})}}));
  EXPECT_FALSE(at.search);
  EXPECT_EQ(at.train.lr, 0.25);
  EXPECT_EQ(at.train.epochs, 7);
  EXPECT_EQ(at.ensemble.members, NumberOrWord(3));
  EXPECT_EQ(at.cv->folds, 3);
  EXPECT_TRUE(at.final.refit);
}

// What the file says of one kind of model is no error, and no silent choice, where a trial has another.
TEST(ExperimentAt, SettingsThatMeanNothingForATrialAreLeftOut) {
  const Experiment linear = searched_experiment(R"j({"model": {"type": "linear"}})j", "");
  EXPECT_EQ(experiment_at(linear, values({{"model.type", text("mlp")}})).model.hidden, ModelOptions().hidden);
  EXPECT_EQ(experiment_at(linear, values({{"ensemble.method", text("bagging")}})).ensemble.members,
            EnsembleOptions().members);
  const Experiment mlp = searched_experiment(
      R"j({"model": {"type": "mlp", "hidden": [5], "dropout": 0.2}, "train": {"lr": 0.3}, "ensemble": {"method": "bagging", "members": 4}})j",
      "");
  EXPECT_TRUE(experiment_at(mlp, values({{"model.type", text("linear")}})).model.hidden.empty());
  EXPECT_EQ(experiment_at(mlp, values({{"ensemble.method", text("none")}})).ensemble.members, NumberOrWord(1));
  EXPECT_EQ(experiment_at(mlp, values({{"ensemble.method", text("average")}})).ensemble.members, NumberOrWord(4));
  const Experiment bags = searched_experiment(
      R"j({"ensemble": {"method": "bagging", "samples": 0.5, "bootstrap": "blocks", "block": 3, "stratify": false}})j",
      "");
  const EnsembleOptions average = experiment_at(bags, values({{"ensemble.method", text("average")}})).ensemble;
  EXPECT_EQ(average.samples, 1);
  EXPECT_EQ(average.bootstrap, "rows");
  EXPECT_EQ(average.block, 0);
  EXPECT_TRUE(average.stratify);
  EXPECT_EQ(experiment_at(bags, values({{"ensemble.method", text("patches")}})).ensemble.samples, 0.5);
  EXPECT_EQ(experiment_at(mlp, values({{"model.type", text("xgboost")}})).train.lr, TrainOptions().lr);
  EXPECT_THAT(
      [&] {
        experiment_at(mlp, values({{"model.type", text("linear")},
                                   {"model.hidden", Config(Config::List{Config(std::int64_t{3})})}}));
      },
      ThrowsMessage<ConfigError>(HasSubstr("model.hidden does not apply")));
}

TEST(IdentityOf, MoreTrialsExtendASearchAndOtherSpacesDoNot) {
  const Experiment own = searched_experiment("", "");
  Experiment more = own;
  more.search->trials = 100;
  EXPECT_EQ(identity_of(more, 1), identity_of(own, 1));
  EXPECT_NE(identity_of(searched_experiment("", R"j({"space": {"train.lr": "loguniform(1e-2, 1)"}})j"), 1),
            identity_of(own, 1));
  EXPECT_NE(identity_of(searched_experiment("", R"j({"parallel": 3})j"), 1), identity_of(own, 1));
}

// The records of trial 5 are of the settings it had: with other members a search by results would propose others.
TEST(IdentityOf, MoreMembersExtendASearchOnlyWhereNothingIsProposedByResults) {
  const auto identity = [](const std::string& method, int members) {
    Experiment experiment =
        searched_experiment(R"j({"ensemble": {"method": "bagging"}})j", R"j({"method": ")j" + method + R"j("})j");
    experiment.ensemble.members = members;
    return identity_of(experiment, 1);
  };
  EXPECT_EQ(identity("random", 3), identity("random", 4));
  for (const char* method : {"tpe", "gp", "cma_es"}) EXPECT_NE(identity(method, 3), identity(method, 4)) << method;
}

}  // namespace
}  // namespace jury
