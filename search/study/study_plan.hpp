// The task graph of a study: which fits there are, and what each trains on and predicts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/ensemble/bootstrap.hpp"
#include "models/nn/transfer.hpp"
#include "runtime/base/task_key.hpp"
#include "search/split/splitter.hpp"
#include "search/study/experiment.hpp"
#include "search/study/fit_rows.hpp"
#include "search/study/fit_streams.hpp"

namespace jury {

/// The epoch after which a task pauses: the rung of a task of a fold or of the final ensemble, where pruners look at
/// the trial; 0: none. (The rungs of replicates are steps of the learning curve.)
std::int32_t pause_of(const TaskKey& key) noexcept;

/// The part of the training rows that a study is about: all, or what an outer fold leaves.
struct PlanScope {
  std::int32_t outer = TaskKey::kNone;
  std::vector<std::uint32_t> rows = {};  ///< ascending; empty: all training rows
};

/// Enumerates the fits and derives everything about one from its key and the seed, so any rank can
/// do any of them and no index crosses the network. The same on every rank.
///
/// A *jury* is what joins its members to one predictor: that of a fold, a replicate or the final ensemble,
/// and, for a stack, that of each base on all the training rows and on each inner part of them. It is
/// named by the key of its members without the member.
class StudyPlan {
 public:
  /// Checks the experiment against its data. Throws ConfigError (k > n, a class rarer than the
  /// folds, bias and variance without a test set, ...). `dataset` and `experiment` must outlive it.
  /// The donor is what model.from names.
  StudyPlan(const Experiment& experiment, const Dataset& dataset, std::shared_ptr<const Donor> donor = nullptr,
            PlanScope scope = {});

  /// Every predictor whose scores are wanted: folds, replicates, the final ensemble, in the order of their keys.
  std::vector<TaskKey> predictors() const;
  /// The juries that a predictor needs: itself, or for a stack those of its bases and inner folds.
  std::vector<TaskKey> juries_of(const TaskKey& predictor) const;
  /// The tasks that train a jury's members: one for each, or one for all where they follow from one another.
  std::vector<TaskKey> tasks_of(const TaskKey& jury) const;
  /// Every task, in the order of their keys.
  std::vector<TaskKey> tasks() const;
  /// Members that a task trains.
  std::int32_t num_fits_of(const TaskKey& task) const;
  std::size_t num_fits() const;
  /// Draws of an epoch to within one (on average, where the source "fold" varies), without making the row lists. What
  /// cost estimates need.
  std::size_t num_draws(const TaskKey& key) const;

  /// What a fit, or all fits of a jury, are made by: the experiment's own sections, or a base's.
  const Configuration& configuration(const TaskKey& key) const noexcept;
  /// The method of a fit: that of its configuration, or none for a single model.
  const MethodTraits& method(const TaskKey& key) const noexcept;

  /// Row lists of a fit. `drawn_from` is the dataset it trains on: the study's own, or the replicate
  /// that the generator drew (its rows are numbered from 0, as many as the study has).
  FitRows rows(const TaskKey& key, const Dataset& drawn_from) const;
  FitRows rows(const TaskKey& key) const { return rows(key, dataset_); }
  /// The features that a fit sees, ascending; empty: all.
  std::vector<std::uint32_t> features(const TaskKey& key) const;
  /// What sampling may know of the rows of a dataset.
  RowFacts row_facts(const Dataset& dataset) const noexcept;
  /// The test set.
  std::span<const std::uint32_t> test_rows() const noexcept { return test_rows_; }
  /// The rows that a fold trains on, with repeats where a bootstrap drew them, and that it tests.
  Split split(std::int32_t repeat, std::int32_t fold) const;
  /// The test rows of a fold.
  std::vector<std::uint32_t> valid_rows(std::int32_t repeat, std::int32_t fold) const {
    return split(repeat, fold).test;
  }

  bool has_cv() const noexcept { return splitter_ != nullptr; }
  bool has_final() const noexcept { return has_final_; }
  /// A bootstrap estimate weighs the error on rows that were trained on too: a predictor of its own, trained on all
  /// rows.
  bool has_apparent() const noexcept { return has_cv() && experiment_.cv->is_bootstrap(); }
  static TaskKey apparent_predictor() noexcept { return {.fold = 0}; }
  /// Whether a key is of that predictor: of a fold, and of no repeat.
  static bool is_apparent(const TaskKey& key) noexcept {
    return key.fold != TaskKey::kNone && key.repeat == TaskKey::kNone;
  }
  bool has_bias_variance() const noexcept { return experiment_.bias_variance.has_value(); }
  /// The single model of a replicate is a fit of its own.
  bool has_single() const noexcept { return has_bias_variance() && own_.has_single; }
  bool is_stack() const noexcept { return own_.is_stack; }
  bool is_bagged() const noexcept { return own_.is_bagged; }
  /// A replicate is a fresh draw of the generator.
  bool draws_replicates() const noexcept { return has_bias_variance() && !experiment_.data.generator.empty(); }
  /// Members of every predictor, for members = "auto" the most; of a stack its bases.
  std::int32_t num_members() const noexcept;
  std::int32_t num_bases() const noexcept {
    return own_.is_stack ? static_cast<std::int32_t>(experiment_.bases.size()) : 0;
  }
  /// Parts of the training rows that each base predicts out of fold, for the stack to be fitted on; 0: its weights are
  /// given.
  std::int32_t num_inner_folds() const noexcept;
  std::int32_t num_repeats() const noexcept;
  std::int32_t num_folds() const noexcept;
  std::int32_t num_replicates() const noexcept;
  /// Steps of the learning curve.
  std::int32_t num_rungs() const noexcept;
  /// The stream a generated replicate is drawn from.
  std::uint64_t replicate_stream(const TaskKey& key) const;
  /// Independent stream of one fit for one purpose; never depends on the trial.
  std::uint64_t stream(Purpose purpose, TaskKey key) const {
    key.outer = outer_;
    return stream_of(experiment_, purpose, key);
  }

  const Experiment& experiment() const noexcept { return experiment_; }
  const Dataset& dataset() const noexcept { return dataset_; }
  /// Identity of the run: of its settings, data and donor.
  std::uint64_t identity() const {
    return identity_of(experiment_, dataset_.hash(), donor_ != nullptr ? donor_->hash() : 0);
  }
  /// The network that all fits start from; null where they start anew.
  const Donor* donor() const noexcept { return donor_.get(); }
  const std::shared_ptr<const Donor>& shared_donor() const noexcept { return donor_; }

 private:
  std::size_t num_replicate_rows(const TaskKey& key) const;
  std::vector<std::uint32_t> replicate_rows(const TaskKey& key, const Dataset& drawn_from) const;
  std::vector<std::uint32_t> predictor_rows(const TaskKey& key, const Dataset& drawn_from, FitRows& rows) const;
  void leave_inner_fold_out(const TaskKey& key, const Dataset& drawn_from, FitRows& rows) const;

  const Experiment& experiment_;
  const Dataset& dataset_;
  const MethodTraits& own_;
  std::shared_ptr<const Donor> donor_;
  std::unique_ptr<Splitter> splitter_;
  std::int32_t outer_;
  bool has_final_ = false;
  std::vector<std::uint32_t> all_training_rows_;
  std::vector<std::uint32_t> test_rows_;
};

}  // namespace jury
