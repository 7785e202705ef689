// Training sets drawn with replacement, tested on what they leave out.
#pragma once

#include <cstddef>
#include <cstdint>

#include "search/split/sample_units.hpp"

namespace jury {

/// cv.folds times cv.repeats bootstrap samples (Efron 1979): each trains on n draws with replacement from n samples,
/// repeats kept, and tests the samples that were not drawn, 36.8 % of many. With groups whole groups are drawn, as many
/// as there are. A draw that leaves nothing out is drawn again. Test sets overlap, so each split is a repeat of one
/// fold: a repeat predicts a sample at most once.
///
/// What is made of the errors is another matter: bootstrap_632 (Efron 1983), 632plus (Efron and Tibshirani 1997).
class BootstrapSplit final : public Splitter {
 public:
  /// Throws ConfigError without cv.shuffle, and for fewer than two samples or groups.
  BootstrapSplit(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return 1; }
  std::size_t fixed_repeats() const noexcept override { return num_splits_; }
  std::size_t num_train(std::size_t repeat, std::size_t fold) const override;
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  SampleUnits units_;
  std::size_t num_splits_;
  std::int32_t outer_;
  std::uint64_t seed_;
};

}  // namespace jury
