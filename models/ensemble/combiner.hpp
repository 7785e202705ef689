// Members' predictions joined in several ways at once.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "models/ensemble/combine.hpp"
#include "models/ensemble/combine_rules.hpp"
#include "models/ensemble/log_pool.hpp"
#include "models/ensemble/weighted_combination.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

struct CombinerOptions {
  double trim = 0.1;  ///< share of the members left out at either end (trimmed_mean), in [0, 0.5)
};

/// What a set of rules needs of the members, as they are added in member order; every rule can be read
/// after every member. When all rules stream, memory does not depend on the number of members; otherwise
/// every member's predictions are kept, once.
///
/// The unweighted running combination is always there: plain() has counts, deviations and labels.
class Combiner {
 public:
  /// Expects rules that apply to the shape's outcome; there may be none.
  Combiner(const CombinationShape& shape, std::span<const CombineRule* const> rules,
           const CombinerOptions& options = {});

  /// Adds one member's predictions, (num_rows, width), and its weights in weighted rules (see takes_part()):
  /// (num_rows), or a single one for all rows. Expects those sizes and weights that are not +infinity.
  void add(Predictions member, std::span<const double> weights);
  void add(Predictions member, double weight = 1) { add(member, std::span(&weight, 1)); }

  /// (num_rows, width) predictions of the members so far, joined by `rule`: see combine_rules(). Votes
  /// give shares. NaN where no member that takes part predicted. Expects one of the rules given.
  std::vector<float> combined(const CombineRule& rule) const;

  const CombinerOptions& options() const noexcept { return options_; }
  std::span<const CombineRule* const> rules() const noexcept { return rules_; }
  const Combination& plain() const noexcept { return plain_; }
  /// Expects a rule of weighted moments.
  const WeightedCombination& weighted() const;
  /// Expects a rule of logarithms.
  const LogPool& log_pool() const;
  /// (num_rows, width) of each row the last member with a weight above 0; NaN before there is one.
  const std::vector<float>& last() const noexcept { return last_; }
  /// (members, num_rows, width) and (members, num_rows). Empty when all rules stream.
  Predictions members() const noexcept { return members_; }
  std::span<const double> weights() const noexcept { return weights_; }

 private:
  CombinerOptions options_;
  std::vector<const CombineRule*> rules_;
  bool keeps_members_;
  Combination plain_;
  std::optional<WeightedCombination> weighted_;
  std::optional<LogPool> log_pool_;
  std::vector<float> last_;
  std::vector<float> members_;
  std::vector<double> weights_;
};

}  // namespace jury
