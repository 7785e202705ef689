#include "models/data/texts.hpp"

#include <gtest/gtest.h>

#include "models/data/data_options.hpp"

namespace jury {
namespace {

DataOptions read(Config table, Problems& problems) {
  DataOptions options;
  read_options(table, options, "data", problems);
  return options;
}

Config table_with(const char* key, Config value) {
  Config table;
  table.set(key, std::move(value));
  return table;
}

TEST(Texts, TakesOneValueOrAList) {
  Problems problems;
  EXPECT_EQ(read(table_with("target", Config(std::string("quality"))), problems).target, Texts({"quality"}));
  EXPECT_EQ(read(table_with("target", Config(std::int64_t{-1})), problems).target, Texts({"-1"}));
  Config::List names{Config(std::string("a")), Config(std::string("b"))};
  EXPECT_EQ(read(table_with("target", Config(names)), problems).target, Texts({"a", "b"}));
  EXPECT_TRUE(read(table_with("header", Config(true)), problems).header.is("true"));
  EXPECT_TRUE(problems.empty());
}

TEST(Texts, RefusesWhatIsNoChoice) {
  Problems problems;
  read(table_with("header", Config(std::string("yes"))), problems);
  read(table_with("target", Config()), problems);
  ASSERT_EQ(problems.lines().size(), 2U);
  EXPECT_NE(problems.lines()[0].find("must be one of auto, true, false"), std::string::npos);
  EXPECT_NE(problems.lines()[1].find("must be a value or a list of values"), std::string::npos);
}

TEST(Texts, ReadsBackWhatItRecords) {
  DataOptions options;
  options.train = "a.csv";
  options.header = {"false"};
  options.target = {"u", "v"};
  options.shape = {2, 3};
  const Config recorded = to_config(options);
  Problems problems;
  const DataOptions again = read(recorded, problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_EQ(to_config(again), recorded);
  EXPECT_EQ(again.target, options.target);
  EXPECT_EQ(recorded.find("target")->as<Config::List>()->size(), 2U);
  EXPECT_EQ(*recorded.find("header")->as<std::string>(), "false");
}

TEST(Texts, ReadsAPreprocessStep) {
  Config table;
  table.set("step", Config(std::string("impute")));
  table.set("with", Config(0.5));
  Problems problems;
  PreprocessStep step;
  read_options(table, step, "preprocess.0", problems);
  EXPECT_TRUE(problems.empty());
  EXPECT_TRUE(step.with.is("0.5"));
  EXPECT_TRUE(step.columns.is("auto"));
  Problems more;
  PreprocessStep again;
  read_options(to_config(step), again, "preprocess.0", more);
  EXPECT_TRUE(more.empty());
  EXPECT_EQ(to_config(again), to_config(step));
}

}  // namespace
}  // namespace jury
