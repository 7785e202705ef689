// What one task computes: the payload of its record.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/store/blob.hpp"
#include "runtime/store/record.hpp"

namespace jury {

/// Everything later stages need of a fit; a pure function of its key. Predictions are float32,
/// row-major (rows, prediction_width()), for the rows that StudyPlan::rows(key) names.
struct FitResult {
  std::int64_t num_train = 0;  ///< draws of an epoch, repeats counted
  std::int64_t num_valid = 0;  ///< rows scored in the fold
  std::int64_t num_params = 0;
  std::int64_t num_steps = 0;
  std::int32_t num_epochs = 0;  ///< epochs that ran
  std::int32_t best_epoch = 0;  ///< epoch (from 1) whose weights predict
  double weight = 1;            ///< of the member in weighted combinations; 0: it does not take part
  double round_error = std::numeric_limits<double>::quiet_NaN();  ///< of a round of boosting: AdaBoost's weighted
                                                                  ///< error, or the training loss
  double held_out_loss =
      std::numeric_limits<double>::quiet_NaN();  ///< of the rounds so far, where gradient boosting holds rows out
  double oob_score = std::numeric_limits<double>::quiet_NaN();  ///< accuracy or mse on the rows left out of the bag
  std::int64_t oob_rows = 0;                                    ///< how many those are
  std::string outcome = {};                                     ///< how a round of boosting ended
  bool is_last = false;                                         ///< no round can follow it, however many are asked for
  std::vector<double> curve_loss = {};                          ///< mean training loss of each epoch
  std::vector<double> curve_lr = {};                            ///< learning rate of each epoch
  std::vector<double> curve_valid_loss = {};                    ///< of the held-out rows; empty without early stopping
  std::vector<double> curve_valid_scores = {};                  ///< (epochs, metrics) of them
  std::vector<std::string> curve_metrics = {};                  ///< names of those metrics
  std::vector<double> train_scores = {};                        ///< of each metric of the task, on the rows trained on
  std::vector<float> valid = {};                                ///< predictions for the fold's test rows
  std::vector<float> oob = {};                                  ///< for the rows left out of the bag
  std::vector<float> test = {};                                 ///< for the test set
  std::vector<float> apparent =
      {};  ///< for FitRows::apparent, which the jury has seen: for the bootstrap estimate alone
  std::vector<float> weights = {};  ///< that predict, canonical dense order; of members that are kept
  std::vector<float> latest = {};   ///< after the last epoch, where they are others
  Bytes network = {};               ///< NetworkSpec, or trees; of members that are kept
  Bytes preprocess = {};            ///< Pipeline and target scaling; of members that are kept
  std::vector<double> offset = {};  ///< gradient boosting: what the rounds add to
  std::vector<double> steps = {};   ///< gradient boosting: lengths of the round's step, one per output
};

/// An array of predictions or weights.
using FitArray = std::vector<float> FitResult::*;

/// Where a fit's result lies in the run directory: some bytes of a block, and their hash.
struct StoredFit {
  BlobStore blobs;
  std::uint64_t block = 0;
  std::uint64_t offset = 0;
  std::size_t size = 0;
  std::uint64_t hash = 0;
  bool has_model = false;  ///< the fit is one that is kept: FitResult::network is not empty
};

/// What became of one fit.
struct FitOutcome {
  TaskState state = TaskState::complete;
  std::string message = {};
  FitResult result = {};  ///< without its arrays where they are stored
  std::optional<StoredFit> stored = {};

  /// The result with its arrays. Throws IoError or DataError where they are stored and not there any more.
  FitResult whole() const;
  /// One of its arrays; throws likewise.
  std::vector<float> array(FitArray which) const;
};

/// What one task trained: a fit, or several that follow from one another, in their order.
struct TaskResult {
  std::vector<FitOutcome> fits = {};
  Bytes continuation = {};  ///< of rounds that more can follow: the checkpoint of the task that trains those
};

/// What tables hold of it: without predictions and weights.
FitResult without_arrays(FitResult result);

Bytes to_bytes(const TaskResult& result);
/// Throws DataError when the bytes are no whole result.
TaskResult read_task_result(std::span<const std::byte> bytes);

/// The same of a block of the store, whose arrays stay there: memory does not grow with them.
TaskResult read_stored_task_result(const BlobStore& blobs, std::uint64_t block);

}  // namespace jury
