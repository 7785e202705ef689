// Trials race over the folds of a cross-validation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "search/pruner/ladder.hpp"
#include "search/pruner/pruner.hpp"

namespace jury {

/// Folds one after the other: after each the trial is compared, fold by fold, with the best of the complete trials, and
/// dropped when the DropTest says that it is worse.
///
/// Where a fold takes more than one unit (epochs, members), the first is climbed in the rungs of ASHA at max / eta^k:
/// one in eta goes on, so that most trials cost a small part of one fold. Rung K is the end of the first fold, K + f of
/// fold f. Each step reports the value of its own fold. A trial that is not dropped goes on before any other starts.
class Race final : public Pruner {
 public:
  Race(const PrunerOptions& options, const PrunerInput& input);

  std::int64_t resource(std::int64_t, std::int32_t rung) const override;
  std::int32_t num_rungs(std::int64_t) const override;
  /// The fold a step is in.
  std::int64_t fold(std::int32_t rung) const { return std::max<std::int64_t>(rung - first_fold(), 0); }

 private:
  using Folds = std::vector<std::vector<double>>;
  std::int64_t first_fold() const { return static_cast<std::int64_t>(rungs_.size()) - 1; }
  void finish(std::int64_t trial, Folds folds);

  std::optional<TrialStep> promotion() override;
  std::optional<TrialStep> last_resort() override { return ladder_.best_waiting(); }
  void judge(const TrialStep& step, std::span<const double> values) override;

  std::vector<std::int64_t> rungs_;  // within the first fold
  std::int64_t num_folds_;
  DropTest is_worse_;
  Ladder ladder_;
  std::deque<TrialStep> ready_;
  std::map<std::int64_t, Folds> folds_;          // of trials past their first fold and under way
  Folds best_;                                   // of the best complete trial, or none
  std::pair<double, std::int64_t> best_rank_{};  // its sum over the folds, its number
};

}  // namespace jury
