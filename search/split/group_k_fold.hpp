// K-fold cross-validation that keeps groups whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "search/split/sample_units.hpp"

namespace jury {

/// Every group is tested once per repeat, all of it in one fold. Groups are taken in random order, others in each
/// repeat, and each goes to the fold that has the fewest samples so far (ties: the lowest); without cv.shuffle the
/// largest groups come first, which makes the most equal folds (as scikit-learn's GroupKFold). The sizes of two folds
/// differ by at most the largest group.
class GroupKFold final : public Splitter {
 public:
  /// Throws ConfigError when there are no groups, or fewer than cv.folds.
  GroupKFold(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return folds_; }
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  SampleUnits units_;
  std::vector<std::size_t> sizes_;  // of the groups
  std::size_t folds_;
  bool shuffle_;
  std::int32_t outer_;
  std::uint64_t seed_;
};

}  // namespace jury
