// What one training gives back: the payload of a record.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/bytes.hpp"

namespace jury {

/// Everything later stages need of one fit; a pure function of its key. Predictions are float32,
/// row-major (rows, prediction_width()), for the rows that StudyPlan::rows(key) names.
struct FitResult {
  std::int64_t num_train = 0;   ///< draws of an epoch, repeats counted
  std::int64_t num_valid = 0;   ///< rows scored in the fold
  std::int64_t num_params = 0;
  std::int64_t num_steps = 0;
  std::int32_t num_epochs = 0;  ///< epochs that ran
  std::int32_t best_epoch = 0;  ///< epoch (from 1) whose weights predict
  std::vector<double> curve_loss = {};     ///< mean training loss of each epoch
  std::vector<double> curve_lr = {};       ///< learning rate of each epoch
  std::vector<double> curve_valid_loss = {};    ///< of the held-out rows; empty without early stopping
  std::vector<double> curve_valid_scores = {};  ///< (epochs, metrics) of them
  std::vector<std::string> curve_metrics = {};  ///< names of those metrics
  std::vector<double> train_scores = {};   ///< of each metric of the task, on the rows trained on
  std::vector<float> valid = {};           ///< predictions for the fold's test rows
  std::vector<float> oob = {};             ///< for the rows left out of the bag
  std::vector<float> test = {};            ///< for the test set
  std::vector<float> weights = {};         ///< that predict, canonical dense order; of members that are kept
  std::vector<float> latest = {};          ///< after the last epoch, where they are others
  Bytes network = {};                      ///< NetworkSpec; of members that are kept
  Bytes preprocess = {};                   ///< Pipeline and target scaling; of members that are kept
};

Bytes to_bytes(const FitResult& result);
/// Throws DataError when the bytes are no whole result.
FitResult read_fit_result(std::span<const std::byte> bytes);

}  // namespace jury
