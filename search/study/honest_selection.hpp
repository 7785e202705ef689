// What the chosen trial is worth, less the luck that made it the best.
#pragma once

#include <optional>
#include <string>

#include "models/metrics/honest_winner.hpp"
#include "search/study/search_results.hpp"

namespace jury {

/// Bootstrap bias corrected cross-validation over the stored out-of-fold predictions of all complete trials of the main
/// search (honest_winner()), groups of data.group resampled whole; with what it took out, or why it is not defined.
/// `base` says what is predicted.
HonestSelection honest_selection(const StudyPlan& base, const SearchResults& search);

}  // namespace jury
