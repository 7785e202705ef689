// What every test of a splitter needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/rng.hpp"
#include "search/split/splitter.hpp"

namespace jury {

inline std::vector<Split> all_folds(const Splitter& splitter, std::size_t repeat = 0) {
  std::vector<Split> splits;
  for (std::size_t fold = 0; fold < splitter.num_folds(); ++fold) splits.push_back(splitter.split(repeat, fold));
  return splits;
}

/// All repeats of a splitter that fixes them, else the first three.
inline std::vector<Split> all_splits(const Splitter& splitter) {
  std::vector<Split> splits;
  for (std::size_t repeat = 0; repeat < (splitter.fixed_repeats() > 0 ? splitter.fixed_repeats() : 3); ++repeat)
    for (Split& split : all_folds(splitter, repeat)) splits.push_back(std::move(split));
  return splits;
}

/// n labels of `classes` classes, class c about 1 / (c + 1) as frequent as class 0.
inline std::vector<std::int32_t> skewed_labels(std::size_t n, std::size_t classes, std::uint64_t key) {
  Rng rng(key);
  std::vector<std::int32_t> labels(n);
  for (std::int32_t& label : labels) label = static_cast<std::int32_t>(rng.below(rng.below(classes) + 1));
  return labels;
}

/// Samples to split, with everything a splitter may see.
struct SplitCase {
  std::size_t n;
  std::vector<std::int32_t> labels = {}, groups = {};
  std::vector<double> times = {}, values = {};

  SplitInput input() const { return {.n = n, .labels = labels, .groups = groups, .times = times, .values = values}; }
};

/// n samples in at most `groups` groups of different sizes (0: without groups), with labels of `classes` classes, or
/// without classes values; and times of which about every third occurs twice.
inline SplitCase make_case(std::size_t n, std::size_t groups, std::size_t classes, std::uint64_t key) {
  SplitCase one{.n = n};
  if (classes > 0) one.labels = skewed_labels(n, classes, key);
  Rng rng(key + 1000);
  for (std::size_t i = 0; i < n; ++i) {
    if (classes == 0) one.values.push_back(rng.normal());
    if (groups > 0) one.groups.push_back(static_cast<std::int32_t>(3 * rng.below(1 + rng.below(groups))));
    one.times.push_back(static_cast<double>(rng.below(2 * n)));
  }
  return one;
}

}  // namespace jury
