#include "search/sampler/read_space.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "search/sampler/spaces.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

Config text(const std::string& value, Origin origin = {}) { return Config(value, std::move(origin)); }

Config pair(const std::string& dist, const std::string& when) {
  Config table(Config::Table{}, Origin{"x.toml", 9, 1});
  table.set("dist", text(dist, {"x.toml", 9, 11}));
  table.set("when", text(when, {"x.toml", 9, 40}));
  return table;
}

std::vector<std::string> problems_of(const Config& table) {
  Problems problems;
  read_space(table, {}, problems);
  return problems.lines();
}

TEST(ReadSpace, BothFormsOfAConditionMeanTheSame) {
  Config table = space_table({{"opt", "choice('sgd', 'adam')"}, {"a", "uniform(0, 1) when opt == 'sgd'"}});
  table.set("b", pair("uniform(0, 1)", "opt == 'sgd'"));
  Problems problems;
  const Space space = read_space(table, {}, problems);
  ASSERT_THAT(problems.lines(), ElementsAre());
  EXPECT_EQ(space.text(space.assign(std::vector<double>{0, 0.5, 0.5})), "opt = \"sgd\", a = 0.5, b = 0.5");
  EXPECT_EQ(space.text(space.assign(std::vector<double>{1, 0.5, 0.5})), "opt = \"adam\"");
}

TEST(ReadSpace, PathsMayBeWrittenInParts) {
  Config table;
  table.set_path("train.lr", text("const(1)"));
  table.set_path("train.momentum", pair("const(2)", "train.lr == 1"));
  Problems problems;
  const Space space = read_space(table, {}, problems);
  ASSERT_THAT(problems.lines(), ElementsAre());
  EXPECT_EQ(space.text(space.assign(std::vector<double>{0, 0})), "train.lr = 1, train.momentum = 2");
}

TEST(ReadSpace, EveryMistakeIsReportedWithItsPlaceKeyAndColumn) {
  Config table;
  table.set("train.lr", text("loguniform(1e-4 1e-1)", {"x.toml", 7, 12}));
  table.set("model.hidden", Config(Config::List{}, {"x.toml", 8, 16}));
  table.set("a", pair("uniform(0, 1)", "b = 1"));
  table.set("c", text("const(1) if x", {"x.toml", 10, 5}));
  EXPECT_THAT(
      problems_of(table),
      ElementsAre("x.toml:7:12: search.space 'train.lr' = \"loguniform(1e-4 1e-1)\" is wrong at column 17: expected "
                  "',', found '1e-1'",
                  "x.toml:8:16: search.space 'model.hidden' = [] is a list (must be a text such as \"uniform(0, 1)\")",
                  "x.toml:9:40: search.space 'a'.when = \"b = 1\" is wrong at column 3: expected one of ==, !=, <, <=, "
                  ">, >=, in, found '='",
                  "x.toml:10:5: search.space 'c' = \"const(1) if x\" is wrong at column 10: expected 'when' or the "
                  "end, found 'if'"));
}

TEST(ReadSpace, TablesHaveADistributionAndNothingUnknown) {
  Config when_alone;
  when_alone.set("when", text("x == 1"));
  Config misspelt = pair("const(1)", "x == 1");
  misspelt.set("wen", text("y"));
  Config table;
  table.set("a", when_alone);
  table.set("b", misspelt);
  EXPECT_THAT(problems_of(table), ElementsAre(HasSubstr("'a' has a condition and no distribution"),
                                              AllOf(HasSubstr("unknown key"), HasSubstr("did you mean 'when'?"))));
}

TEST(ReadSpace, AnEmptySpaceOrNoTableIsAProblem) {
  EXPECT_THAT(problems_of(Config()), ElementsAre(HasSubstr("search.space is empty")));
  EXPECT_THAT(problems_of(Config(1.0)), ElementsAre(HasSubstr("must be a table")));
}

TEST(ReadSpace, APathWrittenTwiceIsAProblem) {
  Config table = space_table({{"train.lr", "const(1)"}});
  Config train;
  train.set("lr", text("const(2)"));
  table.set("train", train);
  EXPECT_THAT(problems_of(table), ElementsAre(HasSubstr("'train.lr' is given twice")));
}

TEST(ReadSpace, TheCommandLineTakesTheSameGrammar) {
  const auto [path, value] = read_space_argument("train.lr=loguniform(1e-4, 1e-1)");
  EXPECT_EQ(path, "train.lr");
  EXPECT_EQ(value, text("loguniform(1e-4, 1e-1)"));
  EXPECT_EQ(value.origin().source, "--space");
  Config table;
  for (const char* argument :
       {"a=choice('x', 'y')", "b = const(1) when a == 'x'", "c={dist = 'const(2)', when = \"a == 'x'\"}"}) {
    const auto [key, dist] = read_space_argument(argument);
    table.set(key, dist);
  }
  Problems problems;
  const Space space = read_space(table, {}, problems);
  ASSERT_THAT(problems.lines(), ElementsAre());
  EXPECT_EQ(space.text(space.assign(std::vector<double>{0, 0, 0})), "a = \"x\", b = 1, c = 2");
}

TEST(ReadSpace, WrongArgumentsAreNamed) {
  EXPECT_THAT([] { read_space_argument("train.lr"); }, ThrowsMessage<ConfigError>(HasSubstr("must be KEY=DIST")));
  EXPECT_THAT([] { read_space_argument("=const(1)"); }, ThrowsMessage<ConfigError>(HasSubstr("must be KEY=DIST")));
  EXPECT_THAT([] { read_space_argument("a={dist 1}"); },
              ThrowsMessage<ConfigError>(HasSubstr("--space: a = {dist 1} is wrong at column 7")));
  Config table;
  table.set("a", read_space_argument("a=const(").second);
  EXPECT_THAT(problems_of(table), ElementsAre(HasSubstr("--space: search.space 'a'")));
}

TEST(ReadStart, PathsMayBeWrittenInPartsAndValuesMayBeTables) {
  const Space space = space_of({{"model.block", "choice({n = 1}, {n = 2})"}, {"train.lr", "uniform(0, 1)"}});
  Config start;
  start.set_path("train.lr", Config(0.5));
  start.set_path("model.block.n", Config(std::int64_t{2}));
  EXPECT_EQ(space.text(space.assign_values(read_start(start, space), std::vector<double>{0, 0})),
            "model.block = {n = 2}, train.lr = 0.5");
  EXPECT_THAT([&] { read_start(Config(1.0), space); }, ThrowsMessage<ConfigError>(HasSubstr("must be tables")));
}

}  // namespace
}  // namespace jury
