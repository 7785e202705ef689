// The text of a distribution: "loguniform(1e-4, 1e-1)", "int(8, 128, step=8)", "choice('a', 'b')".
#pragma once

#include <string_view>
#include <vector>

#include "search/sampler/distribution.hpp"
#include "search/sampler/text_reader.hpp"

namespace jury {

/// One form of the grammar.
struct DistributionForm {
  std::string_view name;
  std::string_view arguments;  ///< "(low, high[, step=s])"
  std::string_view summary;
  Distribution (*read)(TextReader& reader);  ///< reads what stands between the parentheses
};

/// All of them, in the order help shows them.
const std::vector<DistributionForm>& distribution_forms();

/// Reads `name(arguments)` and stops behind it. Throws ConfigError with the column and what was expected.
Distribution parse_distribution(TextReader& reader);

}  // namespace jury
