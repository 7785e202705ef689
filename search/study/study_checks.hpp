// Everything that can be wrong with a study and is known before any training.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/data/pipeline.hpp"
#include "models/nn/network.hpp"
#include "search/study/jury_scores.hpp"
#include "search/study/study_plan.hpp"

namespace jury {

/// What the fits of a configuration train; preprocessing decides the inputs.
struct CheckedModel {
  TaskKey key;                         ///< of one of its fits: names the configuration
  std::optional<NetworkSpec> network;  ///< nothing: trees
  std::size_t inputs = 0;              ///< numbers of a sample
  std::size_t outputs = 0;             ///< classes or values
  double flops_per_draw = 0;           ///< operations per row of a training step, or of a round of trees
};

/// What a checked study will score and train.
struct CheckedStudy {
  Scoring scoring;
  std::vector<CheckedModel> models;  ///< of the experiment's own configuration, or of each base of a stack

  /// Of each of the models.
  std::vector<double> flops_per_draw() const;
};

/// Fits the preprocessing once and builds the network. Throws ConfigError for scores, a loss, class
/// weights, steps or layers that do not suit the data, and for trees where this build has none; DataError for
/// targets that the head cannot mean.
CheckedStudy check_study(const StudyPlan& plan);

/// Bytes a fit holds at most beside the data: for training, predicting and validating.
std::size_t estimate_fit_bytes(const StudyPlan& plan, const CheckedModel& model);

/// What is allowed and hardly meant.
std::vector<std::string> warnings_of(const StudyPlan& plan);

/// The preprocessing steps: those given, or the default ones.
std::vector<PreprocessStep> steps_of(const Configuration& configuration, const Dataset& dataset);

/// The settings of a fit's training: those of its configuration, as its method needs them.
TrainOptions train_options_of(const StudyPlan& plan, const TaskKey& key);

/// The network of a fit on `dataset` behind a fitted pipeline: that of model.from, or of the configuration.
NetworkSpec network_of(const StudyPlan& plan, const TaskKey& key, const Dataset& dataset, const Pipeline& pipeline);

}  // namespace jury
