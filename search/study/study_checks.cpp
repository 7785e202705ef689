#include "search/study/study_checks.hpp"

#include <numeric>

#include "models/nn/batch_filler.hpp"
#include "models/nn/train.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

std::vector<PreprocessStep> steps_of(const Configuration& configuration, const Dataset& dataset) {
  return configuration.preprocess ? *configuration.preprocess : default_steps(dataset);
}

NetworkSpec network_of(const StudyPlan& plan, const Configuration& configuration, const Dataset& dataset,
                       const Pipeline& pipeline) {
  Shape shape(dataset.schema().shape.begin(), dataset.schema().shape.end());
  if (shape.empty() || volume(shape) != pipeline.width()) shape = {static_cast<std::int32_t>(pipeline.width())};
  Inputs inputs(std::move(shape));
  for (const Pipeline::Code& code : pipeline.codes())
    inputs.codes.push_back({.input = static_cast<std::int32_t>(code.output), .size = static_cast<std::int32_t>(code.size)});
  const ModelOptions& model = configuration.model;
  const Outputs outputs = network_outputs(configuration, dataset);
  return plan.donor() != nullptr ? transfer_network(*plan.donor(), model, inputs, outputs)
                                 : make_network(model, inputs, outputs);
}

std::vector<double> CheckedStudy::flops_per_draw() const {
  std::vector<double> flops;
  for (const NetworkSpec& network : networks) flops.push_back(step_flops(network));
  return flops;
}

CheckedStudy check_study(const StudyPlan& plan) {
  const Experiment& experiment = plan.experiment();
  const Dataset& dataset = plan.dataset();
  CheckedStudy checked{.scoring = scoring_of(experiment, dataset), .networks = {}};
  std::vector<std::uint32_t> all(dataset.rows());
  std::iota(all.begin(), all.end(), 0U);
  for (std::int32_t base = plan.is_stack() ? 0 : TaskKey::kNone; base < plan.num_bases(); ++base) {
    const TaskKey key{.base = base, .member = 0};
    const Configuration& configuration = plan.configuration(key);
    // The widths of all fits are the same: vocabularies are those of the whole training file.
    const Fitted<Pipeline> pipeline = fit_pipeline(dataset, steps_of(configuration, dataset), plan.rows(key).draws);
    NetworkSpec network = network_of(plan, configuration, dataset, *pipeline);
    check_training(network, configuration.train, dataset);
    check_targets(dataset, all, network.head);
    checked.networks.push_back(std::move(network));
  }
  return checked;
}

}  // namespace jury
