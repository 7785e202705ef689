// Cross-validation that trains on the past and tests on what comes next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "search/split/splitter.hpp"

namespace jury {

/// The samples in the order of their times, cut into *moments*: the samples of one time, or, with groups, the groups in
/// the order of their first samples. Without times a sample's time is its position. Of m moments the last k s are
/// tested, k = cv.folds, s = cv.test_size or, where that is 0, floor(m / (k + 1)), by each fold the next s of them. A
/// fold that tests from moment t on trains on the moments before t - cv.gap: all of them (an expanding window), or the
/// last cv.window of them (a sliding one). With a moment to a sample these are the folds of scikit-learn's
/// TimeSeriesSplit (Bergmeir and Benitez 2012 on such schemes).
///
/// Whatever is trained on is earlier than all that is left for the gap or tested: samples of a trained group that are
/// not, are in neither part. So no group is in both parts either. The first moments are never tested. Nothing is
/// random; cv.shuffle has no influence.
class TimeSeries final : public Splitter {
 public:
  /// Throws ConfigError when the moments do not suffice for the folds, when a fold has nothing to train on, and for
  /// more than one cv.repeats.
  TimeSeries(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return folds_; }
  std::size_t fixed_repeats() const noexcept override { return 1; }
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  std::size_t folds_, gap_, window_, test_size_ = 0;
  std::vector<std::uint32_t> moment_of_;   // (n)
  std::vector<std::uint32_t> rank_of_;     // (n) of the sample's time among the different times
  std::vector<std::uint32_t> first_rank_;  // (moments) of their first samples
};

}  // namespace jury
