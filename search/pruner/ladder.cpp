#include "search/pruner/ladder.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace jury {

void Ladder::add(const TrialStep& step, double value) {
  Rung& rung = rungs_[static_cast<std::size_t>(step.rung)];
  ++rung.num_reported;
  if (!std::isnan(value)) {
    const Entry entry{value, step.trial};
    const bool above = !rung.top.empty() && entry < rung.top.rbegin()->first;
    (above ? rung.top : rung.rest).emplace(entry, false);
    if (above) rung.free.insert(entry);
  }
  // One report moves the border by one at most, either way.
  const auto size = static_cast<std::size_t>(rung.num_reported / eta_);
  if (rung.top.size() > size) {
    const auto last = std::prev(rung.top.end());
    rung.free.erase(last->first);
    rung.rest.insert(rung.top.extract(last));
  } else if (rung.top.size() < size && !rung.rest.empty()) {
    const auto first = rung.rest.begin();
    if (!first->second) rung.free.insert(first->first);
    rung.top.insert(rung.rest.extract(first));
  }
}

std::optional<TrialStep> Ladder::promotion() {
  for (std::size_t k = rungs_.size(); k-- > 0;) {
    if (rungs_[k].free.empty()) continue;
    const Entry best = *rungs_[k].free.begin();
    rungs_[k].top.at(best) = true;
    rungs_[k].free.erase(best);
    return TrialStep{best.second, static_cast<std::int32_t>(k + 1)};
  }
  return std::nullopt;
}

std::optional<TrialStep> Ladder::best_waiting() {
  if (const auto step = promotion()) return step;
  for (std::size_t k = rungs_.size(); k-- > 0;) {
    const auto found = std::ranges::find(rungs_[k].rest, false, &std::pair<const Entry, bool>::second);
    if (found == rungs_[k].rest.end()) continue;
    found->second = true;
    return TrialStep{found->first.second, static_cast<std::int32_t>(k + 1)};
  }
  return std::nullopt;
}

}  // namespace jury
