#include "tools/config/toml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Toml, ReadsEveryKindOfValueInTheOrderWritten) {
  const Config config = parse_toml("z = 1\na = [1.5, \"x\", true]\n[t]\nk = { n = 2 }\n", "f.toml");
  EXPECT_EQ(to_text(config), R"({z = 1, a = [1.5, "x", true], t = {k = {n = 2}}})");
}

TEST(Toml, KnowsWhereEachKeyStands) {
  const Config config = parse_toml("[train]\n  lr = 0.1\n", "f.toml");
  const Origin origin = config.find_path("train.lr")->origin();
  EXPECT_EQ(origin.source, "f.toml");
  EXPECT_EQ(origin.line, 2);
  EXPECT_EQ(origin.column, 3);
}

TEST(Toml, ASyntaxErrorNamesItsPlace) {
  EXPECT_THAT([] { parse_toml("a = 1\nb = = 2\n", "f.toml"); }, ThrowsMessage<ConfigError>(HasSubstr("f.toml:2:")));
}

TEST(Toml, ADateIsRefused) {
  EXPECT_THAT([] { parse_toml("a = 2026-01-01\n", "f.toml"); },
              ThrowsMessage<ConfigError>(AllOf(HasSubstr("f.toml:1:1"), HasSubstr("date"))));
}

TEST(Toml, AMissingFileIsNamed) {
  EXPECT_THAT([] { load_toml("/nowhere/x.toml"); },
              ThrowsMessage<ConfigError>(AllOf(HasSubstr("/nowhere/x.toml"), HasSubstr("No such file"))));
}

TEST(Toml, AFolderIsNoExperimentFile) {
  EXPECT_THAT([] { load_toml("/"); }, ThrowsMessage<ConfigError>(HasSubstr("cannot read the experiment file '/'")));
}

TEST(Settings, OverrideAndAddTables) {
  Config config = parse_toml("[train]\nlr = 0.1\n", "f.toml");
  apply_setting(config, "train.lr=1e-3", "--set");
  apply_setting(config, " model.type = linear ", "--set");
  apply_setting(config, "model.hidden=[32, 16]", "--set");
  EXPECT_EQ(to_text(config), R"({train = {lr = 0.001}, model = {type = "linear", hidden = [32, 16]}})");
  EXPECT_EQ(prefix(config.find_path("train.lr")->origin()), "--set: ");
}

TEST(Settings, ReachElementsOfLists) {
  Config config = parse_toml("[[preprocess]]\nstep = \"impute\"\nwith = \"mean\"\n", "f.toml");
  apply_setting(config, "preprocess.0.with=median", "--set");
  EXPECT_EQ(to_text(*config.find_path("preprocess.0.with")), "\"median\"");
}

TEST(Settings, WithoutAnEqualsSignAreRefused) {
  Config config;
  EXPECT_THAT([&] { apply_setting(config, "train.lr", "--set"); },
              ThrowsMessage<ConfigError>(HasSubstr("--set: 'train.lr' sets nothing")));
}

TEST(Settings, APathThroughAValueIsRefused) {
  Config config = parse_toml("seed = 1\n", "f.toml");
  EXPECT_THAT([&] { apply_setting(config, "seed.x=2", "--set"); }, ThrowsMessage<ConfigError>(HasSubstr("no table")));
}

TEST(Settings, SeveralAreSplitOutsideQuotes) {
  Config config;
  apply_settings(config, "a=1; b='x;y'\nc=2;", "JURY_SET");
  EXPECT_EQ(to_text(config), R"({a = 1, b = "x;y", c = 2})");
}

// Whatever is recorded can be read again as the same settings.
TEST(Settings, TextReadsBackAsTheSameSettings) {
  const Config config =
      parse_toml("a = [0.1, 1e-300, -3, inf]\nb = \"q\\\"\\n\\\\\"\nc = {d = [true, {e = 2.0}]}\n", "f");
  std::string text;
  for (const auto& [key, value] : *config.as<Config::Table>()) text += key + " = " + to_text(value) + "\n";
  EXPECT_EQ(parse_toml(text, "g"), config);
}

}  // namespace
}  // namespace jury
