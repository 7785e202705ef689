// Predictions as an HDF5 file.
#pragma once

#include <string>

#include "search/study/prediction_file.hpp"

namespace jury {

/// Writes what PredictionWriter says of h5, in place of `path`. Throws IoError.
void write_predictions_hdf5(const std::string& path, const PredictionOutput& output);

}  // namespace jury
