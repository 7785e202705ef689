#include "search/sampler/trial_history.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {

const PastTrial::Report* PastTrial::at(double fidelity) const noexcept {
  const auto found = std::ranges::find(reports, fidelity, &Report::fidelity);
  return found == reports.end() ? nullptr : &*found;
}

std::optional<std::size_t> TrialHistory::find(std::int64_t number) const noexcept {
  const auto found = position_.find(number);
  return found == position_.end() ? std::nullopt : std::optional(found->second);
}

void TrialHistory::add(std::int64_t number, const Assignment& assignment, const Space& space) {
  JURY_EXPECTS(!find(number));
  position_.emplace(number, trials_.size());
  std::vector<double> unit = space.unit_vector(assignment, std::numeric_limits<double>::quiet_NaN());
  trials_.push_back({.number = number, .unit = std::move(unit)});
}

void TrialHistory::report(std::int64_t number, std::span<const double> values, double fidelity) {
  const auto position = find(number);
  JURY_EXPECTS(position && !values.empty());
  JURY_EXPECTS(num_objectives_ == 0 || num_objectives_ == values.size());
  num_objectives_ = values.size();
  PastTrial& trial = trials_[*position];
  if (trial.is_pending()) ++num_told_;
  if (std::ranges::any_of(values, [](double value) { return std::isnan(value); })) {
    trial.failed = true;
    return;
  }
  const auto at = std::ranges::lower_bound(trial.reports, fidelity, {}, &PastTrial::Report::fidelity);
  if (at != trial.reports.end() && at->fidelity == fidelity) {
    at->values.assign(values.begin(), values.end());
  } else {
    trial.reports.insert(at, {fidelity, {values.begin(), values.end()}});
  }
}

ModelData model_data(const TrialHistory& history, std::size_t enough) {
  std::map<double, std::size_t> count;  // trials with values at each fidelity
  for (const PastTrial& trial : history.trials())
    if (!trial.failed)
      for (const PastTrial::Report& report : trial.reports) ++count[report.fidelity];
  double fidelity = 0;
  std::size_t most = 0;
  for (const auto& [at, trials] : count) {  // rising
    if (std::min(trials, enough) < std::min(most, enough)) continue;
    fidelity = at;
    most = trials;
  }
  ModelData data;
  for (std::size_t i = 0; i < history.trials().size(); ++i) {
    const PastTrial& trial = history.trials()[i];
    if (trial.failed) {
      data.failed.push_back(i);
    } else if (trial.is_pending()) {
      data.pending.push_back(i);
    } else if (const PastTrial::Report* report = trial.at(fidelity)) {
      data.observed.push_back(i);
      data.values.push_back(report->values);
    }
  }
  return data;
}

}  // namespace jury
