// What a search would do, in words.
#pragma once

#include "search/study/search_checks.hpp"

namespace jury {

/// Prints a search's space, rungs, tasks of a trial and work.
void print_search(const CheckedSearch& checked);

}  // namespace jury
