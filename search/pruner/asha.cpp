#include "search/pruner/asha.hpp"

#include <cmath>

namespace jury {

Asha::Asha(const PrunerOptions& options, const PrunerInput& input)
    : Pruner(input.trials),
      rungs_(geometric_rungs(input.max_resource, options)),
      ladder_(static_cast<std::int32_t>(rungs_.size()) - 1, options.eta) {}

void Asha::judge(const TrialStep& step, std::span<const double> values) {
  const bool failed = std::isnan(values[0]);
  const bool last = step.rung + 1 == num_rungs(step.trial);
  if (!last) ladder_.add(step, values[0]);
  settle(step.trial, failed ? TrialState::failed : last ? TrialState::complete : TrialState::paused);
}

}  // namespace jury
