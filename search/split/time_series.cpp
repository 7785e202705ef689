#include "search/split/time_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "search/split/sample_units.hpp"
#include "search/split/split_checks.hpp"

namespace jury {
namespace {

// The rank of each sample's time among the different ones.
std::vector<std::uint32_t> ranks_of(const SplitInput& input) {
  std::vector<std::uint32_t> ranks(input.n);
  std::iota(ranks.begin(), ranks.end(), 0U);
  if (input.times.empty()) return ranks;
  std::vector<double> times(input.times.begin(), input.times.end());
  std::ranges::sort(times);
  times.erase(std::unique(times.begin(), times.end()), times.end());
  for (std::size_t i = 0; i < input.n; ++i)
    ranks[i] = static_cast<std::uint32_t>(std::ranges::lower_bound(times, input.times[i]) - times.begin());
  return ranks;
}

}  // namespace

TimeSeries::TimeSeries(const CvOptions& options, const SplitInput& input, std::uint64_t /*seed*/)
    : folds_(static_cast<std::size_t>(options.folds)),
      gap_(static_cast<std::size_t>(options.gap)),
      window_(static_cast<std::size_t>(options.window)),
      moment_of_(input.n),
      rank_of_(ranks_of(input)) {
  refuse_repeats("time_series", options);
  const SampleUnits groups(input);
  // Moments in order: groups by their first time, ties by their numbers; without groups the times themselves.
  std::vector<std::uint32_t> first(groups.are_groups() ? groups.size() : input.n, static_cast<std::uint32_t>(input.n));
  const auto unit_of = [&](std::size_t i) { return groups.are_groups() ? groups[i] : std::size_t{rank_of_[i]}; };
  for (std::size_t i = 0; i < input.n; ++i) first[unit_of(i)] = std::min(first[unit_of(i)], rank_of_[i]);
  std::vector<std::uint32_t> order(first.size()), place(first.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t unit) { return first[unit]; });
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    if (first[order[i]] < input.n) first_rank_.push_back(first[order[i]]);
  }
  for (std::size_t i = 0; i < input.n; ++i) moment_of_[i] = place[unit_of(i)];

  const std::size_t moments = first_rank_.size();
  const std::string what = counted(moments, groups.are_groups() ? "group" : input.times.empty() ? "sample" : "time");
  if (options.folds < 1)
    throw ConfigError(fmt::format("cv.folds = {} does not fit {} (needs at least one)", options.folds, what));
  test_size_ = options.test_size > 0 ? static_cast<std::size_t>(options.test_size) : moments / (folds_ + 1);
  if (test_size_ == 0 || folds_ * test_size_ + gap_ >= moments)
    throw ConfigError(fmt::format(
        "cv.folds = {} of {} tested{} leave nothing of {} to train on (the first fold trains on what is before) use "
        "fewer folds{}",
        folds_, std::max<std::size_t>(test_size_, 1), gap_ > 0 ? fmt::format(" and cv.gap = {}", gap_) : "", what,
        options.test_size > 0 ? " or a smaller cv.test_size" : ""));
  for (std::size_t fold = 0; fold < folds_; ++fold)
    if (split(0, fold).train.empty())
      throw ConfigError(fmt::format(
          "cv.method = \"time_series\" leaves fold {} nothing to train on (no row is earlier than all of its "
          "tested groups) use other folds",
          fold));
}

Split TimeSeries::split(std::size_t /*repeat*/, std::size_t fold) const {
  JURY_EXPECTS(fold < folds_);
  const std::size_t begin = first_rank_.size() - (folds_ - fold) * test_size_;  // the first moment that is tested
  const std::size_t end = begin - gap_;                                         // of the moments that are trained on
  const std::size_t start = window_ > 0 && window_ < end ? end - window_ : 0;
  Split split;
  for (std::size_t i = 0; i < moment_of_.size(); ++i) {
    const std::size_t moment = moment_of_[i];
    if (moment >= begin && moment < begin + test_size_) split.test.push_back(static_cast<SampleIndex>(i));
    if (moment >= start && moment < end && rank_of_[i] < first_rank_[end])
      split.train.push_back(static_cast<SampleIndex>(i));
  }
  return split;
}

}  // namespace jury
