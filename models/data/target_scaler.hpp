// Standardised regression targets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/data/fitted.hpp"

namespace jury {

/// Mean and (population) standard deviation of each target; a constant target has deviation 1.
struct TargetScaler {
  std::vector<double> mean;
  std::vector<double> deviation;

  std::size_t num_targets() const noexcept { return mean.size(); }
  double scaled(double value, std::size_t target) const noexcept { return (value - mean[target]) / deviation[target]; }
  double original(double value, std::size_t target) const noexcept { return value * deviation[target] + mean[target]; }
  void save(ByteWriter& writer) const;
  /// Throws DataError when the bytes are no scaler.
  static TargetScaler load(ByteReader& reader);
  bool operator==(const TargetScaler&) const = default;
};

/// Fits on the rows, repeats counting as often as they stand there. Expects a regression dataset and
/// at least one row.
Fitted<TargetScaler> fit_target_scaler(const Dataset& dataset, std::span<const std::uint32_t> rows);

/// The same of values that are not the dataset's: targets (all rows, num_targets), of which `rows` are read.
/// Expects at least one.
TargetScaler target_scaler_of(std::span<const double> targets, std::size_t num_targets,
                              std::span<const std::uint32_t> rows);

}  // namespace jury
