// What a sampler has proposed and what came of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "search/sampler/space.hpp"

namespace jury {

/// One trial of a search, as its sampler sees it.
struct PastTrial {
  /// What came of it with some of the resource.
  struct Report {
    double fidelity;
    std::vector<double> values;  ///< (objectives)
  };

  std::int64_t number;
  std::vector<double> unit;          ///< (parameters) coordinates, NaN where a parameter is not active
  std::vector<Report> reports = {};  ///< in the order of fidelity, one for each; empty: pending, or failed at once
  bool failed = false;               ///< a value was NaN

  bool is_pending() const noexcept { return reports.empty() && !failed; }
  /// The report at exactly this fidelity, or null.
  const Report* at(double fidelity) const noexcept;
};

/// All trials in the order in which they were asked for (or told, those that nobody asked for).
class TrialHistory {
 public:
  const std::vector<PastTrial>& trials() const noexcept { return trials_; }
  std::size_t num_told() const noexcept { return num_told_; }
  /// 0 before the first result.
  std::size_t num_objectives() const noexcept { return num_objectives_; }

  /// Position of a trial, or nothing.
  std::optional<std::size_t> find(std::int64_t number) const noexcept;
  /// Expects a number that is not there.
  void add(std::int64_t number, const Assignment& assignment, const Space& space);
  /// Expects a trial that is there, and as many values as ever.
  void report(std::int64_t number, std::span<const double> values, double fidelity);

 private:
  std::vector<PastTrial> trials_;
  std::map<std::int64_t, std::size_t> position_;
  std::size_t num_told_ = 0;
  std::size_t num_objectives_ = 0;
};

/// The trials a model is made of.
struct ModelData {
  std::vector<std::size_t> observed;        ///< positions of trials with values, in the order of the history
  std::vector<std::vector<double>> values;  ///< of these, (objectives)
  std::vector<std::size_t> failed;
  std::vector<std::size_t> pending;
};

/// Observations at the highest fidelity at which at least `enough` trials have values; where there is none,
/// at that with the most, of these the highest (BOHB: Falkner, Klein, Hutter 2018). Trials that have values at
/// other fidelities alone are left out.
ModelData model_data(const TrialHistory& history, std::size_t enough);

}  // namespace jury
