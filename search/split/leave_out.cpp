#include "search/split/leave_out.hpp"

#include <fmt/format.h>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "search/split/split_checks.hpp"

namespace jury {
namespace {

// n choose k; `most` + 1 for more than that.
std::size_t choices(std::size_t n, std::size_t k, std::size_t most) {
  std::size_t count = 1;
  for (std::size_t i = 1; i <= k; ++i) {
    count = count * (n - k + i) / i;  // n - k + i choose i, which grows with i
    if (count > most) return most + 1;
  }
  return count;
}

}  // namespace

LeaveOneOut::LeaveOneOut(const CvOptions& options, const SplitInput& input, std::uint64_t /*seed*/) : n_(input.n) {
  refuse_repeats("leave_one_out", options);
  if (n_ < 2)
    throw ConfigError(fmt::format("cv.method = \"leave_one_out\" does not fit {} (needs two)", counted(n_, "sample")));
}

Split LeaveOneOut::split(std::size_t /*repeat*/, std::size_t fold) const {
  JURY_EXPECTS(fold < n_);
  return split_of(n_, {static_cast<SampleIndex>(fold)});
}

LeavePOut::LeavePOut(const CvOptions& options, const SplitInput& input, std::uint64_t /*seed*/)
    : n_(input.n), p_(static_cast<std::size_t>(options.p)), num_splits_(0) {
  refuse_repeats("leave_p_out", options);
  if (p_ >= n_)
    throw ConfigError(fmt::format("cv.p = {} leaves nothing of {} to train on (needs p < samples) use a smaller one",
                                  p_, counted(n_, "sample")));
  num_splits_ = choices(n_, p_, kMostSplits);
  if (num_splits_ > kMostSplits)
    throw ConfigError(
        fmt::format("cv.p = {} of {} can be left out in more than {} ways (each is trained for) use a smaller cv.p, or "
                    "cv.method = \"shuffle_split\"",
                    p_, counted(n_, "sample"), kMostSplits));
}

Split LeavePOut::split(std::size_t repeat, std::size_t fold) const {
  JURY_EXPECTS(fold == 0 && repeat < num_splits_);
  std::vector<SampleIndex> test;
  std::size_t rank = repeat;  // among the choices that begin with `test` and go on from sample i
  for (std::size_t i = 0; test.size() < p_; ++i) {
    const std::size_t with_i = choices(n_ - i - 1, p_ - test.size() - 1, kMostSplits);
    if (rank < with_i) {
      test.push_back(static_cast<SampleIndex>(i));
    } else {
      rank -= with_i;
    }
  }
  return split_of(n_, std::move(test));
}

LeaveOneGroupOut::LeaveOneGroupOut(const CvOptions& options, const SplitInput& input, std::uint64_t /*seed*/)
    : units_(input) {
  require_groups("leave_one_group_out", input);
  refuse_repeats("leave_one_group_out", options);
  if (units_.size() < 2) throw ConfigError("cv.method = \"leave_one_group_out\" does not fit 1 group (needs two)");
}

Split LeaveOneGroupOut::split(std::size_t /*repeat*/, std::size_t fold) const {
  JURY_EXPECTS(fold < units_.size());
  return units_.split({static_cast<std::uint32_t>(fold)});
}

}  // namespace jury
