#include "search/split/bootstrap_split.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/base/text.hpp"
#include "search/split/split_checks.hpp"

namespace jury {

BootstrapSplit::BootstrapSplit(const CvOptions& options, const SplitInput& input, std::uint64_t seed)
    : units_(input), num_splits_(num_drawn_splits(options)), outer_(input.outer), seed_(seed) {
  require_shuffle("the bootstrap", options);
  if (units_.size() < 2)
    throw ConfigError(fmt::format("cv.method = \"{}\" does not fit {} (needs two, so that one can be left out)",
                                  options.method, counted(units_.size(), units_.noun())));
}

std::size_t BootstrapSplit::num_train(std::size_t repeat, std::size_t fold) const {
  return units_.are_groups() ? split(repeat, fold).train.size() : units_.size();
}

Split BootstrapSplit::split(std::size_t repeat, std::size_t fold) const {
  JURY_EXPECTS(fold == 0 && repeat < num_splits_);
  Rng rng(split_key(seed_, outer_, repeat));
  std::vector<std::uint32_t> times_drawn;
  do {
    times_drawn.assign(units_.size(), 0);
    for (std::size_t draw = 0; draw < units_.size(); ++draw) ++times_drawn[rng.below(units_.size())];
  } while (std::ranges::find(times_drawn, 0U) == times_drawn.end());
  Split split;
  for (std::size_t i = 0; i < units_.num_samples(); ++i) {
    const std::uint32_t times = times_drawn[units_[i]];
    split.train.insert(split.train.end(), times, static_cast<SampleIndex>(i));
    if (times == 0) split.test.push_back(static_cast<SampleIndex>(i));
  }
  return split;
}

}  // namespace jury
