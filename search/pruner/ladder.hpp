// The rungs of asynchronous successive halving.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "search/pruner/pruner.hpp"

namespace jury {

/// Trials that wait at rungs 0, ..., n-1, and the promotion rule of ASHA (Li et al. 2020, Algorithm 2): a trial may go
/// on when it is among the best floor(m / eta) of the m that have reported at its rung so far. Reports are O(log
/// trials).
class Ladder {
 public:
  Ladder(std::int32_t num_rungs, std::int64_t eta) : eta_(eta), rungs_(static_cast<std::size_t>(num_rungs)) {}

  /// A trial waits at this rung. A failed one (NaN) counts among the m and is never promoted.
  void add(const TrialStep& step, double value);
  /// Promotes the best that may go on from the highest rung that has one.
  std::optional<TrialStep> promotion();
  /// Promotes the best of the highest rung where any waits.
  std::optional<TrialStep> best_waiting();

 private:
  using Entry = std::pair<double, std::int64_t>;  // value, trial
  struct Rung {
    std::int64_t num_reported = 0;
    std::map<Entry, bool> top = {};  // the best floor(m / eta), and whether they were promoted
    std::map<Entry, bool> rest = {};
    std::set<Entry> free = {};  // those of top that were not
  };

  std::int64_t eta_;
  std::vector<Rung> rungs_;
};

}  // namespace jury
