// What a point of the search's space means for the experiment.
#pragma once

#include "runtime/base/config.hpp"
#include "runtime/base/options.hpp"
#include "search/sampler/space.hpp"
#include "search/study/experiment.hpp"

namespace jury {

/// The space of [search.space]. Expects experiment.search. Problems are collected: what read_space() finds, and paths that are no
/// setting of what is trained.
Space space_of(const Experiment& experiment, Problems& problems);

/// What a point sets, by path, in the order of the space.
Config::Table values_of(const Space& space, const Assignment& assignment);

/// The experiment with these settings and without [search]: what a trial trains, scores and, once it is chosen, refits. Throws
/// ConfigError where they do not go together.
Experiment experiment_at(const Experiment& experiment, const Config::Table& values);

}  // namespace jury
