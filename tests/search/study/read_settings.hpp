// Reads experiments from settings.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "search/study/experiment.hpp"

namespace jury {

inline Config text(const char* value) { return Config(std::string(value)); }

inline std::vector<std::string> problems_of(const Config& config) {
  Problems problems;
  read_experiment(config, problems);
  return problems.lines();
}

/// An experiment without problems.
inline Experiment read(const Config& config) {
  Problems problems;
  const Experiment experiment = read_experiment(config, problems);
  EXPECT_TRUE(problems.lines().empty()) << problems.lines().front();
  return experiment;
}

}  // namespace jury
