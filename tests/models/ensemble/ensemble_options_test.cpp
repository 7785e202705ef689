#include "models/ensemble/ensemble_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> problems_of(std::string_view key, Config value) {
  Config config;
  config.set(key, std::move(value));
  EnsembleOptions options;
  Problems problems;
  read_options(config, options, "ensemble", problems);
  return problems.lines();
}

Config text(const char* value) { return Config(std::string(value)); }

TEST(EnsembleOptions, NamesAreChecked) {
  EXPECT_THAT(problems_of("method", text("adabost")), ElementsAre(HasSubstr("did you mean 'adaboost'?")));
  EXPECT_THAT(problems_of("combine", Config(Config::List{text("mean"), text("sum")})),
              ElementsAre(HasSubstr("ensemble.combine.1 = \"sum\" is unknown")));
  EXPECT_THAT(problems_of("members", text("auto")), ElementsAre());
  EXPECT_THAT(problems_of("members", text("many")), ElementsAre(HasSubstr("ensemble.members = \"many\"")));
}

TEST(EnsembleOptions, RangesAreChecked) {
  EXPECT_THAT(problems_of("members", Config(std::int64_t{0})), ElementsAre(HasSubstr("must be in [1, ")));
  EXPECT_THAT(problems_of("samples", Config(0.0)), ElementsAre(HasSubstr("is out of range")));
  EXPECT_THAT(problems_of("samples", Config(1.5)), ElementsAre(HasSubstr("is out of range")));
  EXPECT_THAT(problems_of("samples", Config(0.5)), ElementsAre());
}

TEST(EnsembleOptions, DefaultsAreWithinTheirOwnRules) {
  EnsembleOptions options;
  Problems problems;
  read_options(to_config(EnsembleOptions{}), options, "ensemble", problems);
  EXPECT_THAT(problems.lines(), ElementsAre());
}

}  // namespace
}  // namespace jury
