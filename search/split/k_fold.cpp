#include "search/split/k_fold.hpp"

#include <algorithm>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "search/split/split_checks.hpp"

namespace jury {

KFold::KFold(const CvOptions& options, const SplitInput& input, std::uint64_t seed)
    : n_(input.n),
      folds_(static_cast<std::size_t>(options.folds)),
      shuffle_(options.shuffle),
      outer_(input.outer),
      seed_(seed) {
  check_folds(options, n_);
}

Split KFold::split(std::size_t repeat, std::size_t fold) const {
  JURY_EXPECTS(fold < folds_);
  std::vector<SampleIndex> order(n_);
  std::iota(order.begin(), order.end(), SampleIndex{0});
  if (shuffle_) {
    Rng rng(split_key(seed_, outer_, repeat));
    shuffle(std::span(order), rng);
  }
  // Fold f tests order[begin, end): the first `extra` folds are one longer.
  const std::size_t base = n_ / folds_;
  const std::size_t extra = n_ % folds_;
  const auto begin = order.begin() + static_cast<std::ptrdiff_t>(fold * base + std::min(fold, extra));
  const auto end = begin + static_cast<std::ptrdiff_t>(base + (fold < extra ? 1 : 0));
  return split_of(n_, {begin, end});
}

}  // namespace jury
