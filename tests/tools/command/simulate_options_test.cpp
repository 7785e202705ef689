#include "tools/command/simulate_options.hpp"

#include <gtest/gtest.h>

#include "support/error_of.hpp"

namespace jury {
namespace {

std::string problem_of(const std::string& text) {
  return error_of<ConfigError>([&] { read_simulate_options(text); });
}

TEST(SimulateOptions, AreReadAsKeysAndValues) {
  const SimulateOptions options =
      read_simulate_options("ranks=10000, nodes=100,tasks=1000000,longest=2min,deaths=0.01,");
  EXPECT_EQ(options.ranks, 10000);
  EXPECT_EQ(options.nodes, 100);
  EXPECT_EQ(options.tasks, 1000000);
  EXPECT_EQ(options.longest, 120);
  EXPECT_EQ(options.deaths, 0.01);
  EXPECT_EQ(options.stragglers, 0);
}

TEST(SimulateOptions, WhatIsWrongIsSaid) {
  EXPECT_EQ(problem_of("ranks=8,node=2"), "--simulate: unknown key 'node' did you mean 'nodes'?");
  EXPECT_NE(problem_of("ranks=0").find("ranks = 0 is out of range"), std::string::npos);
  EXPECT_NE(problem_of("ranks=2,deaths=2").find("deaths = 2 is out of range"), std::string::npos);
  EXPECT_EQ(problem_of("ranks=2,nodes=4"), "--simulate: nodes = 4 is more than ranks = 2");
  EXPECT_EQ(problem_of("ranks=2,shortest=10,longest=5"), "--simulate: shortest = 10 is longer than longest = 5");
  EXPECT_EQ(problem_of("nodes=1"), "--simulate: ranks is missing (write ranks=100,nodes=4)");
  EXPECT_NE(problem_of("ranks=many").find("ranks = \"many\""), std::string::npos) << problem_of("ranks=many");
  EXPECT_NE(problem_of("ranks"), "not thrown");
  EXPECT_NE(problem_of(""), "not thrown");
}

}  // namespace
}  // namespace jury
