#include "search/split/group_k_fold.hpp"

#include <algorithm>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "search/split/split_checks.hpp"

namespace jury {

GroupKFold::GroupKFold(const CvOptions& options, const SplitInput& input, std::uint64_t seed)
    : units_(input),
      sizes_(units_.sizes()),
      folds_(static_cast<std::size_t>(options.folds)),
      shuffle_(options.shuffle),
      outer_(input.outer),
      seed_(seed) {
  require_groups("group_kfold", input);
  check_folds(options, units_.size(), "group");
}

Split GroupKFold::split(std::size_t repeat, std::size_t fold) const {
  JURY_EXPECTS(fold < folds_);
  std::vector<std::uint32_t> order(units_.size());
  std::iota(order.begin(), order.end(), 0U);
  if (shuffle_) {
    Rng rng(split_key(seed_, outer_, repeat));
    shuffle(std::span(order), rng);
  } else {
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::uint32_t unit) { return sizes_[unit]; });
  }
  std::vector<std::size_t> size_of(folds_);
  std::vector<std::uint32_t> tested;
  for (const std::uint32_t unit : order) {
    const auto lightest = static_cast<std::size_t>(std::ranges::min_element(size_of) - size_of.begin());
    size_of[lightest] += sizes_[unit];
    if (lightest == fold) tested.push_back(unit);
  }
  return units_.split(tested);
}

}  // namespace jury
