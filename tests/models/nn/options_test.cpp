#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/nn/model_options.hpp"
#include "models/nn/train_options.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

template <class Options>
std::vector<std::string> problems_of(std::initializer_list<std::pair<std::string, Config>> entries) {
  Options options;
  Problems problems;
  read_options(Config(Config::Table(entries)), options, "x", problems);
  return problems.lines();
}

TEST(NetworkOptions, DefaultsReadBackAsTheyAre) {
  Problems problems;
  ModelOptions model;
  TrainOptions train;
  read_options(to_config(ModelOptions{}), model, "model", problems);
  read_options(to_config(TrainOptions{}), train, "train", problems);
  EXPECT_THAT(problems.lines(), ElementsAre());
}

TEST(NetworkOptions, TreesAreATypeOfModel) {
  EXPECT_THAT(problems_of<ModelOptions>({{"type", Config(std::string("xgboost"))}}), ElementsAre());
}

TEST(NetworkOptions, UnknownNamesAreProblems) {
  EXPECT_THAT(problems_of<TrainOptions>(
                  {{"optimizer", Config(std::string("newton"))}, {"schedule", Config(std::string("sawtooth"))}}),
              ElementsAre(HasSubstr("newton"), HasSubstr("sawtooth")));
  EXPECT_THAT(problems_of<ModelOptions>({{"activation", Config(std::string("mish"))}}), ElementsAre(HasSubstr("mish")));
}

TEST(NetworkOptions, RangesAreChecked) {
  EXPECT_THAT(
      problems_of<ModelOptions>({{"dropout", Config(1.0)}, {"hidden", Config(Config::List{Config(std::int64_t{0})})}}),
      ElementsAre(HasSubstr("x.hidden.0 = 0"), HasSubstr("x.dropout = 1")));
  EXPECT_THAT(
      problems_of<TrainOptions>({{"lr", Config(-0.1)}, {"batch", Config(std::int64_t{0})}, {"beta2", Config(1.0)}}),
      ElementsAre(HasSubstr("x.lr"), HasSubstr("x.beta2"), HasSubstr("x.batch")));
}

TEST(NetworkOptions, ABatchMayBeAllRows) {
  TrainOptions options;
  Problems problems;
  read_options(Config(Config::Table{{"batch", Config(std::string("full"))}}), options, "train", problems);
  EXPECT_THAT(problems.lines(), ElementsAre());
  EXPECT_EQ(batch_rows(options, 77), 77);
  EXPECT_EQ(batch_rows({.batch = 32}, 77), 32);
  EXPECT_EQ(batch_rows({.batch = 32}, 20), 20);
  EXPECT_THAT(problems_of<TrainOptions>({{"batch", Config(std::string("ful"))}}),
              ElementsAre(HasSubstr("x.batch = \"ful\" is a text (must be a whole number or one of full)")));
}

TEST(NetworkOptions, ClassWeightsAndLayersAreReadByWhoNeedsThem) {
  TrainOptions train;
  ModelOptions model;
  Problems problems;
  read_options(Config(Config::Table{{"class_weights", Config(Config::List{Config(1.0), Config(2.0)})}}), train, "train",
               problems);
  read_options(Config(Config::Table{{"layers", Config(Config::List{Config(Config::Table{})})},
                                    {"lr_factors", Config(Config::Table{{"a", Config(0.5)}})}}),
               model, "model", problems);
  EXPECT_THAT(problems.lines(), ElementsAre());
  EXPECT_EQ(train.class_weights.as<Config::List>()->size(), 2);
  EXPECT_EQ(model.layers.as<Config::List>()->size(), 1);
  EXPECT_EQ(*model.lr_factors.find("a"), Config(0.5));
}

}  // namespace
}  // namespace jury
