// Predicted probabilities and variances that mean what they say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/ensemble/calibration_curves.hpp"
#include "models/metrics/truth.hpp"
#include "runtime/base/bytes.hpp"

namespace jury {

/// How predictions are calibrated. The numbers are part of the file format.
enum class Calibration : std::uint8_t { temperature = 0, sigmoid = 1, isotonic = 2 };

/// A fitted map from predictions to calibrated predictions. Only what its method uses is filled.
struct Calibrator {
  Calibration method = Calibration::temperature;
  Outcome outcome = Outcome::classes;
  std::size_t num_outputs = 0;
  double temperature = 1;                ///< of classes T; of values the factor of their variances
  std::vector<SigmoidCurve> sigmoids;    ///< one per class; with two classes that of class 1 alone
  std::vector<IsotonicCurve> isotonics;  ///< likewise

  /// Numbers of a row of the predictions it applies to: classes, or means and variances.
  std::size_t width() const noexcept { return outcome == Outcome::classes ? num_outputs : 2 * num_outputs; }

  /// Calibrated predictions, (rows, width) -> (rows, width). Rows that were not predicted stay as they are.
  /// Expects whole rows.
  std::vector<float> apply(Predictions predictions) const;

  void save(ByteWriter& writer) const;
  /// Throws DataError when the bytes are no calibrator.
  static Calibrator load(ByteReader& reader);
  bool operator==(const Calibrator&) const = default;
};

/// Throws ConfigError when there is no calibration of that name, or it does not suit predictions of such rows
/// (their outcome and kind; there need be none).
void check_calibration(std::string_view name, const Truth& truth);

/// Fits a calibrator to predictions of rows that the predicting model has not seen: out of fold, out
/// of bag, or held out. On rows it was trained on it learns that the model is sure of itself.
///
///   temperature  classes: p(c)^(1/T) / sum_k p(k)^(1/T), T in [0.01, 100] by least log loss (Guo et al. 2017);
///                the loss is convex in 1/T, whose derivative's root is bracketed (TOMS 748). The most probable
///                class stays the same in every row, to the last bit.
///                means and variances: all variances times one factor, the weighted mean of
///                (y - m)^2 / v, which maximises the normal likelihood; in [1e-12, 1e12]
///   sigmoid      log(p / (1 - p)) through a sigmoid (Platt 1999, see fit_sigmoid); slope 1 and offset 0 change
///                nothing
///   isotonic     p through a curve that never falls (Zadrozny and Elkan 2002, see fit_isotonic). Use it
///                with a thousand rows or more: it has as many freedoms as the data allow
///
/// sigmoid and isotonic with two classes fit class 1; with more, each class against the rest, divided by
/// their sum (Zadrozny and Elkan 2002). A row for which every curve says 0 keeps its prediction.
/// Probabilities are kept 1e-12 from 0 before a logarithm. Rows that were not predicted (NaN) and
/// rows of weight 0 are left out. O(rows * num_outputs) a step; isotonic sorts.
///
/// Throws ConfigError when there is no such method or it does not suit the predictions, DataError when no
/// row is left.
Calibrator fit_calibrator(std::string_view name, const Truth& truth, Predictions predictions);

/// Calibrated predictions of all rows, each from a calibrator fitted to the rows of all other folds: what such a
/// calibrated model scores on rows it has not seen, which its fit to all rows would overstate. `folds` is (rows):
/// rows of equal number are one fold. O(folds) fits.
///
/// Throws what fit_calibrator throws; DataError also when all predicted rows are of one fold.
std::vector<float> cross_fitted(std::string_view name, const Truth& truth, Predictions predictions,
                                std::span<const std::int32_t> folds);

}  // namespace jury
