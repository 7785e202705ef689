// The final ensemble of a finished run, read back from its results.h5.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/data/new_rows.hpp"
#include "runtime/base/bytes.hpp"
#include "search/study/experiment.hpp"
#include "search/study/stored_calibration.hpp"
#include "search/study/stored_members.hpp"

namespace jury {

/// All that new rows need to be predicted as the run predicted its test set.
struct StoredEnsemble {
  Experiment experiment;  ///< the settings as recorded: without names, places and limits
  TrainedOn data;
  std::uint64_t identity = 0;              ///< of the run
  std::string isa = {};                    ///< instruction set it was trained with
  std::vector<StoredMember> members = {};  ///< in the order of their keys: of a stack base by base
  std::optional<Stack> stack = {};         ///< what joins the bases of a stack
  StoredCalibration calibration = {};      ///< of what the run reports
};

/// The shape of the ensemble's predictions of so many rows.
CombinationShape combination_shape(const StoredEnsemble& ensemble, std::size_t num_rows);

/// Reads the ensemble of a run directory or results file, as a foreign one, in the limited child.
/// Throws ConfigError when there is no finished run or it stores no networks; DataError when the file is
/// none of ours, damaged, or of another version; IoError when it cannot be read.
StoredEnsemble read_ensemble(const std::string& run);

/// An ensemble as bytes and back, to be sent to other ranks. Throws DataError.
Bytes to_bytes(const StoredEnsemble& ensemble);
StoredEnsemble ensemble_from_bytes(std::span<const std::byte> bytes);

}  // namespace jury
