#include "search/sampler/parse_distribution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Distribution parsed_distribution(const std::string& text) {
  TextReader reader(text);
  Distribution made = parse_distribution(reader);
  reader.expect_end();
  return made;
}

TEST(ParseDistribution, ReadsEveryForm) {
  const std::pair<std::string, std::string> cases[] = {
      {"uniform(0, 0.5)", "from 0 to 0.5"},
      {"uniform(-1, 1, step=0.25)", "from -1 to 1 in steps of 0.25"},
      {"loguniform( 1e-4 , 1e-1 )", "from 0.0001 to 0.1"},
      {"int(1, 3)", "whole numbers from 1 to 3"},
      {"int(8, 128, step = 8)", "whole numbers from 8 to 128 in steps of 8"},
      {"logint(1, 1024)", "whole numbers from 1 to 1024"},
      {"choice('sgd', \"adam\")", "\"sgd\", \"adam\""},
      {"choice([32], [64, 32])", "[32], [64, 32]"},
      {"choice({type = 'dense', n = 3}, {type = 'none'})", "{type = \"dense\", n = 3}, {type = \"none\"}"},
      {"choice(true, false)", "true, false"},
      {"ordinal(3, 1, 2)", "3, 1, 2"},
      {"normal(0, 1)", "numbers"},
      {"lognormal(0, 1)", "numbers above 0"},
      {"grid(0.1, 0.001, 0.01)", "0.001, 0.01, 0.1"},
      {"grid('b', 'a')", "\"b\", \"a\""},
      {"const([1, 2])", "[1, 2]"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(parsed_distribution(text).describe(), expected) << text;
}

TEST(ParseDistribution, ChoicesHaveNoOrderAndOrdinalsHave) {
  EXPECT_FALSE(parsed_distribution("choice(1, 2)").is_ordered());
  EXPECT_TRUE(parsed_distribution("ordinal('a', 'b')").is_ordered());
  EXPECT_TRUE(parsed_distribution("grid(1, 2)").is_ordered());
  EXPECT_FALSE(parsed_distribution("grid('a', 'b')").is_ordered());
}

TEST(ParseDistribution, EveryMistakeSaysWhereAndWhatWasExpected) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "column 1: expected one of uniform, loguniform"},
      {"unifrm(0, 1)", "column 1: distribution 'unifrm' is unknown did you mean 'uniform'?"},
      {"uniform", "column 8: expected '(' as in uniform(low, high[, step=s]), found the end"},
      {"uniform(0 1)", "column 11: expected ',', found '1'"},
      {"uniform(0, 1", "column 13: expected ')' as in uniform(low, high[, step=s]), found the end"},
      {"uniform(0, 1, 2)", "column 15: expected 'step', found '2'"},
      {"uniform(1, 0)", "column 9: low = 1 must be below high = 0"},
      {"uniform(0, 1, step=0)", "column 20: step = 0 must be above 0"},
      {"uniform(0, 1, step=1e-300)", "column 9: has too many values"},
      {"uniform('a', 1)", "column 9: expected a number"},
      {"uniform(true, 1)", "column 9: expected a number"},
      {"loguniform(0, 1)", "column 12: low = 0 must be above 0 (its logarithm is taken)"},
      {"int(1, 2.5)", "column 8: expected a whole number, found 2.5"},
      {"int(3, 1)", "column 5: low = 3 must not be above high = 1"},
      {"int(1, 9, step=1.5)", "step = 1.5 must be whole"},
      {"logint(0, 8)", "column 8: low = 0 must be at least 1"},
      {"normal(0, -1)", "column 8: sigma = -1 must be above 0"},
      {"choice()", "column 8: expected a value, found ')'"},
      {"choice(relu)", "column 8: expected a value (texts in quotes), found 'relu'"},
      {"choice(1, 2, 1.0)", "column 14: 1.0 is given twice"},
      {"const(1, 2)", "column 8: expected ')' as in const(a)"},
  };
  for (const auto& [text, message] : cases)
    EXPECT_THAT(([t = text] { parsed_distribution(t); }), ThrowsMessage<ConfigError>(HasSubstr(message))) << text;
}

TEST(ParseDistribution, StopsBehindTheDistribution) {
  TextReader reader("const(1) when x == 2");
  parse_distribution(reader);
  EXPECT_TRUE(reader.at("when"));
}

}  // namespace
}  // namespace jury
