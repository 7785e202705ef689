#include "search/study/study_trials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/metrics/row_scores.hpp"
#include "search/study/trial_settings.hpp"
#include "search/study/truth_of.hpp"

namespace jury {
namespace {

constexpr std::array<std::string_view, 18> kChangeable = {
    "train.lr",           "train.momentum",        "train.beta1",        "train.beta2",  "train.rho",
    "train.epsilon",      "train.label_smoothing", "train.weight_decay", "train.l1",     "train.max_norm",
    "train.clip_norm",    "train.clip_value",      "train.mixup",        "train.cutmix", "train.input_noise",
    "train.weight_noise", "model.dropout",         "model.dropout2d"};
constexpr std::int32_t kDropResamples = 1000;  // as BBCD-CV

// Most of what the rungs count there is of.
std::int64_t most_of(const std::string& resource, const StudyPlan& plan) {
  const Experiment& experiment = plan.experiment();
  if (resource == "members") return max_members(experiment.ensemble);
  if (resource == "folds") return std::int64_t{plan.num_folds()} * plan.num_repeats();
  return experiment.train.epochs;
}

// Settings that may change while a network trains, and who proposes them.
void check_population(const SearchSection& search, const Space& space) {
  const auto refuse = [](const std::string& why) { throw ConfigError("search.pruner = \"pbt\" " + why); };
  if (search.rungs.resource != "epochs") refuse("exchanges networks between epochs (leave search.rungs.resource out)");
  if (search.method == "tpe" || search.method == "gp" || search.method == "cma_es")
    refuse("changes settings itself (search.method = \"" + search.method +
           "\" would never be asked again) use random or sobol");
  for (const Parameter& parameter : space.parameters())
    if (std::ranges::find(kChangeable, parameter.path) == kChangeable.end())
      refuse(fmt::format("cannot change {} while a network trains (it can: {})", parameter.path,
                         fmt::join(kChangeable, ", ")));
}

bool may_be_a_word(const Distribution& distribution) {
  for (std::int64_t level = 0; level < distribution.num_levels() && !distribution.is_numeric(); ++level)
    if (distribution.value(distribution.cell(level).middle()).as<std::string>() != nullptr) return true;
  return false;
}

// What can be divided into rungs.
void check_rungs(const SearchSection& search, const StudyPlan& plan, const Space& space) {
  if (search.pruner == "none") return;
  if (search.pruner == "pbt") check_population(search, space);
  const Configuration& own = plan.experiment();
  const std::string& resource = search.rungs.resource;
  const auto refuse = [&](const std::string& why, const Origin& at = {}) {
    throw ConfigError(prefix(at) + "search.pruner = \"" + search.pruner + "\" does not go with " + why);
  };
  const auto find = [&](std::string_view path) -> const Parameter* {
    const auto index = space.find(path);
    return index ? &space.parameters()[*index] : nullptr;
  };
  const bool follows = traits_of(own.ensemble).is_sequential || plan.is_stack() || is_auto(own.ensemble);
  if (resource != "folds" && follows)
    refuse("ensemble.method = \"" + own.ensemble.method + "\" or members = \"auto\" over rungs of " + resource +
           " (set search.rungs.resource to \"folds\")");
  if (resource == "epochs" && trains_trees(own))
    refuse("model.type = \"xgboost\" over rungs of epochs (set search.rungs.resource to \"folds\")");
  for (const auto& [kind, path] : {std::pair("epochs", "train.epochs"), std::pair("members", "ensemble.members")})
    if (const Parameter* parameter = find(path); parameter != nullptr && resource == kind)
      refuse(std::string(path) + " in the space (it is what the rungs give out) take one of them out",
             parameter->origin);
  if (resource == "folds") return;
  for (const char* path : {"ensemble.method", "model.type"})
    if (const Parameter* parameter = find(path))
      refuse(std::string(path) + " in the space (rungs of " + resource +
                 " mean other things in each) set search.rungs.resource to \"folds\"",
             parameter->origin);
  if (const Parameter* members = find("ensemble.members"); members != nullptr && may_be_a_word(members->distribution))
    refuse("ensemble.members = \"auto\" in the space over rungs of " + resource +
               " (set search.rungs.resource to \"folds\")",
           members->origin);
}

}  // namespace

StudyTrials::StudyTrials(const TrialContext& context, const BlobStore& blobs, std::int32_t outer,
                         TrialSettingsWriter* settings)
    : context_(context),
      blobs_(blobs),
      outer_(outer),
      settings_(settings),
      objectives_(objectives_of(context.experiment, context.dataset)) {}

SearchTask StudyTrials::search_task() const {
  const SearchSection& section = *context_.experiment.search;
  Problems problems;
  Space space = space_of(context_.experiment, problems);
  problems.throw_if_any();
  const TrialPlan base(context_, {outer_, 0}, {});
  check_rungs(section, base.plan(), space);
  const bool folds = objectives_.front().source == "oof";
  const bool by_rows = section.pruner == "race" && section.rungs.drop == "rows";
  if (by_rows && !row_mean_of(*objectives_.front().metric, num_outputs(context_.dataset)))
    throw ConfigError("search.rungs.drop = \"rows\" does not go with search.objective = \"" +
                      objectives_.front().name() + "\" (it is no mean over rows) use \"folds\"");
  const bool whole_folds = section.pruner == "race" && section.rungs.resource == "folds";
  const std::uint64_t drop_seed = stream_key(context_.experiment.experiment.seed, Purpose::sampler, {outer_, 1});
  if (!folds && !base.plan().has_final())
    throw ConfigError("search.objective = \"" + objectives_.front().name() +
                      "\" is of the final ensemble, and there is none (set final.refit = true)");
  if (!folds && (section.pruner == "race" || section.rungs.resource == "folds") && section.pruner != "none")
    throw ConfigError("search.pruner = \"" + section.pruner +
                      "\" over folds needs an objective of folds (\"oob.\" scores have none)");
  if (context_.experiment.final.trials == "selection")
    if (const std::string why = why_not_selected(base.plan(), section, objectives_); !why.empty())
      throw ConfigError("final.trials = \"selection\" does not go with " + why);
  return {.section = section,
          .outer = outer_,
          .seed = stream_key(context_.experiment.experiment.seed, Purpose::sampler, {outer_}),
          .space = std::move(space),
          .objectives = objectives_,
          .rungs = {
              .trials = section.trials,
              .max_resource = whole_folds ? 1 : std::max<std::int64_t>(1, most_of(section.rungs.resource, base.plan())),
              .folds = std::max<std::int64_t>(1, std::int64_t{base.plan().num_folds()} * base.plan().num_repeats()),
              .drop_test = by_rows ? row_losses_test(section.rungs.alpha, kDropResamples, drop_seed) : DropTest()}};
}

std::unique_ptr<TrialWork> StudyTrials::make(const TrialId& id, const TrialSettings& settings) {
  JURY_EXPECTS(settings_ != nullptr);
  auto work = std::make_unique<StudyTrial>(context_, id, settings, blobs_, objectives_);
  settings_->add(id, settings);
  return work;
}

void StudyTrials::retire(const TrialId& id, TrialWork& work) {
  StudyTrial& trial = *study_of(&work);
  const auto metrics = choose_metrics(outcome_of(context_.dataset), {},
                                      forecast_of(trial.plan().experiment(), context_.dataset.task()).kind);
  for (auto& line : score_fits(trial.plan(), trial.source().fits(), metrics))
    fit_scores_.emplace_back(key_of_trial(line.first, id), std::move(line.second));
  for (auto& [key, fit] : trial.source().take_fits()) {
    fit.result = without_arrays(std::move(fit.result));
    fits_.emplace(key_of_trial(key, id), std::move(fit));
  }
  remove_checkpoints(context_, id);
}

std::optional<JoinedStudy> StudyTrials::join(std::int32_t number, const std::vector<JoinCandidate>& complete) {
  if (context_.experiment.final.trials != "selection") return std::nullopt;
  const auto value = [this](const JoinCandidate& trial) {
    return objectives_.front().minimised(trial.score->objectives.front());
  };
  const auto best = std::ranges::min_element(complete, {}, value);
  const TrialPlan base(context_, {outer_, 0}, *best->settings);
  joined_ = select_trials(base.plan(), objectives_, complete);
  joined_->number = number;
  if (!joined_->reason.empty()) return std::nullopt;
  return JoinedStudy{settings_of(*joined_, context_.experiment, complete), joined_->naive};
}

void StudyTrials::report(SearchResults& results) const {
  if (outer_ == TaskKey::kNone) results.joined = joined_;
  results.fits.insert(fits_.begin(), fits_.end());
  results.fit_scores.insert(results.fit_scores.end(), fit_scores_.begin(), fit_scores_.end());
}

}  // namespace jury
