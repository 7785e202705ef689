#include "search/split/holdout.hpp"

#include <cmath>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/base/text.hpp"

namespace jury {

Holdout::Holdout(const CvOptions& options, const SplitInput& input, std::uint64_t seed)
    : n_(input.n),
      num_test_(static_cast<std::size_t>(std::llround(options.fraction * static_cast<double>(n_)))),
      shuffle_(options.shuffle),
      outer_(input.outer),
      seed_(seed) {
  if (num_test_ > 0 && num_test_ < n_) return;
  throw ConfigError("cv.fraction = " + to_text(Config(options.fraction)) + " of " + counted(n_, "sample") + " leaves " +
                    (num_test_ == 0 ? "none to test on" : "none to train on") +
                    " (holdout needs at least one of each) use another fraction");
}

Split Holdout::split(std::size_t repeat, std::size_t fold) const {
  JURY_EXPECTS(fold == 0);
  std::vector<SampleIndex> order(n_);
  std::iota(order.begin(), order.end(), SampleIndex{0});
  if (shuffle_) {
    Rng rng(split_key(seed_, outer_, repeat));
    shuffle(std::span(order), rng);
  }
  return split_of(n_, {order.end() - static_cast<std::ptrdiff_t>(num_test_), order.end()});
}

}  // namespace jury
