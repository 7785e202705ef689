// Splits drawn at random one by one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "search/split/holdout.hpp"

namespace jury {

/// cv.folds times cv.repeats splits, each as Holdout draws it (Monte Carlo cross-validation, Picard and Cook 1984).
/// Test sets overlap, so each split is a repeat of one fold: a repeat predicts a sample at most once. Split r is that
/// of the repeat r of holdout, so more of them leave the first ones as they were.
class ShuffleSplit final : public Splitter {
 public:
  /// Throws ConfigError without cv.shuffle, and as Holdout does.
  ShuffleSplit(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return 1; }
  std::size_t fixed_repeats() const noexcept override { return num_splits_; }
  std::size_t num_train(std::size_t repeat, std::size_t fold) const override { return one_.num_train(repeat, fold); }
  Split split(std::size_t repeat, std::size_t fold) const override { return one_.split(repeat, fold); }

 private:
  Holdout one_;
  std::size_t num_splits_;
};

/// The same, and both parts keep the share of each class: of the n_c samples of class c between floor(f n_c) and ceil(f
/// n_c) are tested, f = cv.fraction, so that the counts add up to round(f n); but at least one, and not all. Values are
/// stratified by their bins (strata_of()). Groups are not kept whole.
class StratifiedShuffleSplit final : public Splitter {
 public:
  /// Throws ConfigError without cv.shuffle, when there is nothing to stratify by, for a class of a single sample
  /// (naming it), and when no sample is left to test on or to train on.
  StratifiedShuffleSplit(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return 1; }
  std::size_t fixed_repeats() const noexcept override { return num_splits_; }
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  std::size_t n_;
  std::size_t num_splits_;
  std::int32_t outer_;
  std::uint64_t seed_;
  std::vector<std::vector<SampleIndex>> samples_;  // of each stratum, ascending
  std::vector<std::size_t> num_tested_;            // of each stratum
};

}  // namespace jury
