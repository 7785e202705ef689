// What all trials together say: which no other beats in everything, and which settings mattered.
#pragma once

#include <cstdint>

#include "search/study/search_results.hpp"

namespace jury {

/// Fills in TrialLine::pareto_rank, each search by itself (pareto_ranks()).
void rank_trials(SearchResults& results);

/// Shares of the variance of the first objective among the complete trials of the main search (fanova()). Nothing with
/// fewer than 10 of them, or fewer than 2 for each parameter.
StudyImportance find_importance(const SearchResults& results, std::uint64_t seed);

}  // namespace jury
