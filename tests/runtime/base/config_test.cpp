#include "runtime/base/config.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "config_values.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

TEST(Config, APathMakesTheTablesOnItsWay) {
  Config config;
  config.set_path("a.b.c", whole(1));
  config.set_path("a.d", whole(2));
  EXPECT_EQ(to_text(config), "{a = {b = {c = 1}, d = 2}}");
  EXPECT_EQ(*config.find_path("a.b.c")->as<std::int64_t>(), 1);
  EXPECT_EQ(config.find_path("a.x"), nullptr);
  EXPECT_EQ(config.find_path("a.d.e"), nullptr);
  EXPECT_EQ(config.find("b"), nullptr);
}

TEST(Config, AValueIsReplacedInItsPlace) {
  Config config;
  config.set("a", whole(1));
  config.set("b", whole(2));
  config.set("a", whole(3));
  EXPECT_EQ(to_text(config), "{a = 3, b = 2}");
}

TEST(Config, AnElementOfAListIsNamedByItsIndex) {
  Config step;
  step.set("with", text("mean"));
  Config config;
  config.set("steps", Config(Config::Value(Config::List{step, step})));
  config.set_path("steps.1.with", text("median"));
  EXPECT_EQ(to_text(config), "{steps = [{with = \"mean\"}, {with = \"median\"}]}");
  config.set_path("steps.0", whole(5));
  EXPECT_EQ(*config.find_path("steps.0")->as<std::int64_t>(), 5);
  for (const char* path : {"steps.2.with", "steps.x", "steps.-1", "steps.1x"}) {
    EXPECT_THROW(config.set_path(path, whole(1)), ConfigError) << path;
    EXPECT_EQ(config.find_path(path), nullptr) << path;
  }
}

TEST(Config, APathThroughAValueOrWithAnEmptyPartIsAnError) {
  Config config;
  config.set("a", whole(1));
  EXPECT_THROW(config.set_path("a.b", whole(2)), ConfigError);
  for (const char* path : {"", ".a", "b..c", "b."}) EXPECT_THROW(config.set_path(path, whole(1)), ConfigError) << path;
}

TEST(Config, TextIsWrittenAsTomlHasIt) {
  EXPECT_EQ(to_text(text("a\"b\\c\n")), "\"a\\\"b\\\\c\\u000a\"");
  EXPECT_EQ(to_text(text("\x7F")), "\"\\u007f\"");
  EXPECT_EQ(to_text(text("Gr\xC3\xBC\xC3\x9F"
                         "e")),
            "\"Gr\xC3\xBC\xC3\x9F"
            "e\"");
  EXPECT_EQ(to_text(Config(Config::Value(true))), "true");
  EXPECT_EQ(to_text(whole(-7)), "-7");
  EXPECT_EQ(to_text(Config(Config::Value(Config::List{whole(1), text("x")}))), "[1, \"x\"]");
}

TEST(Config, KeysThatAreNotPlainAreQuoted) {
  Config config;
  config.set("train.lr", text("uniform(0, 1)"));
  config.set("plain_key-1", whole(1));
  EXPECT_EQ(to_text(config), "{\"train.lr\" = \"uniform(0, 1)\", plain_key-1 = 1}");
}

TEST(Config, NumbersReadBackAsTheSameNumber) {
  for (const double number : {0.1, 1.0, 1e-3, 1e22, 1.0 / 3.0, -2.5e-300, 123456789.0}) {
    const std::string written = to_text(Config(Config::Value(number)));
    EXPECT_EQ(std::stod(written), number) << written;
    EXPECT_NE(written.find_first_of(".e"), std::string::npos) << written;
  }
  EXPECT_EQ(to_text(Config(Config::Value(std::numeric_limits<double>::infinity()))), "inf");
  EXPECT_EQ(to_text(Config(Config::Value(-std::numeric_limits<double>::infinity()))), "-inf");
  EXPECT_EQ(to_text(Config(Config::Value(std::numeric_limits<double>::quiet_NaN()))), "nan");
}

TEST(Config, OriginsDoNotCountInComparisons) {
  EXPECT_EQ(Config(Config::Value(std::int64_t{1}), Origin{"a.toml", 1, 2}), whole(1));
  EXPECT_FALSE(whole(1) == whole(2));
  EXPECT_FALSE(whole(1) == Config(Config::Value(1.0)));
}

TEST(Config, AnOriginIsAPrefix) {
  EXPECT_EQ(prefix(Origin{"a.toml", 3, 7}), "a.toml:3:7: ");
  EXPECT_EQ(prefix(Origin{"--set", 0, 0}), "--set: ");
  EXPECT_EQ(prefix(Origin{}), "");
}

TEST(Config, EveryKindHasAName) {
  EXPECT_EQ(kind_name(Config()), "a table");
  EXPECT_EQ(kind_name(Config(Config::Value(Config::List{}))), "a list");
  EXPECT_EQ(kind_name(Config(Config::Value(true))), "true or false");
  EXPECT_EQ(kind_name(whole(1)), "a whole number");
  EXPECT_EQ(kind_name(Config(Config::Value(1.0))), "a number");
  EXPECT_EQ(kind_name(text("")), "a text");
}

}  // namespace
}  // namespace jury
