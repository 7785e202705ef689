// Distributions as Optuna has them.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "search/study/run_results.hpp"
#include "tools/export/trial_times.hpp"

namespace jury {

/// One parameter of the trials: its distribution as Optuna writes it, and of each trial its value in Optuna's
/// representation: the number, or the place among the choices; nothing where it was not active.
struct OptunaParameter {
  std::string name;
  std::string distribution;  ///< {"name": "FloatDistribution", "attributes": {...}}
  std::vector<std::optional<double>> values;
};

/// All parameters of /trials, in their order. The distributions are those of [search.space]; where a trial has a value
/// that none of them has (pbt changes them), and of unbounded ones, the range of what was seen.
std::vector<OptunaParameter> optuna_parameters(const RunResults& results, const ReportColumns& trials);

}  // namespace jury
