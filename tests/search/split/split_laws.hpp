// What every test of a splitter needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/base/rng.hpp"
#include "search/split/splitter.hpp"

namespace jury {

inline std::vector<Split> all_folds(const Splitter& splitter, std::size_t repeat = 0) {
  std::vector<Split> splits;
  for (std::size_t fold = 0; fold < splitter.num_folds(); ++fold) splits.push_back(splitter.split(repeat, fold));
  return splits;
}

/// n labels of `classes` classes, class c about 1 / (c + 1) as frequent as class 0.
inline std::vector<std::int32_t> skewed_labels(std::size_t n, std::size_t classes, std::uint64_t key) {
  Rng rng(key);
  std::vector<std::int32_t> labels(n);
  for (std::int32_t& label : labels) label = static_cast<std::int32_t>(rng.below(rng.below(classes) + 1));
  return labels;
}

}  // namespace jury
