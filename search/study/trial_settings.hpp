// What a point of the search's space means for the experiment.
#pragma once

#include "runtime/base/config.hpp"
#include "runtime/base/options.hpp"
#include "search/sampler/space.hpp"
#include "search/study/experiment.hpp"

namespace jury {

/// The space of [search.space]. Expects experiment.search. Problems are collected, each with its place: what
/// read_space() finds, paths that are no setting of what is trained or that change nothing, and values that a setting
/// never has.
Space space_of(const Experiment& experiment, Problems& problems);

/// What a point sets, by path, in the order of the space.
Config::Table values_of(const Space& space, const Assignment& assignment);

/// The experiment with these settings and without [search]: what a trial trains, scores and, once it is chosen, refits.
/// With another type of model, or other members, than the experiment's own, what it says of its own alone is left out:
/// hidden layers of a linear model, members of no ensemble, [train] of trees. Throws ConfigError where settings do not
/// go together.
Experiment experiment_at(const Experiment& experiment, const Config::Table& values);
/// The same as an entry of ensemble.base: preprocess, model, train, trees and ensemble, each with what is not the
/// default anyway. Throws as experiment_at().
Config configuration_at(const Experiment& experiment, const Config::Table& values);

}  // namespace jury
