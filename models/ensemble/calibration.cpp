#include "models/ensemble/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>

#include "models/ensemble/calibration_rows.hpp"
#include "models/ensemble/temperature.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

struct NamedCalibration {
  std::string_view name;
  Calibration method;
};
constexpr NamedCalibration kCalibrations[] = {
    {"temperature", Calibration::temperature}, {"sigmoid", Calibration::sigmoid}, {"isotonic", Calibration::isotonic}};

Calibration find_calibration(std::string_view name) {
  std::vector<std::string_view> known;
  for (const NamedCalibration& one : kCalibrations) {
    if (one.name == name) return one.method;
    known.push_back(one.name);
  }
  throw ConfigError("there is no calibration '" + std::string(name) + "'" + suggestion(name, known));
}

// What the curve of class c reads of a row: log-odds, or the probability.
double score_of(Calibration method, Predictions p, std::size_t c) noexcept {
  if (method == Calibration::isotonic) return static_cast<double>(p[c]);
  double rest = 0;  // more exact than 1 - p(c) in float32
  for (std::size_t k = 0; k < p.size(); ++k) rest += k == c ? 0 : static_cast<double>(p[k]);
  return clipped_log(static_cast<double>(p[c])) - clipped_log(rest);
}

void fit_curves(Calibrator& calibrator, const Truth& truth, Predictions predictions) {
  const std::size_t first = truth.num_outputs == 2 ? 1 : 0;
  for (std::size_t c = first; c < truth.num_outputs; ++c) {
    std::vector<ScoredRow> rows;
    for_each_counted_row(truth, predictions, [&](std::size_t row, Predictions p, double weight) {
      const bool is_class = static_cast<std::size_t>(truth.labels[row]) == c;
      rows.push_back({score_of(calibrator.method, p, c), is_class ? 1.0 : 0.0, weight});
    });
    if (calibrator.method == Calibration::sigmoid)
      calibrator.sigmoids.push_back(fit_sigmoid(rows));
    else
      calibrator.isotonics.push_back(fit_isotonic(std::move(rows)));
  }
}

void apply_curves(const Calibrator& calibrator, std::span<float> p) {
  const auto at = [&](std::size_t curve, std::size_t c) {
    const double score = score_of(calibrator.method, p, c);
    return calibrator.method == Calibration::sigmoid ? calibrator.sigmoids[curve].at(score)
                                                     : calibrator.isotonics[curve].at(score);
  };
  if (p.size() == 2) {
    const double one = at(0, 1);
    p[0] = static_cast<float>(1 - one);
    p[1] = static_cast<float>(one);
    return;
  }
  std::vector<double> values(p.size());
  double sum = 0;
  for (std::size_t c = 0; c < p.size(); ++c) sum += values[c] = at(c, c);
  if (!(sum > 0)) return;
  for (std::size_t c = 0; c < p.size(); ++c) p[c] = static_cast<float>(values[c] / sum);
}

}  // namespace

void check_calibration(std::string_view name, const Truth& truth) {
  const Calibration method = find_calibration(name);
  if (truth.outcome == Outcome::classes) return;
  if (method != Calibration::temperature)
    throw ConfigError("calibration '" + std::string(name) + "' does not suit regression (it maps probabilities of " +
                      "classes) use temperature with model.output = \"mean_variance\"");
  if (truth.kind != ValueKind::means_and_variances)
    throw ConfigError("calibration 'temperature' needs predicted variances (the model predicts values alone) use " +
                      std::string("model.output = \"mean_variance\""));
}

void Calibrator::save(ByteWriter& writer) const {
  writer.add(method).add(outcome == Outcome::values).add(std::uint64_t{num_outputs}).add(temperature);
  for (const SigmoidCurve& curve : sigmoids) jury::save(curve, writer);
  for (const IsotonicCurve& curve : isotonics) jury::save(curve, writer);
}

Calibrator Calibrator::load(ByteReader& reader) {
  Calibrator calibrator;
  calibrator.method = reader.read<Calibration>();
  const auto of_values = reader.read<std::uint8_t>();
  const auto num_outputs = reader.read<std::uint64_t>();
  calibrator.temperature = reader.read<double>();
  if (calibrator.method > Calibration::isotonic || of_values > 1 || num_outputs == 0 ||
      num_outputs > std::numeric_limits<std::uint32_t>::max() || !(calibrator.temperature > 0) ||
      !std::isfinite(calibrator.temperature) || (of_values == 1 && calibrator.method != Calibration::temperature))
    throw DataError("calibrator is damaged (no such method, or no temperature above 0)");
  calibrator.outcome = of_values == 1 ? Outcome::values : Outcome::classes;
  calibrator.num_outputs = static_cast<std::size_t>(num_outputs);
  const std::size_t curves = num_outputs == 2 ? 1 : calibrator.num_outputs;
  for (std::size_t c = 0; c < curves && calibrator.method == Calibration::sigmoid; ++c)
    calibrator.sigmoids.push_back(load_sigmoid(reader));
  for (std::size_t c = 0; c < curves && calibrator.method == Calibration::isotonic; ++c)
    calibrator.isotonics.push_back(load_isotonic(reader));
  return calibrator;
}

Calibrator fit_calibrator(std::string_view name, const Truth& truth, Predictions predictions) {
  check_calibration(name, truth);
  Calibrator calibrator;
  calibrator.method = find_calibration(name);
  calibrator.outcome = truth.outcome;
  calibrator.num_outputs = truth.num_outputs;
  JURY_EXPECTS(predictions.size() == truth.num_rows() * truth.width());
  std::size_t rows = 0;
  for_each_counted_row(truth, predictions, [&](std::size_t, Predictions, double) { ++rows; });
  if (rows == 0)
    throw DataError("no row to fit calibration '" + std::string(name) +
                    "' to (each is without a prediction that its model has not seen) use more folds or members");
  if (calibrator.method != Calibration::temperature)
    fit_curves(calibrator, truth, predictions);
  else
    calibrator.temperature = truth.outcome == Outcome::classes ? fit_temperature(truth, predictions)
                                                               : fit_variance_factor(truth, predictions);
  return calibrator;
}

std::vector<float> Calibrator::apply(Predictions predictions) const {
  JURY_EXPECTS(num_outputs > 0 && predictions.size() % width() == 0);
  std::vector<float> result(predictions.begin(), predictions.end());
  for (std::size_t begin = 0; begin < result.size(); begin += width()) {
    const std::span<float> row(result.data() + begin, width());
    if (!is_predicted(row)) continue;
    if (outcome == Outcome::values)
      for (float& variance : row.subspan(num_outputs))
        variance = static_cast<float>(static_cast<double>(variance) * temperature);
    else if (method == Calibration::temperature)
      apply_temperature(temperature, row);
    else
      apply_curves(*this, row);
  }
  return result;
}

std::vector<float> cross_fitted(std::string_view name, const Truth& truth, Predictions predictions,
                                std::span<const std::int32_t> folds) {
  JURY_EXPECTS(folds.size() == truth.num_rows() && predictions.size() == truth.num_rows() * truth.width());
  std::vector<float> result(predictions.begin(), predictions.end());
  const std::size_t width = truth.width();
  std::set<std::int32_t> predicted;
  for (std::size_t row = 0; row < folds.size(); ++row)
    if (is_predicted(row_of(predictions, row, width))) predicted.insert(folds[row]);
  for (const std::int32_t fold : predicted) {
    std::vector<float> others(predictions.begin(), predictions.end());
    for (std::size_t row = 0; row < folds.size(); ++row)
      if (folds[row] == fold) std::fill_n(others.data() + row * width, width, std::numeric_limits<float>::quiet_NaN());
    const Calibrator calibrator = fit_calibrator(name, truth, others);
    for (std::size_t row = 0; row < folds.size(); ++row)
      if (folds[row] == fold)
        std::ranges::copy(calibrator.apply(row_of(predictions, row, width)), result.data() + row * width);
  }
  return result;
}

}  // namespace jury
