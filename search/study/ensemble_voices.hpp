// What the members of a stored ensemble say of new rows, one after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/metrics/truth.hpp"
#include "models/nn/plan_cache.hpp"
#include "search/study/stored_ensemble.hpp"

namespace jury {

/// Predicts some rows of a dataset of new rows, a network at a time.
class RowPredictor {
 public:
  /// `dataset` is of load_new_rows(); before its new rows stood so many: those of the training, and those of the file
  /// in pieces before. All must outlive it.
  RowPredictor(const Dataset& dataset, std::span<const std::uint32_t> rows, std::uint64_t rows_before,
               PlanCache& plans);

  std::size_t num_rows() const noexcept { return rows_.size(); }
  /// (rows, outputs of the network). A row with a missing cell that the member's preprocessing does not fill is NaN,
  /// of trees too: a run does not take such cells either.
  std::vector<float> predict(const TrainedMember& member);
  /// The number that the first block of the dataset had in the run: passes of Monte-Carlo dropout depend on it.
  std::uint32_t first_block() const noexcept { return first_block_; }

 private:
  const Dataset& dataset_;
  std::span<const std::uint32_t> rows_;
  std::vector<std::size_t> suspects_;  // positions of rows with a missing cell
  std::uint32_t first_block_;
  PlanCache& plans_;
};

/// One predictor among those that are joined.
struct Voice {
  std::int32_t number = 0;         ///< of the member, or of the base
  double weight = 1;               ///< in weighted combinations
  std::vector<float> predictions;  ///< (rows, width)
};

/// What the run's combinations are of, in their order and with the bits they had in the run:
///
///   most methods       each member
///   mc_dropout         each pass of the one network
///   gradient_boosting  after each round the sum of the rounds so far, as predictions
///   a stack            each base, its members joined in the first way of its own configuration
///
/// Memory: the predictions of one voice, and of a base what its way to join keeps.
class EnsembleVoices {
 public:
  /// Both must outlive it.
  EnsembleVoices(const StoredEnsemble& ensemble, RowPredictor& predictor);
  ~EnsembleVoices();

  /// How many next() gives: the same on all ranks.
  std::size_t size() const noexcept { return numbers_of(ensemble_).size(); }
  Voice next();

  /// The numbers of all voices.
  static std::vector<std::int32_t> numbers_of(const StoredEnsemble& ensemble);

 private:
  class Jury;

  const StoredEnsemble& ensemble_;
  RowPredictor& predictor_;
  std::unique_ptr<Jury> members_;  // where there is no stack
  std::int32_t next_base_ = 0;
};

}  // namespace jury
