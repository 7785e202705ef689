// The table of ways to join members' predictions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/metrics/truth.hpp"

namespace jury {

class Combiner;

/// What a rule has to keep of the members it was given.
enum class CombineMemory : std::uint8_t {
  moments,           ///< running means and votes: Combination
  weighted_moments,  ///< the same under weights: WeightedCombination
  logarithms,        ///< running logarithms: LogPool
  last,              ///< the last member's predictions
  members,           ///< every member's predictions
};

/// One line of the table. The name is the same in TOML, HDF5, CSV, report and code.
struct CombineRule {
  std::string_view name;
  std::string_view summary;
  bool for_classes;
  bool for_values;
  bool weighted;  ///< reads the members' weights
  CombineMemory memory;
  std::vector<float> (*compute)(const Combiner&);

  bool applies_to(Outcome outcome) const noexcept { return outcome == Outcome::classes ? for_classes : for_values; }
  /// True when its memory does not depend on the number of members.
  bool streams() const noexcept { return memory != CombineMemory::members; }
};

/// Every rule there is. f are predictions, w weights, m members that predicted the row:
///
///   mean            sum f / m
///   vote            share of members whose most probable class this is (plurality); classes
///   median          class by class or target by target, renormalised: median()
///   weighted_mean   sum w f / sum w: WeightedCombination
///   weighted_vote   summed weights of a class's voters over those of all; classes
///   weighted_median of AdaBoost.R2 (Drucker 1997); values: weighted_median()
///   trimmed_mean    mean without `trim` of the members at either end: trimmed_mean()
///   geometric_mean  normalised geometric mean of the probabilities; classes: LogPool
///   sum             that of gradient boosting, whose member m predicts the sum of the rounds up to m: the last
///                   member with a weight above 0
///
/// Means and variances become those of the mixture. Labels of all of them, and their ties: labels_of().
std::span<const CombineRule> combine_rules() noexcept;

/// The rule called `name`. Throws ConfigError with the nearest known name when there is none.
const CombineRule& find_combine_rule(std::string_view name);

/// The rules to compute: those named that apply, in that order and each once; with no names mean and
/// vote. The first is the reported one, so it has to apply. Throws ConfigError when it does not or a
/// name is unknown.
std::vector<const CombineRule*> choose_combine_rules(Outcome outcome, std::span<const std::string> names);

}  // namespace jury
