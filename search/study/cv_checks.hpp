// What of [cv] can be wrong and is known before any file is opened.
#pragma once

#include "runtime/base/options.hpp"
#include "search/split/cv_options.hpp"

namespace jury {

/// Adds a problem for settings that say different things of which rows are tested, and for keys that the method would
/// not look at.
void check_cv(const CvOptions& cv, const Config& config, Problems& problems);

}  // namespace jury
