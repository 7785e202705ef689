#include "search/sampler/condition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Condition parsed_condition(const std::string& text) {
  TextReader reader(text);
  Condition condition = Condition::parse(reader);
  reader.expect_end();
  return condition;
}

// opt = 'sgd', lr = 0.1, n = 3, on = true; nothing else is there.
std::optional<bool> holds(const std::string& text) {
  Config settings;
  settings.set("opt", Config(std::string("sgd")));
  settings.set("lr", Config(0.1));
  settings.set("n", Config(std::int64_t{3}));
  settings.set("on", Config(true));
  return parsed_condition(text).holds([&](const std::string& path) { return settings.find(path); });
}

TEST(Condition, ComparesSettingsWithValuesAndWithEachOther) {
  const std::pair<std::string, bool> cases[] = {
      {"opt == 'sgd'", true},
      {"opt != 'sgd'", false},
      {"opt == \"adam\"", false},
      {"n == 3.0", true},
      {"n < 3", false},
      {"n <= 3", true},
      {"n > 2.5", true},
      {"n >= 4", false},
      {"lr < n", true},
      {"0.1 == lr", true},
      {"on == true", true},
      {"on == 1", false},
      {"opt in ['adam', 'sgd']", true},
      {"opt not in ['adam', 'sgd']", false},
      {"n in []", false},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(holds(text), expected) << text;
}

TEST(Condition, AndBindsTighterThanOrAndNotTighterThanBoth) {
  EXPECT_EQ(holds("n == 3 or n == 4 and n == 5"), true);
  EXPECT_EQ(holds("(n == 3 or n == 4) and n == 5"), false);
  EXPECT_EQ(holds("not n == 4 and n == 3"), true);
  EXPECT_EQ(holds("not (n == 4 or n == 3)"), false);
  EXPECT_EQ(holds("not not n == 3"), true);
}

TEST(Condition, WhatIsNotThereIsNeitherTrueNorFalse) {
  EXPECT_EQ(holds("gone == 1"), std::nullopt);
  EXPECT_EQ(holds("not gone == 1"), std::nullopt);
  EXPECT_EQ(holds("gone == 1 or n == 3"), true);
  EXPECT_EQ(holds("gone == 1 or n == 4"), std::nullopt);
  EXPECT_EQ(holds("gone == 1 and n == 4"), false);
  EXPECT_EQ(holds("gone == 1 and n == 3"), std::nullopt);
  EXPECT_EQ(holds("gone in [1]"), std::nullopt);
}

TEST(Condition, EveryMistakeSaysWhereAndWhatWasExpected) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "column 1: expected a setting or a value, found the end"},
      {"opt", "column 4: expected one of ==, !=, <, <=, >, >=, in, found the end"},
      {"opt = 'sgd'", "column 5: expected one of ==, !="},
      {"opt == ", "column 8: expected a setting or a value, found the end"},
      {"opt == 'sgd", "column 8: the text has no closing '"},
      {"(opt == 'sgd'", "column 14: expected ')', found the end"},
      {"opt in 'sgd'", "column 8: expected a list [..]"},
      {"opt not == 'sgd'", "column 9: expected 'in'"},
      {"opt == 'sgd' and", "column 17: expected a setting or a value, found the end"},
      {"opt == 'sgd' && n == 3", "column 14: expected the end, found '&'"},
      {"and == 3", "column 1: expected a setting or a value, found 'and'"},
  };
  for (const auto& [text, message] : cases)
    EXPECT_THAT(([t = text] { parsed_condition(t); }), ThrowsMessage<ConfigError>(HasSubstr(message))) << text;
}

TEST(Condition, ListsItsComparisonsFromLeftToRight) {
  const Condition condition = parsed_condition("a.b == 1 and not (c < d or e in [1])");
  ASSERT_EQ(condition.comparisons().size(), 3U);
  EXPECT_EQ(condition.comparisons()[0].left.path, "a.b");
  EXPECT_EQ(condition.comparisons()[1].right.path, "d");
  EXPECT_EQ(condition.comparisons()[1].right.column, 23U);
  EXPECT_EQ(condition.comparisons()[2].op, "in");
}

}  // namespace
}  // namespace jury
