#include "search/sampler/search_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "search/sampler/sampler.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> problems_of(const std::string& path, Config value) {
  Config config;
  config.set_path(path, std::move(value));
  SearchOptions options;
  Problems problems;
  read_options(config, options, "search", problems);
  return problems.lines();
}

Config texts(const std::vector<std::string>& items) {
  Config::List list;
  for (const std::string& item : items) list.emplace_back(item);
  return Config(std::move(list));
}

TEST(SearchOptions, EverySamplerCanBeChosen) {
  for (const SamplerEntry& line : samplers())
    EXPECT_THAT(problems_of("method", Config(std::string(line.name))), ElementsAre()) << line.name;
}

TEST(SearchOptions, RangesAreChecked) {
  EXPECT_THAT(problems_of("trials", Config(std::int64_t{0})),
              ElementsAre(HasSubstr("search.trials = 0 is out of range")));
  EXPECT_THAT(problems_of("parallel", Config(std::int64_t{0})), ElementsAre(HasSubstr("is out of range")));
  EXPECT_THAT(problems_of("tpe.good", Config(0.9)), ElementsAre(HasSubstr("is out of range")));
}

TEST(SearchOptions, DefaultsAreWithinTheirOwnRules) {
  SearchOptions options;
  Problems problems;
  read_options(to_config(SearchOptions{}), options, "search", problems);
  EXPECT_THAT(problems.lines(), ElementsAre());
}

std::vector<Objective> objectives(Config objective, Config direction, std::size_t expected_problems = 0) {
  SearchOptions options;
  options.objective = std::move(objective);
  options.direction = std::move(direction);
  Problems problems;
  std::vector<Objective> read = read_objectives(options, problems);
  EXPECT_EQ(problems.lines().size(), expected_problems);
  return read;
}

TEST(SearchOptions, OneObjectiveOrSeveralWithOneDirectionOrOneEach) {
  const auto is = [](const std::string& name, ObjectiveDirection direction) {
    return testing::AllOf(testing::Field(&Objective::name, name), testing::Field(&Objective::direction, direction));
  };
  EXPECT_THAT(objectives(Config(std::string("log_loss")), Config(std::string("auto"))),
              ElementsAre(is("log_loss", ObjectiveDirection::automatic)));
  EXPECT_THAT(objectives(texts({"accuracy", "auc"}), Config(std::string("maximize"))),
              ElementsAre(is("accuracy", ObjectiveDirection::maximize), is("auc", ObjectiveDirection::maximize)));
  EXPECT_THAT(objectives(texts({"accuracy", "cost"}), texts({"maximize", "minimize"})),
              ElementsAre(is("accuracy", ObjectiveDirection::maximize), is("cost", ObjectiveDirection::minimize)));
}

TEST(SearchOptions, WrongObjectivesAreProblems) {
  objectives(Config(1.0), Config(std::string("auto")), 1);
  objectives(texts({}), Config(std::string("auto")), 1);
  objectives(texts({"a", "a"}), Config(std::string("auto")), 1);
  objectives(texts({"a", "b"}), texts({"minimize", "minimize", "minimize"}), 1);
  objectives(texts({"a"}), Config(std::string("minimise")), 1);
}

}  // namespace
}  // namespace jury
