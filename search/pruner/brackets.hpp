// Synchronous successive halving, alone or in the brackets of Hyperband.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "search/pruner/pruner.hpp"

namespace jury {

/// How many trials a bracket trains at each of its rungs, and to which resource.
struct BracketPlan {
  std::vector<std::int64_t> trials;
  std::vector<std::int64_t> resources;
  bool operator==(const BracketPlan&) const = default;
};

/// Trials at each rung where n begin: floor(n / eta^i), at least 1.
std::vector<std::int64_t> halved(std::int64_t n, std::size_t rungs, std::int64_t eta);

/// The brackets s = s_max, ..., 0 of Hyperband (Li et al. 2018, Algorithm 1): s_max = floor(log_eta(R / r)), bracket s
/// begins with n = ceil((s_max + 1) / (s + 1) eta^s) trials at R / eta^s. R = 81, eta = 3 gives 81, 34, 15, 8 and 5.
std::vector<BracketPlan> hyperband_brackets(std::int64_t max_resource, const PrunerOptions& options);

/// Brackets one after the other, round and round until there are as many trials as asked for; the last is cut short.
///
/// When all trials of a bracket have reported at a rung (failed ones too), the best go on as the plan says, best first,
/// and the others are pruned. Meanwhile free workers begin the next bracket: which trials a bracket keeps does not
/// depend on the others. Failed trials are never kept; a trial kept in vain is not replaced.
class Brackets : public Pruner {
 public:
  std::int64_t resource(std::int64_t trial, std::int32_t rung) const override;
  std::int32_t num_rungs(std::int64_t trial) const override;
  std::int64_t bracket(std::int64_t trial) const override;
  /// The plans that take turns.
  const std::vector<BracketPlan>& plans() const noexcept { return plans_; }

 protected:
  Brackets(std::int64_t max_trials, std::int64_t eta, std::vector<BracketPlan> plans);

 private:
  struct Open {
    std::int64_t size = 0;     // trials that begin
    std::int64_t awaited = 0;  // reports until its rung is full
    std::int32_t rung = 0;
    std::vector<std::pair<double, std::int64_t>> ranking = {};  // value, trial
  };
  const BracketPlan& plan(std::int64_t bracket) const;
  std::int64_t first_trial(std::int64_t bracket) const;
  std::int64_t size_of(std::int64_t bracket) const;
  void halve(std::int64_t number, Open& open);

  std::optional<TrialStep> promotion() override;
  void judge(const TrialStep& step, std::span<const double> values) override;
  void closed() override;

  std::int64_t eta_;
  std::vector<BracketPlan> plans_;
  std::vector<std::int64_t> firsts_;  // trials before each plan of a turn, and in all of a turn
  std::map<std::int64_t, Open> open_;
  std::map<std::int64_t, std::deque<TrialStep>> ready_;  // by bracket: the earliest goes first
};

/// One bracket of all trials (Jamieson and Talwalkar 2016): of n, floor(n / eta^i), at least 1, are trained to rung i.
class SuccessiveHalving final : public Brackets {
 public:
  SuccessiveHalving(const PrunerOptions& options, const PrunerInput& input);
};

/// The brackets of hyperband_brackets().
class Hyperband final : public Brackets {
 public:
  Hyperband(const PrunerOptions& options, const PrunerInput& input)
      : Brackets(input.trials, options.eta, hyperband_brackets(input.max_resource, options)) {}
};

}  // namespace jury
