// Splitters that leave out every sample, every p of them, or every group in turn.
#pragma once

#include <cstddef>
#include <cstdint>

#include "search/split/sample_units.hpp"

namespace jury {

/// Fold i tests sample i. Nothing is random.
class LeaveOneOut final : public Splitter {
 public:
  /// Throws ConfigError for fewer than two samples and for more than one cv.repeats.
  LeaveOneOut(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return n_; }
  std::size_t fixed_repeats() const noexcept override { return 1; }
  std::size_t num_train(std::size_t, std::size_t) const override { return n_ - 1; }
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  std::size_t n_;
};

/// Tests every choice of cv.p of the samples, in lexicographic order. Test sets overlap, so each is a repeat of one
/// fold: a repeat predicts a sample at most once. Nothing is random.
class LeavePOut final : public Splitter {
 public:
  /// Choices that are not too many to be trained for.
  static constexpr std::size_t kMostSplits = 5000;

  /// Throws ConfigError unless cv.p < n, for more than kMostSplits choices and for more than one cv.repeats.
  LeavePOut(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return 1; }
  std::size_t fixed_repeats() const noexcept override { return num_splits_; }
  std::size_t num_train(std::size_t, std::size_t) const override { return n_ - p_; }
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  std::size_t n_;
  std::size_t p_;
  std::size_t num_splits_;
};

/// Fold g tests all samples of the g-th group, in the order of their numbers. Nothing is random.
class LeaveOneGroupOut final : public Splitter {
 public:
  /// Throws ConfigError when there are no groups, or only one, and for more than one cv.repeats.
  LeaveOneGroupOut(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return units_.size(); }
  std::size_t fixed_repeats() const noexcept override { return 1; }
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  SampleUnits units_;
};

}  // namespace jury
