// An experiment file that says what else could be in it.
#pragma once

#include <string>

#include "models/data/suggest.hpp"

namespace jury {

/// The suggested settings, each with its reason or its help, and every other key of the sections commented out with its
/// default, its choices or range, and its help; sections that are not suggested are commented out whole. All of it from
/// the option tables.
std::string commented_experiment(const Suggestion& suggestion);

}  // namespace jury
