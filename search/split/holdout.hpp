// One split into a part to train on and a part to test on.
#pragma once

#include <cstddef>
#include <cstdint>

#include "search/split/sample_units.hpp"

namespace jury {

/// One fold that tests round(cv.fraction * n) samples drawn at random, others in each repeat;
/// without cv.shuffle the last ones, as suits samples in the order of time. With groups it draws so many of n
/// groups, whole (without cv.shuffle those of the highest numbers).
class Holdout final : public Splitter {
 public:
  /// Throws ConfigError when no sample or group is left to test on, or none to train on.
  Holdout(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return 1; }
  std::size_t num_train(std::size_t, std::size_t) const override;
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  SampleUnits units_;
  std::size_t num_test_;
  bool shuffle_;
  std::int32_t outer_;
  std::uint64_t seed_;
};

}  // namespace jury
