// Splits that come with the data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "search/split/splitter.hpp"

namespace jury {

/// The folds of a column (SplitInput::fold) or the splits of index files (SplitInput::given).
///
/// The values of a column are the folds of one repeat: fold f tests the samples of number f and trains
/// on all others, those of -1 included. Each split of index files is a repeat of one fold, since their
/// test sets may overlap (Hernandez-Lobato and Adams 2015 publish twenty such splits): so every repeat
/// predicts a sample at most once. Nothing is random; seed and outer fold have no influence.
class Predefined final : public Splitter {
 public:
  /// Throws ConfigError when there is neither a column nor a split, when a fold has nothing to train
  /// on, and for more than one cv.repeats.
  Predefined(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return given_.empty() ? folds_ : 1; }
  std::size_t fixed_repeats() const noexcept override { return given_.empty() ? 1 : given_.size(); }
  std::size_t num_train(std::size_t repeat, std::size_t fold) const override;
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  std::vector<std::int32_t> fold_;       // of each sample, or empty
  std::vector<std::size_t> num_tested_;  // of each fold
  std::size_t folds_ = 0;
  std::vector<Split> given_;
};

}  // namespace jury
