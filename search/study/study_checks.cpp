#include "search/study/study_checks.hpp"

#include <numeric>

#include "models/data/pipeline.hpp"
#include "models/nn/batch_filler.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

std::vector<PreprocessStep> steps_of(const Experiment& experiment, const Dataset& dataset) {
  return experiment.preprocess ? *experiment.preprocess : default_steps(dataset);
}

CheckedStudy check_study(const StudyPlan& plan) {
  const Experiment& experiment = plan.experiment();
  const Dataset& dataset = plan.dataset();
  Scoring scoring = scoring_of(experiment, dataset);
  check_class_options(experiment.train, dataset);
  // The widths of all fits are the same: vocabularies are those of the whole training file.
  const Fitted<Pipeline> pipeline = fit_pipeline(dataset, steps_of(experiment, dataset), plan.rows({}).draws);
  NetworkSpec network = make_network(experiment.model, static_cast<std::int32_t>(pipeline->width()),
                                     network_outputs(experiment, dataset));
  std::vector<std::uint32_t> all(dataset.rows());
  std::iota(all.begin(), all.end(), 0U);
  check_targets(dataset, all, network.head);
  return {std::move(scoring), std::move(network)};
}

}  // namespace jury
