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
  NetworkSpec network;  ///< of the first fit; preprocessing decides its inputs
};

/// Fits the preprocessing once and builds the network. Throws ConfigError for scores, a loss, class
/// weights, steps or layers that do not suit the data, DataError for targets that the head cannot mean.
CheckedStudy check_study(const StudyPlan& plan);

/// The preprocessing steps: those given, or the default ones.
std::vector<PreprocessStep> steps_of(const Experiment& experiment, const Dataset& dataset);

/// The network of a fit on `dataset` behind a fitted pipeline: that of model.from, or of [model].
NetworkSpec network_of(const StudyPlan& plan, const Dataset& dataset, const Pipeline& pipeline);

}  // namespace jury
