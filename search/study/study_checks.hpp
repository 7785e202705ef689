// Everything that can be wrong with a study and is known before any training.
#pragma once

#include "models/data/pipeline.hpp"
#include "models/nn/network.hpp"
#include "search/study/jury_scores.hpp"
#include "search/study/study_plan.hpp"

namespace jury {

/// What a checked study will score and train.
struct CheckedStudy {
  Scoring scoring;
  /// Of the experiment's own configuration, or of each base of a stack; preprocessing decides the inputs.
  std::vector<NetworkSpec> networks;

  /// Operations per row of a training step of each of them.
  std::vector<double> flops_per_draw() const;
};

/// Fits the preprocessing once and builds the network. Throws ConfigError for scores, a loss, class
/// weights, steps or layers that do not suit the data, DataError for targets that the head cannot mean.
CheckedStudy check_study(const StudyPlan& plan);

/// The preprocessing steps: those given, or the default ones.
std::vector<PreprocessStep> steps_of(const Configuration& configuration, const Dataset& dataset);

/// The settings of a fit's training: those of its configuration, as its method needs them.
TrainOptions train_options_of(const StudyPlan& plan, const TaskKey& key);

/// The network of a fit on `dataset` behind a fitted pipeline: that of model.from, or of the configuration.
NetworkSpec network_of(const StudyPlan& plan, const TaskKey& key, const Dataset& dataset, const Pipeline& pipeline);

}  // namespace jury
