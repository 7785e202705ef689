// What every test of a pruner needs.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "runtime/base/rng.hpp"
#include "search/pruner/pruner.hpp"

namespace jury {

inline constexpr double kFailed = std::numeric_limits<double>::quiet_NaN();

using ValueOf = std::function<double(const TrialStep&)>;

/// Values in [0, 1) by trial and rung, in some of which the trial fails.
inline ValueOf random_values(std::uint64_t seed, double failing = 0) {
  return [seed, failing](const TrialStep& step) {
    Rng rng(stream_key(seed, Purpose::sampler, {step.trial, step.rung}));
    return rng.uniform() < failing ? kFailed : rng.uniform();
  };
}

/// One worker does what it is told until there is nothing left.
inline std::vector<TrialStep> run_alone(Pruner& pruner, const ValueOf& value_of) {
  std::vector<TrialStep> steps;
  while (const auto step = pruner.next()) {
    steps.push_back(*step);
    const double value = value_of(*step);
    pruner.report(*step, {&value, 1});
  }
  return steps;
}

inline void report(Pruner& pruner, const TrialStep& step, double value) { pruner.report(step, {&value, 1}); }

/// Resource spent, in units.
inline std::int64_t total_resource(const Pruner& pruner) {
  std::int64_t total = 0;
  for (std::int64_t trial = 0; trial < pruner.num_trials(); ++trial)
    if (const std::int32_t rung = pruner.status(trial).rung; rung >= 0) total += pruner.resource(trial, rung);
  return total;
}

}  // namespace jury
