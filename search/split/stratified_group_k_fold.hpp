// K-fold cross-validation that keeps groups whole and, as far as they allow, the share of each class.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "search/split/sample_units.hpp"

namespace jury {

/// Every group is tested once per repeat, all of it in one fold. Groups come in the order of the standard deviation of
/// their class counts, the largest first, ties in random order, others in each repeat (without cv.shuffle by their
/// numbers). Each goes to the fold after which the shares s_fc of the classes c that the folds f hold differ least: the
/// mean over classes of the standard deviation of s_fc over folds; ties to the fold with the fewest samples, then the
/// lowest. (As scikit-learn's StratifiedGroupKFold.) No fold stays empty: when as many groups are left as folds are
/// empty, these get them.
///
/// Values are stratified by their bins (strata_of()). A class may miss in a fold: it may be in one group only.
class StratifiedGroupKFold final : public Splitter {
 public:
  /// Throws ConfigError when there are no groups, or fewer than cv.folds, or nothing to stratify by.
  StratifiedGroupKFold(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return folds_; }
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  std::vector<std::uint32_t> order(std::size_t repeat) const;

  SampleUnits units_;
  std::size_t folds_;
  std::size_t num_classes_;
  std::vector<double> counts_;  // (groups, classes)
  std::vector<double> totals_;  // (classes)
  bool shuffle_;
  std::int32_t outer_;
  std::uint64_t seed_;
};

}  // namespace jury
