// When another member would no longer change the answer: members = "auto".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/ensemble/anytime.hpp"
#include "models/ensemble/combine.hpp"
#include "models/metrics/truth.hpp"

namespace jury {

/// Whose label is to be that of endless members, with classes: the vote's or the mean probabilities'.
enum class LabelRule { vote, mean };

struct EnoughOptions {
  double tolerance = 0.01;  ///< in (0, 1]
  LabelRule label = LabelRule::vote;
  std::vector<double> deviations = {};  ///< (num_outputs) of the targets, above 0; with Outcome::values
};

/// Says after each member whether there are enough of them. Members are draws of one random experiment given the
/// data, so the votes for a row are independent and equally distributed, and so are the probabilities and values. The
/// rule may be asked after every member without losing its guarantee; it depends on members and their order alone.
///
/// Classes. A row is decided, once and for all, for the class that leads every rival with evidence (K - 1) / alpha,
/// alpha = tolerance / 2: of votes log_evidence_of_lead, of mean probabilities log_evidence_of_mean. A wrong label
/// must beat the right one among the K - 1 wrong ones, so a row is ever decided wrongly with probability at most
/// alpha. A row counts as undecided also while another class than the one it was decided for leads. There are enough
/// members, at least 2, when the share of undecided rows is at most tolerance / 2. So the expected share of rows
/// whose label differs from that of endless members is at most the tolerance. Rows that endless members leave tied
/// are never decided but by chance.
///
/// Values. Enough when the root mean square over rows and targets of mean_half_width / deviation of the target is at
/// most the tolerance; each row needs 5 members. The root mean square error of the mean, in deviations, is then about
/// as sure to be within the tolerance as that sequence is.
///
/// A member that did not predict a row (NaN) does not count for it. Give only rows that some member can
/// predict: a row without members is undecided.
class EnoughMembers {
 public:
  /// Expects rows and outputs, 0 < tolerance <= 1, and with values a deviation above 0 for each.
  EnoughMembers(const CombinationShape& shape, const EnoughOptions& options);

  /// Adds one member's predictions, (num_rows, width), in member order. O(num_rows * num_outputs).
  void add(Predictions member);

  bool enough() const;
  std::size_t num_members() const noexcept { return num_members_; }

  /// What limit() is compared with: the share of undecided rows, or the half-width in deviations.
  double gap() const;
  double limit() const noexcept { return values() ? tolerance_ : tolerance_ / 2; }

  /// (num_rows) the class each row was decided for, or -1. Empty with Outcome::values.
  std::span<const std::int32_t> decided() const noexcept { return decided_; }

 private:
  bool values() const noexcept { return shape_.outcome == Outcome::values; }
  void add_classes(std::size_t row, Predictions p);
  void add_values(std::size_t row, Predictions f);
  std::size_t leader(std::size_t row) const noexcept;
  bool leads(std::size_t row, std::size_t leader);
  double undecided_share() const;
  double half_width() const;

  CombinationShape shape_;
  double tolerance_;
  LabelRule label_;
  std::vector<double> deviations_;
  double log_threshold_ = 0;  // of the evidence against each rival
  DecidingVotes deciding_;
  std::size_t num_members_ = 0;
  std::vector<std::int32_t> counts_;
  std::vector<double> sums_;  // (num_rows, num_outputs) votes, or of probabilities; of values their means
  std::vector<double>
      spread_;  // likewise squared errors of guesses made before; of values squared deviations from the mean
  std::vector<std::int32_t> decided_;
};

}  // namespace jury
