#include "search/split/cv_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "search/split/splitter.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> problems_of(std::string_view key, Config value) {
  Config config;
  config.set(key, std::move(value));
  CvOptions options;
  Problems problems;
  read_options(config, options, "cv", problems);
  return problems.lines();
}

TEST(CvOptions, EverySplitterCanBeChosen) {
  for (const SplitterEntry& line : splitters())
    EXPECT_THAT(problems_of("method", Config(std::string(line.name))), ElementsAre()) << line.name;
}

TEST(CvOptions, RangesAreChecked) {
  EXPECT_THAT(problems_of("folds", Config(std::int64_t{-1})), ElementsAre(HasSubstr("cv.folds = -1 is out of range")));
  EXPECT_THAT(problems_of("repeats", Config(std::int64_t{0})), ElementsAre(HasSubstr("is out of range")));
  EXPECT_THAT(problems_of("p", Config(std::int64_t{1})), ElementsAre(HasSubstr("cv.p = 1 is out of range")));
  EXPECT_THAT(problems_of("gap", Config(std::int64_t{-1})), ElementsAre(HasSubstr("is out of range")));
  EXPECT_THAT(problems_of("fraction", Config(-0.1)), ElementsAre(HasSubstr("is out of range")));
}

TEST(CvOptions, DefaultsAreWithinTheirOwnRules) {
  CvOptions options;
  Problems problems;
  read_options(to_config(CvOptions{}), options, "cv", problems);
  EXPECT_THAT(problems.lines(), ElementsAre());
}

}  // namespace
}  // namespace jury
