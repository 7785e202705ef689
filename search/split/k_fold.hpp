// K-fold cross-validation: every sample is tested once per repeat.
#pragma once

#include <cstddef>
#include <cstdint>

#include "search/split/splitter.hpp"

namespace jury {

/// Permutes n samples once per repeat and cuts the permutation into k runs: run f is fold f's test
/// set. Without cv.shuffle the samples stay in order. Test sets are disjoint and cover [0, n); the
/// first n mod k hold one sample more.
class KFold final : public Splitter {
 public:
  /// Throws ConfigError unless 2 <= options.folds <= input.n.
  KFold(const CvOptions& options, const SplitInput& input, std::uint64_t seed);

  std::size_t num_folds() const noexcept override { return folds_; }
  std::size_t num_train(std::size_t, std::size_t) const override { return n_ - n_ / folds_; }
  Split split(std::size_t repeat, std::size_t fold) const override;

 private:
  std::size_t n_;
  std::size_t folds_;
  bool shuffle_;
  std::int32_t outer_;
  std::uint64_t seed_;
};

}  // namespace jury
