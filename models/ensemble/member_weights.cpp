#include "models/ensemble/member_weights.hpp"

#include <algorithm>
#include <cmath>

#include "models/ensemble/weighted_combination.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// Odds this near to those of chance are rounding: a weight of 1e-16 would still decide alone.
constexpr double kChance = 1e-9;

bool is_known(const HeldOutScore& member) { return member.num_rows > 0 && std::isfinite(member.score); }

double log_odds(const HeldOutScore& member, std::size_t num_classes) {
  JURY_EXPECTS(member.score >= 0 && member.score <= 1);
  if (num_classes == 1) return 0;
  const auto rows = static_cast<double>(member.num_rows), classes = static_cast<double>(num_classes);
  const double right = rows * member.score + 1;
  const double wrong = rows * (1 - member.score) + classes - 1;
  const double odds = right * (classes - 1) / wrong;
  return odds > 1 + kChance ? std::log(odds) : 0;
}

double pooled_error(std::span<const HeldOutScore> scores) {
  double sum = 0, rows = 0;
  for (const HeldOutScore& member : scores) {
    if (!is_known(member)) continue;
    JURY_EXPECTS(member.score >= 0);
    sum += static_cast<double>(member.num_rows) * member.score;
    rows += static_cast<double>(member.num_rows);
  }
  return rows > 0 ? sum / rows : 0;
}

double inverse_error(const HeldOutScore& member, double pooled) {
  const auto rows = static_cast<double>(member.num_rows);
  return pooled > 0 ? pooled * (rows + 1) / (rows * member.score + pooled) : 0;
}

}  // namespace

std::vector<double> weights_from_scores(Outcome outcome, std::span<const HeldOutScore> scores,
                                        std::size_t num_classes) {
  const bool classes = outcome == Outcome::classes;
  JURY_EXPECTS(!classes || num_classes >= 1);
  const double pooled = classes ? 0 : pooled_error(scores);
  std::vector<double> weights;
  for (const HeldOutScore& member : scores) {
    weights.push_back(0);
    if (is_known(member)) weights.back() = classes ? log_odds(member, num_classes) : inverse_error(member, pooled);
  }
  if (std::ranges::any_of(weights, takes_part)) return weights;
  const bool none_known = std::ranges::none_of(scores, is_known);
  for (std::size_t m = 0; m < weights.size(); ++m) weights[m] = none_known || is_known(scores[m]) ? 1 : 0;
  return weights;
}

}  // namespace jury
