// Curves from a score to the probability of one class.
#pragma once

#include <span>
#include <vector>

#include "runtime/base/bytes.hpp"

namespace jury {

/// A score of one row for one class, and whether the row is of it.
struct ScoredRow {
  double score = 0;
  double target = 0;  ///< 1 when the row is of the class, else 0
  double weight = 1;  ///< above 0
};

/// p(x) = 1 / (1 + exp(-(slope x + offset))).
struct SigmoidCurve {
  double slope = 1;
  double offset = 0;

  double at(double score) const noexcept;
  bool operator==(const SigmoidCurve&) const = default;
};

/// Platt 1999: maximum likelihood with the targets (n1 + 1) / (n1 + 2) for rows of the class and
/// 1 / (n0 + 2) for the others, n1 and n0 their numbers (weights scaled to mean 1 count as numbers), by the
/// damped Newton method of Lin, Lin, Weng 2007. The targets keep the curve finite where classes are
/// separable, and where one of them does not occur. Expects a row. O(rows) a step, about ten steps.
SigmoidCurve fit_sigmoid(std::span<const ScoredRow> rows);

/// A curve that never falls: straight between its knots, level beyond them.
struct IsotonicCurve {
  std::vector<double> scores;         ///< of the knots, ascending
  std::vector<double> probabilities;  ///< there, not descending, in [0, 1]

  /// Expects a knot.
  double at(double score) const noexcept;
  bool operator==(const IsotonicCurve&) const = default;
};

/// Pool adjacent violators (Ayer et al. 1955; for probabilities Zadrozny and Elkan 2002): of all curves
/// that never fall the one with the least weighted squared error, which is also the most likely one. Rows of
/// equal score are pooled first. The first and last score of each pool are knots, so each fitted
/// row keeps its pool's share and scores in between are interpolated: rows that differ little
/// get probabilities that differ little, which steps would not give. Expects a row. O(rows log rows).
IsotonicCurve fit_isotonic(std::vector<ScoredRow> rows);

void save(const SigmoidCurve& curve, ByteWriter& writer);
void save(const IsotonicCurve& curve, ByteWriter& writer);
/// Throw DataError when the bytes are no such curve.
SigmoidCurve load_sigmoid(ByteReader& reader);
IsotonicCurve load_isotonic(ByteReader& reader);

}  // namespace jury
