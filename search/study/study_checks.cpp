#include "search/study/study_checks.hpp"

#include <fmt/format.h>

#include <numeric>

#include "models/ensemble/adaboost.hpp"
#include "models/ensemble/combine_rules.hpp"
#include "models/ensemble/gradient_loss.hpp"
#include "models/ensemble/sampling.hpp"
#include "models/ensemble/stacking.hpp"
#include "models/nn/batch_filler.hpp"
#include "models/nn/predict.hpp"
#include "models/nn/train.hpp"
#include "models/nn/validation.hpp"
#include "models/trees/train_trees.hpp"
#include "runtime/base/text.hpp"
#include "search/study/study_calibration.hpp"
#include "search/study/study_conformal.hpp"
#include "search/study/tree_checks.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

[[noreturn]] void refuse(std::string_view setting, const EnsembleOptions& ensemble, std::string_view why) {
  throw ConfigError(fmt::format("{} does not go with ensemble.method = \"{}\" {}", setting, ensemble.method, why));
}

// Which rows and features members see, and how many members there are.
void check_members(const StudyPlan& plan, const Configuration& configuration, const Dataset& dataset) {
  const EnsembleOptions& ensemble = configuration.ensemble;
  const bool independent = !traits_of(ensemble).is_sequential && ensemble.method != "none";
  if (is_auto(ensemble) && !independent)
    refuse("ensemble.members = \"auto\"", ensemble,
           "(whose members depend on one another) use average, bagging, pasting, subspaces or patches");
  const bool unseen = traits_of(ensemble).is_bagged || dataset.num_test() > 0 || !plan.has_final();
  if (is_auto(ensemble) && !unseen)
    throw ConfigError(
        "ensemble.members = \"auto\" has no rows to settle the final ensemble by (give a test set, or bags)");
  if ((ensemble.method == "subspaces" || ensemble.method == "patches") && ensemble.features >= 1)
    throw ConfigError("ensemble.method = \"" + ensemble.method +
                      "\" needs ensemble.features below 1 (members would see all of them)");
  if (ensemble.method == "pasting" && ensemble.samples >= 1)
    throw ConfigError("ensemble.method = \"pasting\" needs ensemble.samples below 1 (members would see all rows)");
  check_sampling(ensemble, plan.row_facts(dataset));
  if (ensemble.features >= 1) return;
  if (!independent)
    refuse("ensemble.features below 1", ensemble, "(leave it out, or use bagging, subspaces or patches)");
  const std::string& type = configuration.model.type;
  if (type == "cnn" || (type == "network" && !dataset.schema().shape.empty()))
    throw ConfigError("ensemble.features below 1 does not go with model.type = \"" + type +
                      "\" (it needs whole images or sequences)");
  if (configuration.model.embedding > 0)
    throw ConfigError("ensemble.features below 1 does not go with model.embedding (a member may see no categorical)");
}

// How members count and are joined.
void check_joining(const Configuration& configuration, const Dataset& dataset) {
  const EnsembleOptions& ensemble = configuration.ensemble;
  const bool weighs_itself = ensemble.method == "adaboost" || ensemble.method == "gradient_boosting";
  if (weighs_itself && ensemble.weights != "auto")
    refuse("ensemble.weights", ensemble, "(its rounds have weights of their own) leave it out");
  if (ensemble.method == "gradient_boosting" && !ensemble.combine.empty())
    refuse("ensemble.combine", ensemble, "(its rounds are added up) leave it out");
  if (ensemble.weights == "oob" && !traits_of(ensemble).is_bagged)
    throw ConfigError(
        "ensemble.weights = \"oob\" needs members with rows out of their bags (bagging, pasting, patches)");
  if (ensemble.weights == "valid" && !trains_trees(configuration) && !configuration.train.early_stopping)
    throw ConfigError("ensemble.weights = \"valid\" needs rows that are held out (give train.early_stopping)");
  choose_combine_rules(outcome_of(dataset), combines_of(ensemble, dataset.task()));
}

// What a method needs beside its own settings.
void check_method(const StudyPlan& plan, const Configuration& configuration, const Dataset& dataset) {
  const EnsembleOptions& ensemble = configuration.ensemble;
  if (ensemble.method == "adaboost") resolve_algorithm(ensemble.boosting, outcome_of(dataset));
  if (ensemble.method == "snapshot" && configuration.train.schedule != "constant" &&
      configuration.train.schedule != "cosine")
    refuse("train.schedule = \"" + configuration.train.schedule + "\"", ensemble,
           "(it has one of its own, cosine) leave it out");
  if (ensemble.method == "gradient_boosting") {
    resolve_gradient_loss(ensemble.gradient, outcome_of(dataset), num_outputs(dataset));
    if (configuration.train.loss != "auto")
      refuse("train.loss", ensemble, "(whose members learn slopes) set ensemble.gradient.loss");
    if (configuration.model.output != "auto")
      refuse("model.output", ensemble, "(whose members learn slopes) leave it out");
    if (plan.donor() != nullptr) refuse("model.from", ensemble, "(whose members learn slopes) leave it out");
  }
}

// What joins the bases, and whether every predictor has rows enough for its inner folds.
void check_stack(const StudyPlan& plan, const Dataset& dataset) {
  const EnsembleOptions& ensemble = plan.experiment().ensemble;
  if (ensemble.weights != "auto") refuse("ensemble.weights", ensemble, "(it weighs its bases itself) leave it out");
  check_sampling(ensemble, plan.row_facts(dataset));
  if (plan.donor() != nullptr) refuse("model.from", ensemble, "(its bases differ) leave it out");
  if (ensemble.method == "stacking")
    check_stacking(ensemble.stack, outcome_of(dataset), forecast_of(plan.experiment(), dataset.task()).kind);
  const std::vector<double>& given = ensemble.stack.weights;
  if (!given.empty() && ensemble.method != "selection")
    refuse("ensemble.stack.weights", ensemble, "(its meta model weighs the bases) leave it out");
  if (!given.empty() &&
      (given.size() != plan.experiment().bases.size() || std::accumulate(given.begin(), given.end(), 0.0) <= 0))
    throw ConfigError(
        fmt::format("ensemble.stack.weights has {} for {} (one for each ensemble.base, at least one above 0)",
                    counted(given.size(), "weight"), counted(plan.experiment().bases.size(), "base")));
  if (plan.num_inner_folds() == 0) return;
  for (TaskKey key : plan.predictors()) {
    key.base = key.inner = key.member = 0;
    plan.rows(key);
  }
}

void check_network(const StudyPlan& plan, const TaskKey& key, const NetworkSpec& network) {
  const Dataset& dataset = plan.dataset();
  check_training(network, train_options_of(plan, key), dataset);
  std::vector<std::uint32_t> all(dataset.rows());
  std::iota(all.begin(), all.end(), 0U);
  if (network.task == dataset.task()) check_targets(dataset, all, network.head);
  if (plan.configuration(key).ensemble.method == "mc_dropout" && !has_dropout(network))
    throw ConfigError(
        "ensemble.method = \"mc_dropout\" needs a network that drops units (set model.dropout or model.dropout2d)");
}

CheckedModel check_model(const StudyPlan& plan, const TaskKey& key) {
  const Configuration& configuration = plan.configuration(key);
  const Dataset& dataset = plan.dataset();
  if (trains_trees(configuration)) check_trees(plan, key);
  // The widths of all fits are the same: vocabularies are those of the whole training file.
  const Fitted<Pipeline> pipeline =
      fit_pipeline(dataset, steps_of(configuration, dataset), plan.rows(key).draws, plan.features(key));
  CheckedModel model{.key = key,
                     .network = {},
                     .inputs = pipeline->width(),
                     .outputs = static_cast<std::size_t>(network_outputs(plan, key, dataset).count)};
  if (trains_trees(configuration)) {
    model.flops_per_draw = tree_flops(configuration.trees, model.inputs, model.outputs);
    return model;
  }
  model.network = network_of(plan, key, dataset, *pipeline);
  check_network(plan, key, *model.network);
  model.flops_per_draw = step_flops(*model.network);
  return model;
}

}  // namespace

std::vector<PreprocessStep> steps_of(const Configuration& configuration, const Dataset& dataset) {
  return configuration.preprocess ? *configuration.preprocess : default_steps(dataset);
}

TrainOptions train_options_of(const StudyPlan& plan, const TaskKey& key) {
  TrainOptions train = plan.configuration(key).train;
  if (plan.method(key).name == "snapshot") train.schedule = "cosine";
  return train;
}

NetworkSpec network_of(const StudyPlan& plan, const TaskKey& key, const Dataset& dataset, const Pipeline& pipeline) {
  Shape shape(dataset.schema().shape.begin(), dataset.schema().shape.end());
  if (shape.empty() || volume(shape) != pipeline.width()) shape = {static_cast<std::int32_t>(pipeline.width())};
  Inputs inputs(std::move(shape));
  for (const Pipeline::Code& code : pipeline.codes())
    inputs.codes.push_back(
        {.input = static_cast<std::int32_t>(code.output), .size = static_cast<std::int32_t>(code.size)});
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
  const Dataset& dataset = plan.dataset();
  CheckedStudy checked{.scoring = scoring_of(plan.experiment(), dataset), .models = {}};
  check_calibration(plan);
  check_conformal(plan, checked.scoring);
  if (plan.is_stack()) check_stack(plan, dataset);
  for (std::int32_t base = plan.is_stack() ? 0 : TaskKey::kNone; base < plan.num_bases(); ++base) {
    const TaskKey key{.base = base, .member = 0};
    const Configuration& configuration = plan.configuration(key);
    try {
      check_members(plan, configuration, dataset);
      check_joining(configuration, dataset);
      check_method(plan, configuration, dataset);
      checked.models.push_back(check_model(plan, key));
    } catch (const ConfigError& error) {
      if (!plan.is_stack()) throw;
      throw ConfigError(fmt::format("ensemble.base.{} ({}): {}", base, configuration.name, error.what()));
    }
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
  const std::size_t validating =
      train.early_stopping ? estimate_bytes(*model.network, evaluation_options(*model.network, train)) : 0;
  return estimate_training_bytes(*model.network, train, rows) + predicting + validating;
}

std::vector<std::string> warnings_of(const StudyPlan& plan) {
  std::vector<std::string> warnings;
  for (std::int32_t base = plan.is_stack() ? 0 : TaskKey::kNone; base < plan.num_bases(); ++base) {
    const Configuration& configuration = plan.configuration({.base = base, .member = 0});
    const EnsembleOptions& ensemble = configuration.ensemble;
    if (trains_trees(configuration) && ensemble.method == "average" && max_members(ensemble) > 1 &&
        !is_random(configuration.trees))
      warnings.push_back(
          "ensemble.method = \"average\" of trees without anything random: all members are the same (set "
          "trees.samples or trees.features below 1)");
    const std::vector<std::string> rules = combines_of(ensemble, plan.dataset().task());
    if (ensemble.method == "adaboost" && !rules.front().starts_with("weighted_") &&
        !(ensemble.boosting.algorithm == "arc_x4"))
      warnings.push_back(
          fmt::format("ensemble.combine begins with \"{}\": what is reported is not AdaBoost, which weighs its rounds "
                      "(name weighted_vote, "
                      "or weighted_median of values, first)",
                      rules.front()));
  }
  return warnings;
}

}  // namespace jury
