// The pruner that prunes nothing.
#pragma once

#include <cmath>

#include "search/pruner/pruner.hpp"

namespace jury {

/// One rung, everything.
class FullTrials final : public Pruner {
 public:
  FullTrials(const PrunerOptions&, const PrunerInput& input) : Pruner(input.trials), whole_(input.max_resource) {}

  std::int64_t resource(std::int64_t, std::int32_t) const override { return whole_; }
  std::int32_t num_rungs(std::int64_t) const override { return 1; }

 private:
  std::optional<TrialStep> promotion() override { return std::nullopt; }
  void judge(const TrialStep& step, std::span<const double> values) override {
    settle(step.trial, std::isnan(values[0]) ? TrialState::failed : TrialState::complete);
  }

  std::int64_t whole_;
};

}  // namespace jury
