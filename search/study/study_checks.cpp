#include "search/study/study_checks.hpp"

#include "models/nn/loss.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

std::vector<PreprocessStep> steps_of(const Experiment& experiment, const Dataset& dataset) {
  return experiment.preprocess ? *experiment.preprocess : default_steps(dataset);
}

Inputs inputs_of(const Pipeline& pipeline) {
  Inputs in(static_cast<std::int32_t>(pipeline.width()));
  for (const Pipeline::Code& code : pipeline.codes())
    in.codes.push_back({.input = static_cast<std::int32_t>(code.output), .size = static_cast<std::int32_t>(code.size)});
  return in;
}

CheckedStudy check_study(const StudyPlan& plan) {
  const Experiment& experiment = plan.experiment();
  const Dataset& dataset = plan.dataset();
  Scoring scoring = scoring_of(experiment, dataset);
  resolve_loss(experiment.train.loss, dataset.task());
  // The widths of all fits are the same: vocabularies are those of the whole training file.
  const Fitted<Pipeline> pipeline = fit_pipeline(dataset, steps_of(experiment, dataset), plan.rows({}).draws);
  NetworkSpec network = make_network(experiment.model, inputs_of(*pipeline),
                                     {.task = dataset.task(), .count = static_cast<std::int32_t>(num_outputs(dataset))});
  return {std::move(scoring), std::move(network)};
}

}  // namespace jury
