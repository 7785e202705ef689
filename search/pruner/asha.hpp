// Asynchronous successive halving.
#pragma once

#include <cstdint>
#include <vector>

#include "search/pruner/ladder.hpp"
#include "search/pruner/pruner.hpp"

namespace jury {

/// ASHA (Li et al. 2020): a free worker promotes a trial that is among the best 1 / eta of the highest rung that has
/// such a one, and otherwise begins a new trial. Rungs are at max / eta^k. A search of too few trials for the top rung
/// trains the best of the highest rung on to it.
class Asha final : public Pruner {
 public:
  Asha(const PrunerOptions& options, const PrunerInput& input);

  std::int64_t resource(std::int64_t, std::int32_t rung) const override {
    return rungs_[static_cast<std::size_t>(rung)];
  }
  std::int32_t num_rungs(std::int64_t) const override { return static_cast<std::int32_t>(rungs_.size()); }

 private:
  std::optional<TrialStep> promotion() override { return ladder_.promotion(); }
  std::optional<TrialStep> last_resort() override { return ladder_.best_waiting(); }
  void judge(const TrialStep& step, std::span<const double> values) override;

  std::vector<std::int64_t> rungs_;
  Ladder ladder_;
};

}  // namespace jury
