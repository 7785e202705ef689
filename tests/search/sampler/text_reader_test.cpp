#include "search/sampler/text_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Config value_of(const std::string& text) {
  TextReader reader(text);
  Config value = reader.value();
  reader.expect_end();
  return value;
}

TEST(TextReader, ReadsTheValuesThatSettingsHave) {
  const std::pair<std::string, std::string> cases[] = {
      {"7", "7"},
      {" -12 ", "-12"},
      {"+3", "3"},
      {"1e-3", "0.001"},
      {"2.0", "2.0"},
      {".5", "0.5"},
      {"true", "true"},
      {"false", "false"},
      {"'sgd'", "\"sgd\""},
      {"\"a\\\"b\"", "\"a\\\"b\""},
      {"'a\\b'", "\"a\\\\b\""},
      {"[]", "[]"},
      {"[64, 32,]", "[64, 32]"},
      {"[[1], 'x']", "[[1], \"x\"]"},
      {"{}", "{}"},
      {"{n = 3, 'a b' = [1]}", "{n = 3, \"a b\" = [1]}"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(to_text(value_of(text)), expected) << text;
}

TEST(TextReader, WholeNumbersAreNotReals) {
  EXPECT_NE(value_of("1").as<std::int64_t>(), nullptr);
  EXPECT_NE(value_of("1.0").as<double>(), nullptr);
}

TEST(TextReader, EveryMistakeHasItsColumn) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "column 1: expected a value, found the end"},
      {"sgd", "column 1: expected a value (texts in quotes), found 'sgd'"},
      {"'sgd", "column 1: the text has no closing '"},
      {"[1 2]", "column 4: expected ',' or ']', found '2'"},
      {"[1, 2", "column 6: expected ',' or ']', found the end"},
      {"{a 1}", "column 4: expected '=', found '1'"},
      {"{a = 1, a = 2}", "column 9: the key 'a' is given twice"},
      {"1.2.3", "column 1: expected a number, found '1.2.3'"},
      {"1 2", "column 3: expected the end, found '2'"},
      {"-inf", "column 1: expected a number, found '-inf'"},
  };
  for (const auto& [text, message] : cases)
    EXPECT_THAT(([t = text] { value_of(t); }), ThrowsMessage<ConfigError>(message)) << text;
}

TEST(TextReader, AWordIsNotTheBeginningOfAnother) {
  TextReader reader("integer in [1]");
  EXPECT_FALSE(reader.at("in"));
  EXPECT_EQ(reader.name(), "integer");
  EXPECT_TRUE(reader.accept("in"));
}

TEST(TextReader, PathsGoThroughListsAndHaveNoEmptyParts) {
  TextReader reader("preprocess.0.with == 1");
  EXPECT_EQ(reader.path(), "preprocess.0.with");
  EXPECT_THAT([] { TextReader("a..b").path(); }, ThrowsMessage<ConfigError>(HasSubstr("has an empty part")));
}

}  // namespace
}  // namespace jury
