#include "search/study/study_checks.hpp"

#include <numeric>

#include "models/nn/batch_filler.hpp"
#include "models/nn/train.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

std::vector<PreprocessStep> steps_of(const Experiment& experiment, const Dataset& dataset) {
  return experiment.preprocess ? *experiment.preprocess : default_steps(dataset);
}

NetworkSpec network_of(const StudyPlan& plan, const Dataset& dataset, const Pipeline& pipeline) {
  Shape shape(dataset.schema().shape.begin(), dataset.schema().shape.end());
  if (shape.empty() || volume(shape) != pipeline.width()) shape = {static_cast<std::int32_t>(pipeline.width())};
  Inputs inputs(std::move(shape));
  for (const Pipeline::Code& code : pipeline.codes())
    inputs.codes.push_back({.input = static_cast<std::int32_t>(code.output), .size = static_cast<std::int32_t>(code.size)});
  const ModelOptions& model = plan.experiment().model;
  const Outputs outputs = network_outputs(plan.experiment(), dataset);
  return plan.donor() != nullptr ? transfer_network(*plan.donor(), model, inputs, outputs)
                                 : make_network(model, inputs, outputs);
}

CheckedStudy check_study(const StudyPlan& plan) {
  const Experiment& experiment = plan.experiment();
  const Dataset& dataset = plan.dataset();
  Scoring scoring = scoring_of(experiment, dataset);
  // The widths of all fits are the same: vocabularies are those of the whole training file.
  const Fitted<Pipeline> pipeline = fit_pipeline(dataset, steps_of(experiment, dataset), plan.rows({}).draws);
  NetworkSpec network = network_of(plan, dataset, *pipeline);
  check_training(network, experiment.train, dataset);
  std::vector<std::uint32_t> all(dataset.rows());
  std::iota(all.begin(), all.end(), 0U);
  check_targets(dataset, all, network.head);
  return {std::move(scoring), std::move(network)};
}

}  // namespace jury
