#include "runtime/base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace jury {
namespace {

TEST(ParseDuration, ReadsWhatPeopleWrite) {
  const std::pair<const char*, double> cases[] = {{"90", 90},         {"0", 0},          {"1.5h", 5400},
                                                  {"3h50min", 13800}, {"20min", 1200},   {"20m", 1200},
                                                  {"10 s", 10},       {"2d", 172800},    {" 1h 30min ", 5400},
                                                  {"450ms", 0.45},    {"1d12h", 129600}, {"1min30s500ms", 90.5}};
  for (const auto& [text, seconds] : cases) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_DOUBLE_EQ(*parsed, seconds) << text;
  }
}

TEST(ParseDuration, RefusesEverythingElse) {
  for (const char* text :
       {"", " ", "h", "-5", "5 fortnights", "1h30", "30min1h", "1h1h", "1h,", "inf", "nan", "1e999", "5S", "1:30"})
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
}

TEST(FormatDuration, UsesTwoUnitsAtMost) {
  EXPECT_EQ(format_duration(0.45), "450 ms");
  EXPECT_EQ(format_duration(12.34), "12.3 s");
  EXPECT_EQ(format_duration(61), "1min01s");
  EXPECT_EQ(format_duration(3599.6), "1h00min");
  EXPECT_EQ(format_duration(13800), "3h50min");
}

TEST(FormatDuration, WholeMinutesAreReadBack) {
  for (const double seconds : {60.0, 125.0, 3600.0, 86400.0})
    EXPECT_EQ(parse_duration(format_duration(seconds)), seconds) << seconds;
}

TEST(FormatBytes, UsesPowersOf1024) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes(3.2 * 1024 * 1024), "3.2 MiB");
  EXPECT_EQ(format_bytes(std::ldexp(1.0, 50)), "1024.0 TiB");
}

TEST(Counted, AddsAnS) {
  EXPECT_EQ(counted(1, "fold"), "1 fold");
  EXPECT_EQ(counted(0, "fold"), "0 folds");
  EXPECT_EQ(counted(3, "fold"), "3 folds");
}

TEST(Listed, NamesTheFirstTen) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a", "b"}), "a, b");
  EXPECT_EQ(listed({"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
  EXPECT_EQ(listed({"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ...");
}

TEST(EditDistance, CountsSwapsOfNeighboursOnce) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("epohcs", "epochs"), 1U);
  EXPECT_EQ(edit_distance("ca", "abc"), 3U);  // the optimal string alignment, not Damerau's 2
}

TEST(EditDistance, IsSymmetricAndKeepsTheTriangle) {
  const std::string_view words[] = {"", "lr", "rl", "batch", "bach", "epochs", "epoch", "momentum"};
  for (const auto a : words)
    for (const auto b : words) {
      EXPECT_EQ(edit_distance(a, b), edit_distance(b, a));
      EXPECT_EQ(edit_distance(a, b) == 0, a == b);
      EXPECT_LE(edit_distance(a, b), std::max(a.size(), b.size()));
    }
}

TEST(Suggestion, NamesTheNearestOrAllOrNothing) {
  EXPECT_EQ(suggestion("epohcs", {"batch", "epochs", "lr"}), " did you mean 'epochs'?");
  EXPECT_EQ(suggestion("zzzzzzzz", {"batch", "lr"}), " (known: batch, lr)");
  EXPECT_EQ(suggestion("x", {}), "");
  EXPECT_EQ(suggestion("zzzzzzzz", std::vector<std::string_view>(17, "abcdefgh")), "");
}

TEST(Trimmed, TakesBlanksFromBothEndsOnly) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(SplitText, KeepsEmptyParts) {
  EXPECT_THAT(split_text("a,,b", ','), testing::ElementsAre("a", "", "b"));
  EXPECT_THAT(split_text("", ','), testing::ElementsAre(""));
  EXPECT_THAT(split_text(",", ','), testing::ElementsAre("", ""));
}

TEST(ParseNumber, TakesTheWholeTextOrNothing) {
  EXPECT_EQ(parse_number("1.5"), 1.5);
  EXPECT_EQ(parse_number("+1e-3"), 1e-3);
  EXPECT_EQ(parse_number("-0"), 0.0);
  EXPECT_TRUE(std::isnan(parse_number("nan").value()));
  for (const char* text : {"", "+", "1.5x", " 1", "1 ", "0x10", "+-1", "++1", "1,5", "1e999"})
    EXPECT_FALSE(parse_number(text).has_value()) << text;
}

TEST(NaturalLess, ComparesNumbersWithinTextsAsNumbers) {
  const std::vector<std::string> sorted = {"",     "\"adam\"", "\"sgd\"", "[]",       "[4]",  "[8]",  "[8, 4]",
                                           "[16]", "[16, 8]",  "[32, 2]", "[32, 10]", "mlp2", "mlp10"};
  for (std::size_t a = 0; a < sorted.size(); ++a)
    for (std::size_t b = 0; b < sorted.size(); ++b)
      EXPECT_EQ(natural_less(sorted[a], sorted[b]), a < b) << sorted[a] << " and " << sorted[b];
}

TEST(NaturalLess, KnowsSignsAndExponents) {
  EXPECT_TRUE(natural_less("[-2]", "[-1]"));
  EXPECT_TRUE(natural_less("1e-3", "0.01"));
  EXPECT_TRUE(natural_less("level-1", "level-2"));  // no sign, but a dash
  EXPECT_FALSE(natural_less("1.0", "1"));
  EXPECT_FALSE(natural_less("1", "1.0"));
  EXPECT_TRUE(natural_less("1e999", "2e999") != natural_less("2e999", "1e999"));  // what is no double is a text
}

}  // namespace
}  // namespace jury
