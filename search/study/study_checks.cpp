#include "search/study/study_checks.hpp"

#include <numeric>

#include "models/ensemble/adaboost.hpp"
#include "models/ensemble/gradient_loss.hpp"
#include "models/ensemble/sampling.hpp"
#include "models/nn/batch_filler.hpp"
#include "models/nn/predict.hpp"
#include "models/nn/train.hpp"
#include "search/study/study_calibration.hpp"
#include "search/study/study_conformal.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

// What a method needs beside its own settings.
void check_method(const StudyPlan& plan, const Configuration& configuration, const Dataset& dataset) {
  const EnsembleOptions& ensemble = configuration.ensemble;
  const bool independent = !traits_of(ensemble).is_sequential && !traits_of(ensemble).is_stack && ensemble.method != "none";
  if (is_auto(ensemble) && !independent)
    throw ConfigError("ensemble.members = \"auto\" needs members that do not depend on one another (average, bagging, "
                      "pasting, subspaces, patches)");
  const bool unseen = traits_of(ensemble).is_bagged || dataset.num_test() > 0 || !plan.has_final();
  if (is_auto(ensemble) && !unseen)
    throw ConfigError("ensemble.members = \"auto\" has no rows to settle the final ensemble by (give a test set, or bags)");
  if (ensemble.features < 1 && !independent)
    throw ConfigError("ensemble.features below 1 does not go with ensemble.method = \"" + ensemble.method + "\"");
  if ((ensemble.method == "subspaces" || ensemble.method == "patches") && ensemble.features >= 1)
    throw ConfigError("ensemble.method = \"" + ensemble.method + "\" needs ensemble.features below 1 (members would see all of them)");
  if (ensemble.method == "pasting" && ensemble.samples >= 1)
    throw ConfigError("ensemble.method = \"pasting\" needs ensemble.samples below 1 (members would see all rows)");
  if (ensemble.method == "adaboost") resolve_algorithm(ensemble.boosting, outcome_of(dataset));
  if (ensemble.method == "gradient_boosting")
    resolve_gradient_loss(ensemble.gradient, outcome_of(dataset), num_outputs(dataset));
  if (ensemble.weights == "oob" && !traits_of(ensemble).is_bagged)
    throw ConfigError("ensemble.weights = \"oob\" needs members with rows out of their bags (bagging, pasting, patches)");
  if (ensemble.weights == "valid" && !configuration.train.early_stopping)
    throw ConfigError("ensemble.weights = \"valid\" needs rows that are held out (give train.early_stopping)");
  if (plan.donor() != nullptr && (traits_of(ensemble).is_stack || ensemble.method == "gradient_boosting"))
    throw ConfigError("model.from does not go with ensemble.method = \"" + ensemble.method + "\"");
}

}  // namespace

std::vector<PreprocessStep> steps_of(const Configuration& configuration, const Dataset& dataset) {
  return configuration.preprocess ? *configuration.preprocess : default_steps(dataset);
}

TrainOptions train_options_of(const StudyPlan& plan, const TaskKey& key) {
  TrainOptions train = plan.configuration(key).train;
  const std::string_view method = plan.method(key).name;
  if (method == "snapshot") {
    if (train.schedule != "constant" && train.schedule != "cosine")
      throw ConfigError("ensemble.method = \"snapshot\" has a schedule of its own (leave train.schedule out)");
    train.schedule = "cosine";
  }
  if (method == "gradient_boosting" && train.loss != "auto")
    throw ConfigError("train.loss does not go with ensemble.method = \"gradient_boosting\", whose members learn slopes (set "
                      "ensemble.gradient.loss)");
  return train;
}

NetworkSpec network_of(const StudyPlan& plan, const TaskKey& key, const Dataset& dataset, const Pipeline& pipeline) {
  Shape shape(dataset.schema().shape.begin(), dataset.schema().shape.end());
  if (shape.empty() || volume(shape) != pipeline.width()) shape = {static_cast<std::int32_t>(pipeline.width())};
  Inputs inputs(std::move(shape));
  for (const Pipeline::Code& code : pipeline.codes())
    inputs.codes.push_back({.input = static_cast<std::int32_t>(code.output), .size = static_cast<std::int32_t>(code.size)});
  const ModelOptions& model = plan.configuration(key).model;
  const Outputs outputs = network_outputs(plan, key, dataset);
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
  check_calibration(plan);
  check_conformal(plan, checked.scoring);
  std::vector<std::uint32_t> all(dataset.rows());
  std::iota(all.begin(), all.end(), 0U);
  for (std::int32_t base = plan.is_stack() ? 0 : TaskKey::kNone; base < plan.num_bases(); ++base) {
    const TaskKey key{.base = base, .member = 0};
    const Configuration& configuration = plan.configuration(key);
    // The widths of all fits are the same: vocabularies are those of the whole training file.
    check_sampling(configuration.ensemble, plan.row_facts(dataset));
    check_method(plan, configuration, dataset);
    const Fitted<Pipeline> pipeline =
        fit_pipeline(dataset, steps_of(configuration, dataset), plan.rows(key).draws, plan.features(key));
    NetworkSpec network = network_of(plan, key, dataset, *pipeline);
    check_training(network, train_options_of(plan, key), dataset);
    if (network.task == dataset.task()) check_targets(dataset, all, network.head);
    if (configuration.ensemble.method == "mc_dropout" && !has_dropout(network))
      throw ConfigError("ensemble.method = \"mc_dropout\" needs a network that drops units (set model.dropout or model.dropout2d)");
    checked.networks.push_back(std::move(network));
  }
  return checked;
}

}  // namespace jury
