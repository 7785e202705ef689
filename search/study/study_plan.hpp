// The task graph of a study: which fits there are, and what each trains on and predicts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/nn/transfer.hpp"
#include "runtime/base/task_key.hpp"
#include "search/split/splitter.hpp"
#include "search/study/experiment.hpp"

namespace jury {

/// Row lists of one fit. All but `draws` ascend and name rows of the study's dataset.
struct FitRows {
  /// In-bag rows with repeats: an epoch is as many draws. Rows of the replicate's own dataset when
  /// the study generates its data and the key has a replicate.
  std::vector<std::uint32_t> draws;
  std::vector<std::uint32_t> valid;  ///< the fold's test rows
  std::vector<std::uint32_t> oob;    ///< training rows that the bag left out
  std::vector<std::uint32_t> test;   ///< the test set
};

/// Enumerates the fits and derives everything about one from its key and the seed, so any rank can
/// do any of them and no index crosses the network. The same on every rank.
class StudyPlan {
 public:
  /// Checks the experiment against its data. Throws ConfigError (k > n, a class rarer than the
  /// folds, bias and variance without a test set, ...). `dataset` and `experiment` must outlive it.
  /// The donor is what model.from names.
  StudyPlan(const Experiment& experiment, const Dataset& dataset, std::shared_ptr<const Donor> donor = nullptr);

  /// Every fit, in the order of their keys.
  std::vector<TaskKey> keys() const;
  std::size_t num_fits() const;
  /// Draws of an epoch to within one, without making the row lists. What cost estimates need.
  std::size_t num_draws(const TaskKey& key) const;

  /// Row lists of a fit. `drawn_from` is the dataset it trains on: the study's own, or the replicate
  /// that the generator drew (its rows are numbered from 0, as many as the study has).
  FitRows rows(const TaskKey& key, const Dataset& drawn_from) const;
  FitRows rows(const TaskKey& key) const { return rows(key, dataset_); }
  /// The test set.
  std::span<const std::uint32_t> test_rows() const noexcept { return test_rows_; }
  /// The test rows of a fold.
  std::vector<std::uint32_t> valid_rows(std::int32_t repeat, std::int32_t fold) const;

  bool has_cv() const noexcept { return splitter_ != nullptr; }
  bool has_final() const noexcept { return has_final_; }
  bool has_bias_variance() const noexcept { return experiment_.bias_variance.has_value(); }
  /// The single model of a replicate is a fit of its own, without a bag.
  bool has_single() const noexcept { return has_bias_variance() && is_bagged(); }
  bool is_bagged() const noexcept { return experiment_.ensemble.method == "bagging"; }
  /// A replicate is a fresh draw of the generator.
  bool draws_replicates() const noexcept { return has_bias_variance() && !experiment_.data.generator.empty(); }
  std::int32_t num_members() const noexcept { return static_cast<std::int32_t>(experiment_.ensemble.members.number); }
  std::int32_t num_repeats() const noexcept;
  std::int32_t num_folds() const noexcept;
  std::int32_t num_replicates() const noexcept;
  /// The stream a generated replicate is drawn from.
  std::uint64_t replicate_stream(std::int32_t replicate) const;
  /// Independent stream of one fit for one purpose; never depends on the trial.
  std::uint64_t stream(Purpose purpose, const TaskKey& key) const;

  const Experiment& experiment() const noexcept { return experiment_; }
  const Dataset& dataset() const noexcept { return dataset_; }
  /// Identity of the run: of its settings, data and donor.
  std::uint64_t identity() const { return identity_of(experiment_, dataset_.hash(), donor_ != nullptr ? donor_->hash() : 0); }
  /// The network that all fits start from; null where they start anew.
  const Donor* donor() const noexcept { return donor_.get(); }

 private:
  std::vector<std::uint32_t> training_rows(const TaskKey& key, const Split& split) const;

  const Experiment& experiment_;
  const Dataset& dataset_;
  std::shared_ptr<const Donor> donor_;
  std::unique_ptr<Splitter> splitter_;
  bool has_final_ = false;
  std::vector<std::uint32_t> all_training_rows_;
  std::vector<std::uint32_t> test_rows_;
};

}  // namespace jury
