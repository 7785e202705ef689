#include "search/split/stratified_k_fold.hpp"

#include <algorithm>
#include <string>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/base/text.hpp"
#include "search/split/split_checks.hpp"
#include "search/split/strata.hpp"

namespace jury {
namespace {

// How many positions of [0, end) belong to fold f when they are dealt to k folds.
std::size_t dealt(std::size_t end, std::size_t fold, std::size_t folds) { return (end + folds - 1 - fold) / folds; }

}  // namespace

StratifiedKFold::StratifiedKFold(const CvOptions& options, const SplitInput& input, std::uint64_t seed)
    : n_(input.n),
      folds_(static_cast<std::size_t>(options.folds)),
      shuffle_(options.shuffle),
      outer_(input.outer),
      seed_(seed),
      samples_(samples_by_stratum(strata_of("stratified_kfold", options, input, folds_))) {
  check_folds(options, n_);
  if (input.labels.empty()) return;  // nobody chose the bins
  for (std::size_t c = 0; c < samples_.size(); ++c) {
    if (samples_[c].empty() || samples_[c].size() >= folds_) continue;
    throw ConfigError(stratum_name(input, c) + " has " + counted(samples_[c].size(), "sample") +
                      " for cv.folds = " + std::to_string(folds_) + " (stratified folds need at least one each) " +
                      "use fewer folds or cv.method = \"kfold\"");
  }
}

Split StratifiedKFold::split(std::size_t repeat, std::size_t fold) const {
  JURY_EXPECTS(fold < folds_);
  Rng rng(split_key(seed_, outer_, repeat));
  std::vector<SampleIndex> test;
  test.reserve(n_ / folds_ + 1);
  std::size_t start = 0;  // position of the class's first sample in the order that is dealt
  for (std::vector<SampleIndex> order : samples_) {
    if (shuffle_) shuffle(std::span(order), rng);
    std::size_t begin = 0;  // the folds before this one come first
    for (std::size_t f = 0; f < fold; ++f) begin += dealt(start + order.size(), f, folds_) - dealt(start, f, folds_);
    const std::size_t count = dealt(start + order.size(), fold, folds_) - dealt(start, fold, folds_);
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(begin);
    test.insert(test.end(), first, first + static_cast<std::ptrdiff_t>(count));
    start += order.size();
  }
  return split_of(n_, std::move(test));
}

}  // namespace jury
