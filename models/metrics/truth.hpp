// What is known of the rows that are scored, and how predictions of them are laid out.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace jury {

/// What is predicted of a row: one of several classes, or one or more real values.
enum class Outcome { classes, values };

/// What predictions of values are. Some scores need to know; the others take them as values.
enum class ValueKind : std::uint8_t {
  values,               ///< of the targets
  means_and_variances,  ///< of each target a mean; after all means the variances, in the targets' units squared
  rates,                ///< expected counts, above 0
  probabilities,        ///< that a target is 1, in [0, 1]
  quantiles,            ///< of the targets, at Truth::quantile
};

/// Numbers a row of predictions has for `num_outputs` classes or targets.
constexpr std::size_t prediction_width(ValueKind kind, std::size_t num_outputs) noexcept {
  return kind == ValueKind::means_and_variances ? 2 * num_outputs : num_outputs;
}

/// Predictions of one model: (rows, width), row after row. Probabilities of the classes, or values of
/// the targets as ValueKind says; values come first. A row with a NaN in it was not predicted and is
/// left out by every score.
using Predictions = std::span<const float>;

/// The truth of the rows that are scored. Only spans: what they show must outlive it.
struct Truth {
  Outcome outcome = Outcome::classes;
  std::size_t num_outputs = 0;                ///< number of classes or of targets, at least 1
  std::span<const std::int32_t> labels = {};  ///< (rows), in [0, num_outputs); with Outcome::classes
  std::span<const double> values = {};        ///< (rows, num_outputs); with Outcome::values
  std::span<const float> weights = {};        ///< (rows), not negative; empty: each row weighs 1
  ValueKind kind = ValueKind::values;         ///< what its predictions are; with Outcome::values
  double quantile = 0.5;                      ///< with ValueKind::quantiles

  std::size_t width() const noexcept { return prediction_width(kind, num_outputs); }  ///< of a row of predictions
  std::size_t num_rows() const noexcept {
    return outcome == Outcome::classes ? labels.size() : values.size() / num_outputs;
  }
  double weight(std::size_t row) const noexcept { return weights.empty() ? 1.0 : static_cast<double>(weights[row]); }
};

/// The predictions of one row.
inline Predictions row_of(Predictions predictions, std::size_t row, std::size_t width) noexcept {
  return predictions.subspan(row * width, width);
}

/// False when the row holds a NaN: nobody predicted it.
inline bool is_predicted(Predictions row) noexcept {
  bool is_number = true;  // of all of them: without a branch for each
  for (const float value : row) is_number &= !std::isnan(value);
  return is_number;
}

/// The class with the largest probability; ties go to the lowest class. Expects a predicted row.
inline std::int32_t predicted_label(Predictions row) noexcept {
  std::size_t best = 0;
  float top = row[0];
  for (std::size_t c = 1; c < row.size(); ++c) {  // without branches, which nothing could foretell
    const bool is_better = row[c] > top;
    best = is_better ? c : best;
    top = is_better ? row[c] : top;
  }
  return static_cast<std::int32_t>(best);
}

/// Probabilities are kept at least this far from 0 before a logarithm, then renormalised to sum 1.
inline constexpr double kSmallestProbability = 1e-12;

}  // namespace jury
