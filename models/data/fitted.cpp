#include "models/data/fitted.hpp"

#include <string>

#include "runtime/base/error.hpp"

namespace jury {

void require_unseen(const RowSet& saw, std::uint64_t domain, std::span<const std::uint32_t> rows,
                    std::string_view what) {
  if (domain != saw.domain()) return;
  for (const std::uint32_t row : rows) {
    if (!saw.contains(domain, row)) continue;
    throw LeakError(std::string(what) + " would be scored on row " + std::to_string(row) +
                    " (it was fitted on that row) please report this: it is a bug");
  }
}

}  // namespace jury
