// K-fold cross-validation whose folds keep the share of each class.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "search/split/splitter.hpp"

namespace jury {

/// The samples, sorted by class, are dealt to the k folds like cards: position p of that order counts
/// for fold p mod k. A class is a run of positions, so its test counts differ by at most one between
/// folds; and so do the sizes of the folds, since all samples are one run. (scikit-learn allocates
/// the same way.) Which samples of a class fill its counts is drawn anew for each repeat; without
/// cv.shuffle they are taken in order, so that fold 0 tests the first of each class. Values are stratified by the bins
/// of their quantiles (strata_of()).
class StratifiedKFold final : public Splitter {
 public:
  /// Expects labels of at least 0. Throws ConfigError when there is nothing to stratify by, when a class that
  /// occurs has fewer samples than there are folds (naming it), and as KFold does.
  StratifiedKFold(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return folds_; }
  std::size_t num_train(std::size_t, std::size_t) const override { return n_ - n_ / folds_; }
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  std::size_t n_;
  std::size_t folds_;
  bool shuffle_;
  std::int32_t outer_;
  std::uint64_t seed_;
  std::vector<std::vector<SampleIndex>> samples_;  // of each class or bin, ascending
};

}  // namespace jury
