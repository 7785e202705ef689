#include "runtime/base/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config_values.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct StopOptions {
  std::string metric = "log_loss";
  std::int32_t patience = 10;

  static void fields(auto& self, auto&& visit) {
    visit("metric", self.metric, Field{.help = "what is watched", .choices = {"log_loss", "accuracy"}});
    visit("patience", self.patience, Field{.help = "epochs", .low = 1});
  }
};

struct TrainOptions {
  double lr = 0.01;
  double limit = 60;
  std::int64_t epochs = 5;
  std::uint8_t level = 1;
  bool shuffle = true;
  std::string optimizer = "adam";
  std::vector<std::int64_t> hidden = {64};
  std::string folder = "runs";
  StopOptions nested;
  std::optional<StopOptions> stop;
  std::vector<StopOptions> steps;
  NumberOrWord batch = 32;
  Config layers = {};

  static void fields(auto& self, auto&& visit) {
    visit("lr", self.lr, Field{.help = "step size", .low = 0, .high = 10});
    visit("limit", self.limit, Field{.help = "time", .low = 0, .unit = Unit::seconds, .identity = false});
    visit("epochs", self.epochs, Field{.help = "passes", .low = 1, .high = 1000});
    visit("level", self.level, Field{.help = "level"});
    visit("shuffle", self.shuffle, Field{.help = "order"});
    visit("optimizer", self.optimizer, Field{.help = "rule", .choices = {"sgd", "adam"}, .planned = {"rprop"}});
    visit("hidden", self.hidden, Field{.help = "units", .low = 1});
    visit("folder", self.folder, Field{.help = "place", .identity = false});
    visit("nested", self.nested, Field{.help = "a table"});
    visit("stop", self.stop, Field{.help = "early stopping"});
    visit("steps", self.steps, Field{.help = "in order"});
    visit("batch", self.batch, Field{.help = "rows", .low = 1, .high = 100, .choices = {"full", "half"}});
    visit("layers", self.layers, Field{.help = "anything"});
  }
};

struct Outcome {
  TrainOptions options;
  std::vector<std::string> problems;
};

// What becomes of the defaults when the entry `path` is set.
Outcome with(const std::string& path, Config value) {
  Config config;
  config.set_path(path, std::move(value));
  Outcome outcome;
  Problems problems;
  read_options(config, outcome.options, "train", problems);
  outcome.problems = problems.lines();
  return outcome;
}

TEST(Options, ValuesOfTheRightKindAreTaken) {
  EXPECT_EQ(with("lr", real(0.5)).options.lr, 0.5);
  EXPECT_EQ(with("lr", whole(1)).options.lr, 1.0);
  EXPECT_EQ(with("epochs", whole(7)).options.epochs, 7);
  EXPECT_FALSE(with("shuffle", Config(Config::Value(false))).options.shuffle);
  EXPECT_EQ(with("optimizer", text("sgd")).options.optimizer, "sgd");
  EXPECT_THAT(with("hidden", list({whole(8), whole(4)})).options.hidden, ElementsAre(8, 4));
  EXPECT_EQ(with("limit", text("1h30min")).options.limit, 5400);
  EXPECT_EQ(with("nested.patience", whole(3)).options.nested.patience, 3);
  EXPECT_EQ(with("stop.patience", whole(3)).options.stop.value().patience, 3);
  EXPECT_FALSE(with("stop", Config(Config::Value(false))).options.stop.has_value());
  Config step;
  step.set("metric", text("accuracy"));
  EXPECT_EQ(with("steps", list({step})).options.steps.at(0).metric, "accuracy");
}

TEST(Options, WhatIsNotGivenKeepsItsDefault) {
  const Outcome outcome = with("lr", real(0.5));
  EXPECT_THAT(outcome.problems, IsEmpty());
  EXPECT_EQ(outcome.options.epochs, 5);
  EXPECT_EQ(outcome.options.optimizer, "adam");
  EXPECT_FALSE(outcome.options.stop.has_value());
}

TEST(Options, NumbersOutOfRangeAreNamedWithTheRange) {
  EXPECT_THAT(with("lr", real(11)).problems, ElementsAre("train.lr = 11.0 is out of range (must be in [0, 10])"));
  EXPECT_THAT(with("epochs", whole(0)).problems,
              ElementsAre("train.epochs = 0 is out of range (must be in [1, 1000])"));
  EXPECT_THAT(with("nested.patience", whole(0)).problems,
              ElementsAre("train.nested.patience = 0 is out of range (must be at least 1)"));
  EXPECT_THAT(with("hidden", list({whole(4), whole(0)})).problems,
              ElementsAre("train.hidden.1 = 0 is out of range (must be at least 1)"));
  EXPECT_THAT(with("level", whole(256)).problems, ElementsAre("train.level = 256 is out of range"));
  EXPECT_EQ(with("lr", real(std::numeric_limits<double>::quiet_NaN())).problems.size(), 1U);
  EXPECT_EQ(with("lr", real(11)).options.lr, 0.01);
}

TEST(Options, ValuesOfAnotherKindAreNamedWithTheRightOne) {
  EXPECT_THAT(with("lr", text("x")).problems, ElementsAre("train.lr = \"x\" is a text (must be a number)"));
  EXPECT_THAT(with("epochs", real(1.5)).problems,
              ElementsAre("train.epochs = 1.5 is a number (must be a whole number)"));
  EXPECT_THAT(with("shuffle", whole(1)).problems,
              ElementsAre("train.shuffle = 1 is a whole number (must be true or false)"));
  EXPECT_THAT(with("folder", whole(1)).problems, ElementsAre("train.folder = 1 is a whole number (must be a text)"));
  EXPECT_THAT(with("hidden", whole(1)).problems, ElementsAre("train.hidden = 1 is a whole number (must be a list)"));
  EXPECT_THAT(with("nested", whole(1)).problems, ElementsAre("train.nested = 1 is a whole number (must be a table)"));
  EXPECT_THAT(with("limit", text("soon")).problems, ElementsAre(HasSubstr("is no duration")));
}

TEST(Options, ANumberMayBeAWord) {
  EXPECT_EQ(with("batch", whole(7)).options.batch, NumberOrWord(7));
  const Outcome full = with("batch", text("full"));
  EXPECT_THAT(full.problems, IsEmpty());
  EXPECT_EQ(full.options.batch.word, "full");
  EXPECT_FALSE(full.options.batch == NumberOrWord(0));
  EXPECT_EQ(*to_config(full.options).find("batch"), text("full"));
  EXPECT_EQ(*to_config(TrainOptions{}).find("batch"), whole(32));
}

TEST(Options, NoOtherWordOrNumberIsTaken) {
  EXPECT_THAT(with("batch", text("all")).problems,
              ElementsAre("train.batch = \"all\" is a text (must be a whole number or one of full, half)"));
  EXPECT_THAT(with("batch", real(1.5)).problems,
              ElementsAre("train.batch = 1.5 is a number (must be a whole number or one of full, half)"));
  EXPECT_THAT(with("batch", whole(0)).problems, ElementsAre("train.batch = 0 is out of range (must be in [1, 100])"));
  EXPECT_EQ(with("batch", whole(101)).options.batch, NumberOrWord(32));
  EXPECT_EQ(with("batch", text("")).problems.size(), 1U);
}

TEST(Options, AConfigTakesAnything) {
  Config table;
  table.set("type", text("dense"));
  for (const Config& value : {whole(3), real(0.5), text("x"), list({table, whole(1)}), table, Config(true)}) {
    const Outcome outcome = with("layers", value);
    EXPECT_THAT(outcome.problems, IsEmpty());
    EXPECT_EQ(outcome.options.layers, value);
    EXPECT_EQ(*to_config(outcome.options).find("layers"), value);
  }
}

TEST(Options, UnknownKeysAreNamedWithTheNearest) {
  EXPECT_THAT(with("epohcs", whole(1)).problems, ElementsAre("unknown key 'train.epohcs' did you mean 'epochs'?"));
  EXPECT_THAT(with("nested.patence", whole(1)).problems,
              ElementsAre("unknown key 'train.nested.patence' did you mean 'patience'?"));
}

TEST(Options, ChoicesAndPlannedChoicesAreTold) {
  EXPECT_THAT(with("optimizer", text("adm")).problems,
              ElementsAre("train.optimizer = \"adm\" is unknown (must be one of sgd, adam) did you mean 'adam'?"));
  EXPECT_THAT(with("optimizer", text("rprop")).problems,
              ElementsAre("train.optimizer = \"rprop\" is not available yet (this version knows sgd, adam)"));
}

TEST(Options, AllProblemsAreReportedAtOnceWithTheirPlaces) {
  Config config;
  config.set("lr", Config(Config::Value(-1.0), Origin{"wine.toml", 3, 6}));
  config.set("epohcs", Config(Config::Value(std::int64_t{1}), Origin{"--set", 0, 0}));
  TrainOptions options;
  Problems problems;
  read_options(config, options, "", problems);
  try {
    problems.throw_if_any();
    FAIL() << "problems were forgotten";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("wine.toml:3:6: lr = -1.0 is out of range"));
    EXPECT_THAT(error.what(), HasSubstr("\n--set: unknown key 'epohcs'"));
  }
  Problems none;
  EXPECT_NO_THROW(none.throw_if_any());
}

TEST(Options, TheirTableReadsBackToTheSame) {
  TrainOptions options;
  options.lr = 0.1;
  options.hidden = {3, 2};
  options.stop = StopOptions{.metric = "accuracy", .patience = 2};
  options.steps = {StopOptions{}, StopOptions{.metric = "accuracy", .patience = 7}};
  const Config table = to_config(options);
  TrainOptions back;
  Problems problems;
  read_options(table, back, "", problems);
  EXPECT_THAT(problems.lines(), IsEmpty());
  EXPECT_EQ(to_config(back), table);
  EXPECT_EQ(back.steps.at(1).patience, 7);
}

TEST(Options, WhatChangesOnlyTimeOrPlaceIsNoPartOfTheIdentity) {
  TrainOptions a;
  TrainOptions b;
  b.limit = 1;
  b.folder = "elsewhere";
  EXPECT_EQ(to_config(a, Fields::identity_only), to_config(b, Fields::identity_only));
  EXPECT_FALSE(to_config(a) == to_config(b));
  b.lr = 0.5;
  EXPECT_FALSE(to_config(a, Fields::identity_only) == to_config(b, Fields::identity_only));
}

}  // namespace
}  // namespace jury
