#include "search/study/experiment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "read_settings.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Config table(std::initializer_list<std::pair<std::string, Config::Value>> settings) {
  Config config;
  int line = 0;
  for (const auto& [path, value] : settings) config.set_path(path, Config(value, Origin{"f.toml", ++line, 1}));
  return config;
}

Config minimal() { return table({{"data.train", std::string("wine.csv")}, {"model.type", std::string("mlp")}}); }

TEST(Experiment, FourLinesAreEnough) {
  Config config = minimal();
  config.set_path("data.target", Config(std::string("quality")));
  config.set_path("ensemble.members", Config(std::int64_t{5}));
  const Experiment e = read(config);
  EXPECT_EQ(e.ensemble.method, "bagging");
  EXPECT_TRUE(e.final.refit);
  ASSERT_TRUE(e.cv.has_value());
  EXPECT_EQ(e.cv->folds, 5);
}

TEST(Experiment, ACrossedDesignNamesEachSourceOnceAndHasANumberOfCells) {
  const auto with = [](Config::List sources, std::int64_t levels) {
    Config config = minimal();
    config.set_path("bias_variance.sources", Config(std::move(sources)));
    config.set_path("bias_variance.levels", Config(levels));
    return problems_of(config);
  };
  const Config data(std::string("data")), init(std::string("init")), order(std::string("order"));
  EXPECT_THAT(with({data, init}, 5), IsEmpty());
  EXPECT_THAT(with({data}, 1000), IsEmpty());
  EXPECT_THAT(with({}, 5), Contains(HasSubstr("bias_variance.sources is empty")));
  EXPECT_THAT(with({init, init}, 5), Contains(HasSubstr("names a source twice")));
  EXPECT_THAT(with({data, init, order}, 101), Contains(HasSubstr("which is 1030301 replicates")));
}

TEST(Experiment, WithoutAnEnsembleOneModelIsTrainedAndNotKept) {
  const Experiment e = read(minimal());
  EXPECT_EQ(e.ensemble.method, "none");
  EXPECT_EQ(e.ensemble.members, 1);
  EXPECT_FALSE(e.final.refit);
}

TEST(Experiment, ATestSetStandsInForCrossValidation) {
  Config config = minimal();
  config.set_path("data.test_fraction", Config(0.2));
  EXPECT_FALSE(read(config).cv.has_value());
}

TEST(Experiment, CrossValidationCanBeSwitchedOff) {
  Config config = minimal();
  config.set_path("cv", Config(false));
  EXPECT_FALSE(read(config).cv.has_value());
  EXPECT_THAT(to_toml(read(config)), HasSubstr("cv = false\n"));  // what a resume reads
}

TEST(Experiment, EveryMistakeIsNamedAtOnceWithItsPlace) {
  const Config config = table({{"data.train", std::string("wine.csv")},
                               {"model.type", std::string("mpl")},
                               {"train.lr", -1.0},
                               {"train.epocs", std::int64_t{5}},
                               {"experiment.seed", std::string("x")}});
  EXPECT_THAT(problems_of(config),
              testing::UnorderedElementsAre(
                  AllOf(HasSubstr("f.toml:2:1: model.type = \"mpl\""), HasSubstr("did you mean 'mlp'?")),
                  AllOf(HasSubstr("f.toml:3:1: train.lr = -1"), HasSubstr("must be in [0,")),
                  AllOf(HasSubstr("f.toml:4:1: unknown key 'train.epocs'"), HasSubstr("did you mean 'epochs'?")),
                  HasSubstr("f.toml:5:1: experiment.seed = \"x\" is a text (must be a whole number")));
}

TEST(Experiment, KeysOfAnotherSplitterAreAProblem) {
  Config config = minimal();
  config.set_path("cv.method", Config(std::string("kfold")));
  config.set_path("cv.gap", Config(std::int64_t{2}));
  config.set_path("cv.p", Config(std::int64_t{3}));
  config.set_path("cv.window", Config(std::int64_t{0}));  // as if it were not there
  EXPECT_THAT(problems_of(config),
              testing::UnorderedElementsAre(HasSubstr("cv.gap does not go with cv.method = \"kfold\""),
                                            HasSubstr("cv.p does not go with cv.method = \"kfold\"")));
}

TEST(Experiment, WithoutFoldsThereAreMetricsAlone) {
  Config config = minimal();
  config.set_path("cv.method", Config(std::string("none")));
  config.set_path("cv.metrics", Config(Config::List{Config(std::string("brier"))}));
  EXPECT_TRUE(problems_of(config).empty());
  config.set_path("cv.folds", Config(std::int64_t{3}));
  EXPECT_THAT(problems_of(config), testing::ElementsAre(HasSubstr("cv.folds does not go with cv.method = \"none\"")));
}

TEST(Experiment, ASelectionOfTrialsNeedsASearch) {
  Config config = minimal();
  config.set_path("final.trials", Config(std::string("selection")));
  EXPECT_THAT(problems_of(config),
              testing::ElementsAre(HasSubstr("final.trials = \"selection\" has no trials to select from")));
}

TEST(Experiment, OneFoldIsEnoughForSplitsDrawnOneByOneAndForTime) {
  for (const auto& [method, problems] :
       {std::pair("kfold", 1U), {"shuffle_split", 0U}, {"time_series", 0U}, {"632plus", 0U}}) {
    Config config = minimal();
    config.set_path("cv.method", Config(std::string(method)));
    config.set_path("cv.folds", Config(std::int64_t{1}));
    EXPECT_EQ(problems_of(config).size(), problems) << method;
  }
}

TEST(Experiment, KnowsAllOfTheEngine) {
  Config config = minimal();
  config.set_path("model.type", Config(std::string("cnn")));
  config.set_path("train.schedule", Config(std::string("cosine")));
  config.set_path("train.batch", Config(std::string("full")));
  config.set_path("train.augment.flip", Config(0.5));
  config.set_path("train.averaging.start", Config(0.5));
  const Experiment e = read(config);
  EXPECT_EQ(e.model.type, "cnn");
  EXPECT_EQ(e.train.schedule, "cosine");
  EXPECT_EQ(e.train.batch.word, "full");
  ASSERT_TRUE(e.train.augment.has_value());
  EXPECT_EQ(e.train.augment->flip, 0.5);
  ASSERT_TRUE(e.train.averaging.has_value());
  EXPECT_EQ(e.train.averaging->start, 0.5);
  EXPECT_FALSE(e.train.early_stopping.has_value());
}

TEST(Experiment, WeighsAndSmoothsClasses) {
  Config config = minimal();
  config.set_path("train.label_smoothing", Config(0.1));
  config.set_path("train.class_weights", Config(Config::List{Config(1.0), Config(std::int64_t{3})}));
  const Experiment e = read(config);
  EXPECT_EQ(e.train.label_smoothing, 0.1);
  EXPECT_EQ(e.train.class_weights, Config(Config::List{Config(1.0), Config(std::int64_t{3})}));
}

TEST(Experiment, PredefinedSplitsAreAllThereAreUnlessFoldsSaysOtherwise) {
  Config config = minimal();
  config.set_path("cv.test_index", Config(std::string("d/t_{}.txt")));
  EXPECT_EQ(read(config).cv->folds, 0);
  config.set_path("cv.folds", Config(std::int64_t{3}));
  EXPECT_EQ(read(config).cv->folds, 3);
  EXPECT_EQ(recorded_config(read(config)).find_path("cv.test_index")->as<std::string>()->find('/'), std::string::npos);
}

TEST(Experiment, WhatSaysWhichRowsAreTestedMustAgree) {
  const auto problems = [](std::initializer_list<std::pair<std::string, Config::Value>> settings) {
    Config config = minimal();
    for (const auto& [path, value] : settings) config.set_path(path, Config(value));
    return problems_of(config);
  };
  using Text = std::string;
  EXPECT_THAT(problems({{"cv.method", Text("predefined")}}),
              ElementsAre(HasSubstr("does not say where the splits are")));
  EXPECT_THAT(problems({{"cv.method", Text("kfold")}, {"cv.column", Text("f")}}),
              ElementsAre(HasSubstr("cv.column does not go with cv.method = \"kfold\"")));
  EXPECT_THAT(problems({{"cv.column", Text("f")}, {"cv.test_index", Text("t{}")}}),
              ElementsAre(HasSubstr("exclude each other")));
  EXPECT_THAT(problems({{"cv.column", Text("f")}, {"cv.folds", std::int64_t{3}}}),
              ElementsAre(HasSubstr("cv.folds = 3 does not go with cv.column")));
  EXPECT_THAT(problems({{"cv.column", Text("f")}, {"cv.train_index", Text("t{}")}}),
              ElementsAre(HasSubstr("cv.train_index needs cv.test_index")));
  EXPECT_THAT(problems({{"cv.test_index", Text("t.txt")}}),
              ElementsAre(HasSubstr("does not name a file for each split")));
  EXPECT_THAT(problems({{"cv.test_index", Text("{}/{}")}}),
              ElementsAre(HasSubstr("does not name a file for each split")));
  EXPECT_THAT(problems({{"cv.folds", std::int64_t{1}}}), ElementsAre(HasSubstr("cv.folds = 1 is out of range")));
}

TEST(Experiment, DataAndModelAreNeeded) {
  EXPECT_THAT(problems_of(Config()),
              ElementsAre(HasSubstr("data.train is missing"), HasSubstr("model.type is missing")));
}

// Found by fuzzing: it was taken for a step without a name, and what the journal held of it could not be read again.
TEST(Experiment, APreprocessingStepSaysWhatItDoes) {
  Config config = minimal();
  config.set_path("preprocess",
                  Config(Config::List{Config(Config::Table{{"columns", Config(std::string("numeric"))}})}));
  EXPECT_THAT(problems_of(config), ElementsAre(HasSubstr("preprocess.0.step is missing")));
}

TEST(Experiment, AFileAndAGeneratorExcludeEachOther) {
  Config config = minimal();
  config.set_path("data.generator", Config(std::string("twonorm")));
  EXPECT_THAT(problems_of(config), Contains(HasSubstr("exclude each other")));
}

class BadName : public testing::TestWithParam<std::string> {};
TEST_P(BadName, CannotEscapeTheOutputFolder) {
  Config config = minimal();
  config.set_path("experiment.name", Config(GetParam()));
  EXPECT_THAT(problems_of(config), ElementsAre(HasSubstr("is no name for a folder")));
}
INSTANTIATE_TEST_SUITE_P(Names, BadName,
                         testing::Values("", "..", ".hidden", "a/b", "-rf", "a b", "a;b", "$(x)", "a\nb",
                                         std::string(101, 'a')));

TEST(Experiment, MembersNeedAnEnsemble) {
  Config config = minimal();
  config.set_path("ensemble.method", Config(std::string("none")));
  config.set_path("ensemble.members", Config(std::int64_t{3}));
  EXPECT_THAT(problems_of(config), ElementsAre(HasSubstr("needs an ensemble")));
}

TEST(Experiment, ALinearModelHasNoHiddenUnits) {
  Config config = minimal();
  config.set_path("model.type", Config(std::string("linear")));
  config.set_path("model.hidden", Config(Config::List{Config(std::int64_t{5})}));
  EXPECT_THAT(problems_of(config), ElementsAre(HasSubstr("does not apply to a linear model")));
}

// The identity is what a resume is checked against.
class Identity : public testing::Test {
 protected:
  static std::uint64_t with(const std::string& path, const Config::Value& value) {
    Config config = minimal();
    config.set_path("ensemble.members", Config(std::int64_t{5}));
    config.set_path("bias_variance.replicates", Config(std::int64_t{5}));
    config.set_path(path, Config(value));
    Problems problems;
    return identity_of(read_experiment(config, problems), 1);
  }
  const std::uint64_t plain_ = with("schema", std::int64_t{1});
};

TEST_F(Identity, ChangesWithWhatChangesAResult) {
  EXPECT_NE(with("train.lr", 0.5), plain_);
  EXPECT_NE(with("experiment.seed", std::int64_t{1}), plain_);
  EXPECT_NE(with("resources.threads", std::int64_t{2}), plain_);
  EXPECT_NE(with("cv.folds", std::int64_t{3}), plain_);
  EXPECT_NE(with("model.output", std::string("sigmoid")), plain_);
  EXPECT_NE(with("train.class_weights", std::string("balanced")), plain_);
}

TEST_F(Identity, StaysWithNamesPlacesLimitsAndCounts) {
  EXPECT_EQ(with("experiment.name", std::string("other")), plain_);
  EXPECT_EQ(with("output.dir", std::string("elsewhere")), plain_);
  EXPECT_EQ(with("output.predictions", std::string("none")), plain_);
  EXPECT_EQ(with("budget.time", std::string("1h")), plain_);
  EXPECT_EQ(with("data.train", std::string("/moved/wine.csv")), plain_);
  EXPECT_EQ(with("cv.test_index", std::string("/moved/{}")), with("cv.test_index", std::string("{}")));
  EXPECT_EQ(with("ensemble.members", std::int64_t{9}), plain_);
  EXPECT_EQ(with("bias_variance.replicates", std::int64_t{9}), plain_);
}

// More trials may be asked for later, unless their number says which member of a population a trial is.
TEST_F(Identity, ChangesWithTheNumberOfTrialsOfAPopulationAlone) {
  const auto with_trials = [](const std::string& pruner, std::int64_t trials) {
    Config config = minimal();
    config.set_path("search.pruner", Config(pruner));
    config.set_path("search.trials", Config(trials));
    config.set_path("search.space", Config(Config::Table{{"train.lr", Config(std::string("loguniform(1e-3, 1)"))}}));
    return identity_of(read(config), 1);
  };
  for (const char* pruner : {"none", "median", "asha", "hyperband", "race"})
    EXPECT_EQ(with_trials(pruner, 8), with_trials(pruner, 9)) << pruner;
  EXPECT_NE(with_trials("pbt", 8), with_trials("pbt", 9));
}

TEST_F(Identity, ChangesWithTheData) { EXPECT_NE(identity_of(read(minimal()), 1), identity_of(read(minimal()), 2)); }

}  // namespace
}  // namespace jury
