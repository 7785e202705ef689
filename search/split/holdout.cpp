#include "search/split/holdout.hpp"

#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "search/split/split_checks.hpp"

namespace jury {

Holdout::Holdout(const CvOptions& options, const SplitInput& input, std::uint64_t seed)
    : units_(input),
      num_test_(num_tested(options, units_.size(), units_.noun())),
      shuffle_(options.shuffle),
      outer_(input.outer),
      seed_(seed) {}

std::size_t Holdout::num_train(std::size_t repeat, std::size_t fold) const {
  return units_.are_groups() ? split(repeat, fold).train.size() : units_.size() - num_test_;
}

Split Holdout::split(std::size_t repeat, std::size_t fold) const {
  JURY_EXPECTS(fold == 0);
  std::vector<std::uint32_t> order(units_.size());
  std::iota(order.begin(), order.end(), 0U);
  if (shuffle_) {
    Rng rng(split_key(seed_, outer_, repeat));
    shuffle(std::span(order), rng);
  }
  return units_.split({order.end() - static_cast<std::ptrdiff_t>(num_test_), order.end()});
}

}  // namespace jury
