// What a run says of its search.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "search/study/summary.hpp"

namespace jury {

/// The part "search" of summary.json.
nlohmann::ordered_json search_json(const SearchResults& search);

}  // namespace jury
