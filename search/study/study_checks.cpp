#include "search/study/study_checks.hpp"

#include <numeric>

#include "models/ensemble/adaboost.hpp"
#include "models/ensemble/gradient_loss.hpp"
#include "models/ensemble/sampling.hpp"
#include "models/nn/batch_filler.hpp"
#include "models/nn/predict.hpp"
#include "models/nn/train.hpp"
#include "models/nn/validation.hpp"
#include "models/trees/train_trees.hpp"
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
  if (ensemble.weights == "valid" && !trains_trees(configuration) && !configuration.train.early_stopping)
    throw ConfigError("ensemble.weights = \"valid\" needs rows that are held out (give train.early_stopping)");
  if (plan.donor() != nullptr && (traits_of(ensemble).is_stack || ensemble.method == "gradient_boosting"))
    throw ConfigError("model.from does not go with ensemble.method = \"" + ensemble.method + "\"");
}

// Every way to a member that is one of trees, and what it lacks.
void check_trees(const StudyPlan& plan, const CheckedModel& model) {
  const Configuration& configuration = plan.configuration(model.key);
  const EnsembleOptions& ensemble = configuration.ensemble;
  try {
    require_xgboost();
  } catch (const ConfigError& error) {
    throw ConfigError(std::string("model.type = \"xgboost\": ") + error.what());
  }
  if (ensemble.method == "snapshot" || ensemble.method == "mc_dropout")
    throw ConfigError("ensemble.method = \"" + ensemble.method + "\" needs a network (model.type = \"xgboost\" trains trees)");
  if (plan.donor() != nullptr) throw ConfigError("model.from does not go with model.type = \"xgboost\" (it stores a network)");
  if (ensemble.weights == "valid" && configuration.trees.validation <= 0)
    throw ConfigError("ensemble.weights = \"valid\" needs rows that are held out (give trees.validation)");
  if (ensemble.method == "gradient_boosting" && configuration.trees.validation > 0)
    throw ConfigError("trees.validation does not go with ensemble.method = \"gradient_boosting\", whose trees learn slopes (set "
                      "ensemble.gradient.validation)");
  check_class_options(configuration.train, network_outputs(plan, model.key, plan.dataset()).task, plan.dataset());
}

// Of a round, per row: each level of each tree adds the row to a bin of every feature. The factor makes an
// operation take as long as one of a network's.
double tree_flops(const TreeOptions& trees, const CheckedModel& model) {
  constexpr double kFlopsPerBin = 8;
  const std::size_t sums = model.outputs;
  return kFlopsPerBin * trees.trees * trees.depth * trees.features * static_cast<double>(model.inputs * sums);
}

void check_network(const StudyPlan& plan, const NetworkSpec& network, const TaskKey& key) {
  const Dataset& dataset = plan.dataset();
  check_training(network, train_options_of(plan, key), dataset);
  std::vector<std::uint32_t> all(dataset.rows());
  std::iota(all.begin(), all.end(), 0U);
  if (network.task == dataset.task()) check_targets(dataset, all, network.head);
  if (plan.configuration(key).ensemble.method == "mc_dropout" && !has_dropout(network))
    throw ConfigError("ensemble.method = \"mc_dropout\" needs a network that drops units (set model.dropout or model.dropout2d)");
}

CheckedModel check_model(const StudyPlan& plan, const TaskKey& key) {
  const Configuration& configuration = plan.configuration(key);
  const Dataset& dataset = plan.dataset();
  // The widths of all fits are the same: vocabularies are those of the whole training file.
  const Fitted<Pipeline> pipeline =
      fit_pipeline(dataset, steps_of(configuration, dataset), plan.rows(key).draws, plan.features(key));
  CheckedModel model{.key = key,
                     .network = {},
                     .inputs = pipeline->width(),
                     .outputs = static_cast<std::size_t>(network_outputs(plan, key, dataset).count)};
  if (trains_trees(configuration)) {
    check_trees(plan, model);
    model.flops_per_draw = tree_flops(configuration.trees, model);
    return model;
  }
  model.network = network_of(plan, key, dataset, *pipeline);
  check_network(plan, *model.network, key);
  model.flops_per_draw = step_flops(*model.network);
  return model;
}

// Nothing random is in a training of trees, unless a share below 1 says what is drawn.
bool is_random(const TreeOptions& trees) {
  return trees.samples < 1 || trees.features < 1 || trees.split_features < 1 || trees.validation > 0;
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
  for (const CheckedModel& model : models) flops.push_back(model.flops_per_draw);
  return flops;
}

CheckedStudy check_study(const StudyPlan& plan) {
  CheckedStudy checked{.scoring = scoring_of(plan.experiment(), plan.dataset()), .models = {}};
  for (std::int32_t base = plan.is_stack() ? 0 : TaskKey::kNone; base < plan.num_bases(); ++base) {
    const TaskKey key{.base = base, .member = 0};
    const Configuration& configuration = plan.configuration(key);
    check_sampling(configuration.ensemble, plan.row_facts(plan.dataset()));
    check_method(plan, configuration, plan.dataset());
    checked.models.push_back(check_model(plan, key));
  }
  return checked;
}

std::size_t estimate_fit_bytes(const StudyPlan& plan, const CheckedModel& model) {
  const Configuration& configuration = plan.configuration(model.key);
  const std::size_t rows = plan.dataset().num_train();
  if (!model.network)
    return estimate_tree_bytes(configuration.trees, {.rows = rows, .inputs = model.inputs, .outputs = model.outputs});
  const TrainOptions& train = configuration.train;
  // A fit trains and predicts, and its plans for both are kept for the next fit.
  const std::size_t predicting = estimate_bytes(*model.network, {.batch = kPredictBlock});
  const std::size_t validating = train.early_stopping ? estimate_bytes(*model.network, evaluation_options(*model.network, train)) : 0;
  return estimate_training_bytes(*model.network, train, rows) + predicting + validating;
}

std::vector<std::string> warnings_of(const StudyPlan& plan) {
  std::vector<std::string> warnings;
  for (std::int32_t base = plan.is_stack() ? 0 : TaskKey::kNone; base < plan.num_bases(); ++base) {
    const Configuration& configuration = plan.configuration({.base = base, .member = 0});
    const EnsembleOptions& ensemble = configuration.ensemble;
    if (trains_trees(configuration) && ensemble.method == "average" && max_members(ensemble) > 1 && !is_random(configuration.trees))
      warnings.push_back("ensemble.method = \"average\" of trees without anything random: all members are the same (set "
                         "trees.samples or trees.features below 1)");
  }
  return warnings;
}

}  // namespace jury
