// What an experiment with [objective] says: a function is searched, and nothing is trained.
#pragma once

#include <string_view>

#include "runtime/base/config.hpp"
#include "runtime/base/options.hpp"
#include "search/sampler/space.hpp"
#include "search/study/experiment.hpp"

namespace jury {

/// Whether a section of the experiment means something beside [objective].
bool goes_with_objective(std::string_view section) noexcept;

/// Checks the experiment, and fills in the function's own space where search.space has none. Expects
/// experiment.objective.
void check_objective(Experiment& experiment, const Config& given, Problems& problems);

/// The space of its search. Problems are collected: what read_space() finds, and paths that are no parameter of the
/// function.
Space objective_space(const Experiment& experiment, Problems& problems);

/// The function's point at what a trial sets, by path, and objective.point for the rest.
Config objective_point(const ObjectiveOptions& objective, const Config::Table& values);

}  // namespace jury
