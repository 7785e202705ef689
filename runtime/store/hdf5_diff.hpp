// Do two results files say the same?
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/store/hdf5_reader.hpp"

namespace jury {

/// One path on which two files differ.
struct Hdf5Difference {
  std::string path = {};                    ///< "/trials/value", "/@seed" for an attribute of the root
  std::optional<std::uint64_t> index = {};  ///< of the first element that differs, counted row-major
  std::string text = {};                    ///< "0.5 != 0.25", "only in the first"
};

/// All differences of the scientific content of two results files, by path: everything but /timing
/// and /provenance. Numbers agree when their bits do, and NaN agrees with NaN. Throws as Hdf5Reader.
std::vector<Hdf5Difference> diff_results(const Hdf5Reader& a, const Hdf5Reader& b);

}  // namespace jury
