#include "search/split/shuffle_split.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "search/split/split_checks.hpp"
#include "search/split/strata.hpp"

namespace jury {

ShuffleSplit::ShuffleSplit(const CvOptions& options, const SplitInput& input, std::uint64_t seed)
    : one_(options, input, seed), num_splits_(num_drawn_splits(options)) {
  require_shuffle("shuffle_split", options);
}

StratifiedShuffleSplit::StratifiedShuffleSplit(const CvOptions& options, const SplitInput& input, std::uint64_t seed)
    : n_(input.n), num_splits_(num_drawn_splits(options)), outer_(input.outer), seed_(seed) {
  require_shuffle("stratified_shuffle_split", options);
  num_tested(options, n_, "sample");
  samples_ = samples_by_stratum(strata_of("stratified_shuffle_split", options, input, 2));
  std::size_t cumulated = 0;  // rounding the sums makes the counts add up
  const auto share = [&](std::size_t samples) {
    return static_cast<std::size_t>(std::llround(options.fraction * static_cast<double>(samples)));
  };
  for (std::size_t s = 0; s < samples_.size(); ++s) {
    const std::size_t size = samples_[s].size();
    if (size == 1 && !input.labels.empty())
      throw ConfigError(stratum_name(input, s) +
                        " has 1 sample (both parts of a stratified split need at least one) use cv.method = "
                        "\"shuffle_split\"");
    const std::size_t tested = share(cumulated + size) - share(cumulated);
    num_tested_.push_back(size < 2 ? 0 : std::clamp<std::size_t>(tested, 1, size - 1));
    cumulated += size;
  }
}

Split StratifiedShuffleSplit::split(std::size_t repeat, std::size_t fold) const {
  JURY_EXPECTS(fold == 0);
  Rng rng(split_key(seed_, outer_, repeat));
  std::vector<SampleIndex> test;
  for (std::size_t s = 0; s < samples_.size(); ++s) {
    std::vector<SampleIndex> order = samples_[s];
    shuffle(std::span(order), rng);
    test.insert(test.end(), order.begin(), order.begin() + static_cast<std::ptrdiff_t>(num_tested_[s]));
  }
  return split_of(n_, std::move(test));
}

}  // namespace jury
