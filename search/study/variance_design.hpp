// What varies between the replicates of a bias-variance study.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "search/study/experiment.hpp"

namespace jury {

/// Replicates that differ in everything that is random, or a full crossing of the levels of some sources.
///
/// With sources = ["data"], the default, each of the `replicates` is another training set, and all
/// that is random in the training with it: the total variance. Any other list is crossed: every
/// combination of `levels` levels of each source is one replicate, and what is not named stands still.
/// The last source changes fastest: of S sources, source i has level b / levels^(S - 1 - i) mod levels in replicate b.
class VarianceDesign {
 public:
  explicit VarianceDesign(const BiasVarianceOptions& options) : options_(options) {}

  bool is_crossed() const noexcept { return options_.sources != std::vector<std::string>{"data"}; }
  /// Whether the source is one of a crossed design.
  bool varies(std::string_view source) const noexcept;
  std::int32_t levels() const noexcept { return options_.levels; }
  std::int32_t num_replicates() const noexcept;
  /// What a stream of this source depends on in replicate b: b itself where nothing is crossed, the level of
  /// the source, or 0 where it stands still.
  std::int32_t level(std::int32_t replicate, std::string_view source) const noexcept;
  /// Share of the training rows that the fold leaves, where it varies.
  double kept_share() const noexcept { return varies("fold") ? 1.0 - 1.0 / levels() : 1.0; }

 private:
  const BiasVarianceOptions& options_;
};

}  // namespace jury
