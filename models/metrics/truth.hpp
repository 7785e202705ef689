// What is known of the rows that are scored, and how predictions of them are laid out.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace jury {

/// What is predicted of a row: one of several classes, or one or more real values.
enum class Outcome { classes, values };

/// Predictions of one model: (rows, num_outputs), row after row. Probabilities of the classes, or
/// values of the targets. A row with a NaN in it was not predicted and is left out by every score.
using Predictions = std::span<const float>;

/// The truth of the rows that are scored. Only spans: what they show must outlive it.
struct Truth {
  Outcome outcome = Outcome::classes;
  std::size_t num_outputs = 0;                ///< number of classes or of targets, at least 1
  std::span<const std::int32_t> labels = {};  ///< (rows), in [0, num_outputs); with Outcome::classes
  std::span<const double> values = {};        ///< (rows, num_outputs); with Outcome::values
  std::span<const float> weights = {};        ///< (rows), not negative; empty: each row weighs 1

  std::size_t num_rows() const noexcept {
    return outcome == Outcome::classes ? labels.size() : values.size() / num_outputs;
  }
  double weight(std::size_t row) const noexcept {
    return weights.empty() ? 1.0 : static_cast<double>(weights[row]);
  }
};

/// The predictions of one row.
inline Predictions row_of(Predictions predictions, std::size_t row, std::size_t num_outputs) noexcept {
  return predictions.subspan(row * num_outputs, num_outputs);
}

/// False when the row holds a NaN: nobody predicted it.
inline bool is_predicted(Predictions row) noexcept {
  for (const float value : row)
    if (std::isnan(value)) return false;
  return true;
}

/// The class with the largest probability; ties go to the lowest class. Expects a predicted row.
inline std::int32_t predicted_label(Predictions row) noexcept {
  std::size_t best = 0;
  for (std::size_t c = 1; c < row.size(); ++c)
    if (row[c] > row[best]) best = c;
  return static_cast<std::int32_t>(best);
}

/// Probabilities are kept at least this far from 0 before a logarithm, then renormalised to sum 1.
inline constexpr double kSmallestProbability = 1e-12;

}  // namespace jury
