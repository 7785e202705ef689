#include "search/sampler/space.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "search/sampler/spaces.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

std::vector<std::string> paths(const Space& space) {
  std::vector<std::string> paths;
  for (const Parameter& parameter : space.parameters()) paths.push_back(parameter.path);
  return paths;
}

std::vector<double> random_unit(const Space& space, Rng& rng) {
  std::vector<double> unit(space.size());
  for (double& u : unit) u = rng.uniform();
  return unit;
}

TEST(Space, ParametersAreSortedByPathButParentsComeFirst) {
  EXPECT_THAT(paths(conditional_space()), ElementsAre("layers", "lr", "opt", "beta", "momentum", "width.2", "width.3"));
}

TEST(Space, TheOrderOfWritingChangesNothing) {
  SpaceText entries = {{"b", "uniform(0, 1)"}, {"a", "int(1, 3) when b > 0.5"}, {"c", "choice(1, 2)"}};
  const Space first = space_of(entries);
  std::ranges::reverse(entries);
  const Space second = space_of(entries);
  const std::vector<double> unit = {0.9, 0.5, 0.2};
  EXPECT_EQ(paths(first), paths(second));
  EXPECT_EQ(first.text(first.assign(unit)), second.text(second.assign(unit)));
}

TEST(Space, OnlyActiveParametersAreSet) {
  const Space space = conditional_space();
  EXPECT_EQ(space.text(space.assign(std::vector<double>{0.1, 0, 0.1, 0.5, 0.5, 0.5, 0.5})),
            "layers = 1, lr = 0.0001, opt = \"sgd\", momentum = 0.495");
  EXPECT_EQ(space.text(space.assign(std::vector<double>{0.9, 0, 0.9, 0.5, 0.5, 0, 1})),
            "layers = 3, lr = 0.0001, opt = \"adam\", beta = 0.9, width.2 = 8, width.3 = 64");
}

TEST(Space, WhatHangsOnAnInactiveParameterIsInactive) {
  const Space space =
      space_of({{"a", "choice(1, 2)"}, {"b", "choice(1, 2) when a == 1"}, {"c", "choice(1, 2) when not b == 1"}});
  EXPECT_EQ(space.text(space.assign(std::vector<double>{0.9, 0.9, 0.9})), "a = 2");
  EXPECT_EQ(space.text(space.assign(std::vector<double>{0.1, 0.9, 0.9})), "a = 1, b = 2, c = 2");
}

TEST(Space, FixedSettingsOfTheExperimentDecideToo) {
  const auto fixed = [](const std::string& path) {
    return path == "model.type" ? std::optional(Config(std::string("mlp"))) : std::nullopt;
  };
  EXPECT_EQ(
      space_of({{"a", "const(1) when model.type == 'mlp'"}}, fixed).assign(std::vector<double>{0}).settings.size(), 1U);
  EXPECT_EQ(
      space_of({{"a", "const(1) when model.type == 'cnn'"}}, fixed).assign(std::vector<double>{0}).settings.size(), 0U);
}

TEST(Space, CoordinatesAndValuesLeadBackToTheSamePoint) {
  const Space space = conditional_space();
  Rng rng(7);
  for (int i = 0; i < 200; ++i) {
    const Assignment point = space.assign(random_unit(space, rng));
    EXPECT_EQ(space.assign(space.unit_vector(point, 0.5)), point);
    Config::Table values;
    for (const Setting& setting : point.settings)
      values.emplace_back(space.parameters()[setting.parameter].path, setting.value);
    const Assignment back = space.assign_values(values, std::vector<double>(space.size(), 0.5));
    EXPECT_EQ(space.text(back), space.text(point));
    for (std::size_t k = 0; k < point.settings.size(); ++k)
      EXPECT_NEAR(back.settings[k].unit, point.settings[k].unit, 1e-12);
  }
}

TEST(Space, ValuesThatAreNotGivenAreDrawn) {
  const Space space = conditional_space();
  const Config::Table values = {{"opt", Config(std::string("adam"))}, {"lr", Config(0.01)}};
  EXPECT_EQ(space.text(space.assign_values(values, std::vector<double>(space.size(), 0.0))),
            "layers = 1, lr = 0.01, opt = \"adam\", beta = 0.8");
}

TEST(Space, WrongValuesAreNamed) {
  const Space space = conditional_space();
  const auto assign = [&](const std::string& path, Config value) {
    return [&space, path, value] { space.assign_values({{path, value}}, std::vector<double>(space.size(), 0.0)); };
  };
  EXPECT_THAT(assign("lr", Config(2.0, Origin{"x.toml", 3, 4})),
              ThrowsMessage<ConfigError>("x.toml:3:4: lr = 2.0 is outside the space (it has from 0.0001 to 1)"));
  EXPECT_THAT(assign("beta", Config(0.9)), ThrowsMessage<ConfigError>(HasSubstr("beta = 0.9 is not searched here")));
  EXPECT_THAT(assign("layer", Config(0.9)), ThrowsMessage<ConfigError>(HasSubstr("did you mean 'layers'?")));
}

TEST(Space, ConditionsThatMakeNoSenseAreRefused) {
  const auto error = [](const SpaceText& entries) { return [entries] { space_of(entries); }; };
  EXPECT_THAT(error({{"a", "const(1) when b == 1"}, {"b", "const(1) when c == 1"}, {"c", "const(1) when a == 1"}}),
              ThrowsMessage<ConfigError>(HasSubstr("the conditions of 'a', 'b', 'c' go round in a circle")));
  EXPECT_THAT(error({{"a", "const(1) when a == 1"}}), ThrowsMessage<ConfigError>(HasSubstr("circle")));
  EXPECT_THAT(error({{"a", "const(1) when optt == 1"}, {"opt", "const(1)"}}),
              ThrowsMessage<ConfigError>(
                  HasSubstr("space.toml:1:1: search.space 'a': its condition names 'optt' (no parameter of the "
                            "space and no setting of the experiment) did you mean 'opt'?")));
  EXPECT_THAT(error({{"a", "const(1) when opt == 'sdg'"}, {"opt", "choice('sgd', 'adam')"}}),
              ThrowsMessage<ConfigError>(HasSubstr("column 22: opt is never \"sdg\" (it has \"sgd\", \"adam\")")));
  EXPECT_THAT(error({{"a", "const(1) when opt in ['sgd', 3]"}, {"opt", "choice('sgd', 'adam')"}}),
              ThrowsMessage<ConfigError>(HasSubstr("opt is never 3")));
  EXPECT_THAT(error({{"a", "const(1) when opt < 3"}, {"opt", "choice('sgd', 'adam')"}}),
              ThrowsMessage<ConfigError>(HasSubstr("'<' needs numbers, opt is none (compare it by ==, != or in)")));
}

TEST(Space, EqualPointsHaveEqualTextsAndHashesAndOthersDoNot) {
  const Space space = conditional_space();
  const Assignment a = space.assign(std::vector<double>{0.1, 0, 0.1, 0.5, 0.5, 0.5, 0.5});
  const Assignment b =
      space.assign(std::vector<double>{0.2, 0, 0.3, 0.9, 0.5, 0.1, 0.1});  // differs where it does not count
  const Assignment c = space.assign(std::vector<double>{0.2, 0, 0.3, 0.9, 0.6, 0.1, 0.1});
  EXPECT_EQ(space.hash(a), space.hash(b));
  EXPECT_NE(space.hash(a), space.hash(c));
}

TEST(SpaceWalk, VisitsEachPointOnce) {
  const Space space = space_of({{"a", "choice('x', 'y')"},
                                {"b", "int(1, 3) when a == 'x'"},
                                {"c", "uniform(0, 1, step=0.5)"},
                                {"d", "const(7)"}});
  SpaceWalk walk(space);
  std::set<std::string> points;
  std::vector<std::string> order;
  while (const auto point = walk.next()) {
    order.push_back(space.text(*point));
    EXPECT_TRUE(points.insert(order.back()).second) << order.back();
  }
  EXPECT_EQ(points.size(), 3U * 3U + 3U);
  EXPECT_EQ(space.count(100), 12U);
  EXPECT_EQ(space.count(11), std::nullopt);
  EXPECT_EQ(order[0], "a = \"x\", b = 1, c = 0.0, d = 7");
  EXPECT_EQ(order[1], "a = \"x\", b = 1, c = 0.5, d = 7");
  EXPECT_EQ(order.back(), "a = \"y\", c = 1.0, d = 7");
}

TEST(Space, ContinuousSpacesAreNotCounted) { EXPECT_EQ(conditional_space().count(1000000), std::nullopt); }

}  // namespace
}  // namespace jury
