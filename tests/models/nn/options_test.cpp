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

TEST(NetworkOptions, NamesOfLaterWorkSaySo) {
  EXPECT_THAT(problems_of<ModelOptions>({{"type", Config(std::string("xgboost"))}}), ElementsAre(HasSubstr("xgboost")));
}

TEST(NetworkOptions, UnknownNamesAreProblems) {
  EXPECT_THAT(problems_of<TrainOptions>({{"optimizer", Config(std::string("newton"))},
                                         {"schedule", Config(std::string("sawtooth"))}}),
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

}  // namespace
}  // namespace jury
