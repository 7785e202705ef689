#include "models/ensemble/reliability.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr std::size_t kBins = 15;

}  // namespace

std::vector<CalibrationBin> reliability(const Truth& truth, Predictions probabilities) {
  JURY_EXPECTS(truth.outcome == Outcome::classes);
  JURY_EXPECTS(probabilities.size() == truth.num_rows() * truth.num_outputs);
  std::vector<CalibrationBin> bins(kBins);
  for (std::size_t row = 0; row < truth.num_rows(); ++row) {
    const Predictions p = row_of(probabilities, row, truth.num_outputs);
    if (!is_predicted(p)) continue;
    const std::int32_t label = predicted_label(p);
    const auto confidence = static_cast<double>(p[static_cast<std::size_t>(label)]);
    const double place = std::clamp(std::ceil(confidence * kBins) - 1, 0.0, kBins - 1.0);
    CalibrationBin& bin = bins[static_cast<std::size_t>(place)];
    ++bin.count;
    bin.weight += truth.weight(row);
    bin.mean_confidence += truth.weight(row) * confidence;
    if (label == truth.labels[row]) bin.accuracy += truth.weight(row);
  }
  for (std::size_t b = 0; b < kBins; ++b) {
    CalibrationBin& bin = bins[b];
    bin.low = static_cast<double>(b) / kBins;
    bin.high = static_cast<double>(b + 1) / kBins;
    const double share = bin.weight > 0 ? 1 / bin.weight : std::numeric_limits<double>::quiet_NaN();
    bin.mean_confidence *= share;
    bin.accuracy *= share;
  }
  return bins;
}

}  // namespace jury
