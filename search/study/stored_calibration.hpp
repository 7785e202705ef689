// What a run fitted to predictions of rows that its members had not seen, read back for new rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/ensemble/calibration.hpp"
#include "models/ensemble/combine.hpp"
#include "runtime/base/bytes.hpp"
#include "search/study/run_results.hpp"
#include "search/study/study_conformal.hpp"

namespace jury {

/// What intervals or sets of new rows are made by.
struct StoredConformal {
  ConformalChoice choice;
  double coverage = 0;                  ///< asked: 1 - alpha
  std::vector<double> thresholds = {};  ///< of split: one with classes, one for each target with values
  std::vector<double> residuals = {};   ///< of jackknife_plus: (training rows, targets), see JackknifePlus
  std::vector<std::uint16_t> bag_counts =
      {};  ///< of jackknife_plus: (members, training rows), how often each drew each row
};

/// Of /calibration and /conformal; nothing where the run did not ask for it, or could not fit it.
struct StoredCalibration {
  std::optional<Calibrator> calibrator = {};
  std::optional<StoredConformal> conformal = {};

  void save(ByteWriter& writer) const;
  /// Throws DataError.
  static StoredCalibration load(ByteReader& reader);
};

/// Reads it for an ensemble with predictions of this shape, of so many training rows. Throws DataError when the file
/// holds something else.
StoredCalibration read_calibration(const RunResults& results, const CombinationShape& shape, std::size_t num_train);

/// The counts of one member's bag, (num_train). Expects a conformal of bags with that member.
std::vector<std::uint32_t> bag_counts_of(const StoredConformal& conformal, std::size_t num_train, std::int32_t member);

/// Whether there are bags of members 0 to `last`.
bool has_bags(const StoredConformal& conformal, std::size_t num_train, std::int32_t last) noexcept;

}  // namespace jury
