// An experiment file that says what else could be in it.
#pragma once

#include <string>

#include "models/data/suggest.hpp"

namespace jury {

/// The suggested settings, each with its reason or its help, and every other key of the sections commented out with
/// what holds without it, its choices or range, and its help; sections that are not suggested are commented out whole,
/// and what files of samples have no use for is left out. All of it from the option tables. Throws ConfigError where
/// the suggestion is no valid experiment.
std::string commented_experiment(const Suggestion& suggestion);

}  // namespace jury
