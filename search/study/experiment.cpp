#include "search/study/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <string>

#include "models/metrics/scores.hpp"
#include "runtime/base/hash.hpp"
#include "search/study/cv_checks.hpp"
#include "search/study/objective_experiment.hpp"
#include "search/study/outer_folds.hpp"
#include "search/study/tree_settings.hpp"
#include "search/study/variance_design.hpp"

namespace jury {
namespace {

// What follows from other settings.
void settle(Configuration& c) {
  if (c.model.type == "linear") c.model.hidden.clear();
  if (c.ensemble.method == "none") c.ensemble.members = 1;
}

void check_name(const Experiment& e, const Config& config, Problems& problems) {
  const std::string& name = e.experiment.name;
  const bool safe = !name.empty() && name.size() <= 100 && name.front() != '.' && name.front() != '-' &&
                    std::ranges::all_of(name, [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                             c == '_' || c == '-';
                    });
  if (safe) return;
  const Config* at = config.find_path("experiment.name");
  problems.add(at != nullptr ? at->origin() : Origin{},
               "experiment.name = " + to_text(Config(name)) +
                   " is no name for a folder (use letters, digits, '.', '_', '-', not first '.' or '-', at most 100)");
}

// Metric names are known here, with their place; whether they suit the task is known with the data.
void check_metrics(const Experiment& e, const Config& config, Problems& problems) {
  if (!e.cv) return;
  for (std::size_t i = 0; i < e.cv->metrics.size(); ++i) {
    try {
      find_metric(e.cv->metrics[i]);
    } catch (const ConfigError& error) {
      const Config* at = config.find_path("cv.metrics." + std::to_string(i));
      problems.add(at != nullptr ? at->origin() : config.origin(), std::string("cv.metrics: ") + error.what());
    }
  }
}

// The members of a list of bases, which are as many as it names, and where they are told apart.
void check_bases(const Experiment& e, const Config& config, Problems& problems) {
  const bool is_stack = traits_of(e.ensemble).is_stack;
  const auto problem = [&](std::string_view key, const std::string& text) {
    const Config* at = config.find_path(key);
    problems.add(at != nullptr ? at->origin() : config.origin(), text);
  };
  if (is_stack && e.ensemble.base == Config())
    problem("ensemble.method",
            "ensemble.method = \"" + e.ensemble.method + "\" has no bases to join (write [[ensemble.base]] for each)");
  if (!is_stack && e.ensemble.base != Config())
    problem("ensemble.base", "ensemble.base does not go with ensemble.method = \"" + e.ensemble.method +
                                 "\" (set ensemble.method to stacking or selection)");
  if (is_stack && e.ensemble.members != EnsembleOptions().members)
    problem("ensemble.members", "ensemble.members does not go with ensemble.method = \"" + e.ensemble.method +
                                    "\" (its members are the bases) leave it out, or set it in a base");
}

// What a step does has no default; `given` is the section it was read from.
void check_steps(const std::optional<std::vector<PreprocessStep>>& steps, const Config& given, const std::string& path,
                 Problems& problems) {
  for (std::size_t i = 0; steps && i < steps->size(); ++i) {
    if (!(*steps)[i].step.empty()) continue;
    const std::string name = "preprocess." + std::to_string(i);
    const Config* at = given.find_path(name);
    problems.add(at != nullptr ? at->origin() : given.origin(),
                 path + name + ".step is missing (impute, standardize, ... as in step = \"impute\")");
  }
}

// An entry of ensemble.base over the experiment's own sections; its ensemble over the defaults.
Configuration read_base(const Experiment& e, const Config& given, const std::string& path, Problems& problems) {
  Configuration base{.preprocess = e.preprocess, .model = e.model, .train = e.train, .trees = e.trees};
  inherit_what_applies(given, base);
  read_options(given, base, path, problems);
  if (!given.is_table()) return base;
  if (given.find("preprocess") != nullptr) check_steps(base.preprocess, given, path + ".", problems);
  const bool has_members = given.find_path("ensemble.members") != nullptr;
  if (given.find("ensemble") != nullptr && given.find_path("ensemble.method") == nullptr)
    base.ensemble.method = "bagging";
  if (traits_of(base.ensemble).is_stack)
    problems.add(given.origin(), path + ".ensemble.method = \"" + base.ensemble.method +
                                     "\" would be a stack in a stack (name its bases here)");
  if (base.ensemble.base != Config())
    problems.add(given.origin(), path + ".ensemble.base would be a stack in a stack (name its bases here)");
  if (base.ensemble.method == "none" && has_members && base.ensemble.members != NumberOrWord(1))
    problems.add(given.origin(),
                 path + ".ensemble.members needs an ensemble (set " + path + ".ensemble.method to average or bagging)");
  if (!base.model.from.empty() && e.model.from.empty())
    problems.add(given.origin(),
                 path + ".model.from does not go with ensemble.method = \"" + e.ensemble.method + "\" leave it out");
  return base;
}

void read_bases(Experiment& e, const Config& config, Problems& problems) {
  check_bases(e, config, problems);
  const Config& given = e.ensemble.base;
  if (given == Config()) return;
  const auto* list = given.as<Config::List>();
  if (list == nullptr || list->empty())
    return problems.add(given.origin(), "ensemble.base must be a list of tables (write [[ensemble.base]] for each)");
  Config::List filled;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string path = "ensemble.base." + std::to_string(i);
    Configuration base = read_base(e, (*list)[i], path, problems);
    if ((*list)[i].is_table() && config.find_path("model.type") == nullptr &&
        (*list)[i].find_path("model.type") == nullptr)
      problems.add((*list)[i].origin(), path + ".model.type is missing (one of linear, mlp, cnn, network, xgboost)");
    if (base.name.empty()) base.name = base.model.type + "-" + std::to_string(i);
    check_tree_settings(base, (*list)[i], path + ".", problems);
    settle(base);
    filled.push_back(to_config(base));
    e.bases.push_back(std::move(base));
  }
  e.ensemble.base = Config(std::move(filled), given.origin());
}

bool is_default(const ModelOptions& model, std::string_view key) {
  return *to_config(model).find(key) == *to_config(ModelOptions()).find(key);
}

// A crossed design has each source once, and so many cells that a replicate has a number.
void check_sources(const BiasVarianceOptions& options, const Origin& at, Problems& problems) {
  const std::set<std::string> once(options.sources.begin(), options.sources.end());
  if (once.empty()) problems.add(at, "bias_variance.sources is empty (name what varies: [\"data\"] is all of it)");
  if (once.size() < options.sources.size())
    problems.add(at, "bias_variance.sources names a source twice (name each once)");
  const double cells = std::pow(options.levels, static_cast<double>(once.size()));
  if (VarianceDesign(options).is_crossed() && cells > 1e6)
    problems.add(
        at, fmt::format("bias_variance.sources crosses {} levels of {} sources, which is {:.0f} replicates (at most "
                        "1000000; lower bias_variance.levels)",
                        options.levels, once.size(), cells));
}

void check_together(const Experiment& e, const Config& config, Problems& problems) {
  const auto at = [&](std::string_view path) {
    const Config* value = config.find_path(path);
    return value != nullptr ? value->origin() : config.origin();
  };
  if (e.data.train.empty() && e.data.generator.empty())
    problems.add(at("data"), "data.train is missing (name a data file, or a data.generator)");
  check_steps(e.preprocess, config, "", problems);
  if (!e.data.train.empty() && !e.data.generator.empty())
    problems.add(at("data.generator"), "data.generator and data.train exclude each other (keep one)");
  if (e.model.from.empty() && config.find_path("model.type") == nullptr && e.ensemble.base == Config())
    problems.add(at("model"),
                 "model.type is missing (one of linear, mlp, cnn, network, xgboost; or name a run in model.from)");
  if (e.ensemble.method == "none" && config.find_path("ensemble.members") != nullptr &&
      e.ensemble.members != NumberOrWord(1))
    problems.add(at("ensemble.members"), "ensemble.members = " + std::to_string(e.ensemble.members.number) +
                                             " needs an ensemble (set ensemble.method to average or bagging)");
  if (e.final.trials == "selection" && !e.search)
    problems.add(at("final.trials"),
                 "final.trials = \"selection\" has no trials to select from (give [search], or ensemble.method = "
                 "\"selection\" with "
                 "[[ensemble.base]])");
  if (e.bias_variance) check_sources(*e.bias_variance, at("bias_variance.sources"), problems);
  try {
    check_outer_folds(e);
  } catch (const ConfigError& error) {
    problems.add(at("cv.outer_folds"), error.what());
  }
  if (!e.model.from.empty())
    for (const char* key : {"type", "input", "hidden", "activation", "dropout", "batch_norm", "channels", "kernel",
                            "stride", "padding", "pool", "dropout2d", "embedding", "layers"})
      if (const Config* given = config.find_path(std::string("model.") + key);
          given != nullptr && !is_default(e.model, key))
        problems.add(given->origin(),
                     fmt::format("model.{} does not go with model.from (the network is the stored one)", key));
  const Config* hidden = config.find_path("model.hidden");
  if (e.model.type == "linear" && hidden != nullptr && *hidden != Config(Config::List{}))
    problems.add(at("model.hidden"), "model.hidden does not apply to a linear model (use model.type = \"mlp\")");
}

}  // namespace

Experiment read_experiment(const Config& config, Problems& problems) {
  Experiment e;
  read_options(config, e, "", problems);
  if (e.objective) {
    check_name(e, config, problems);
    check_objective(e, config, problems);
    return e;
  }
  const bool has_ensemble = config.find("ensemble") != nullptr;
  if (has_ensemble && config.find_path("ensemble.method") == nullptr) e.ensemble.method = "bagging";
  if (config.find_path("final.refit") == nullptr) e.final.refit = has_ensemble || e.search;
  const bool has_test =
      !e.data.test.empty() || !e.data.test_slice.empty() || e.data.test_fraction > 0 || !e.data.generator.empty();
  // A file with a test part of its own needs no cross-validation, which only cv = false can say.
  if (!e.cv && !e.bias_variance && !has_test && config.find("cv") == nullptr) e.cv.emplace();
  // A number of folds that nobody asked for does not limit the splits that are there.
  if (e.cv && e.cv->is_predefined() && config.find_path("cv.folds") == nullptr) e.cv->folds = 0;
  check_name(e, config, problems);
  check_together(e, config, problems);
  check_metrics(e, config, problems);
  if (e.cv) check_cv(*e.cv, config, problems);
  settle(e);
  read_bases(e, config, problems);
  check_tree_settings(e, config, problems);
  return e;
}

Config settings_of(const Experiment& experiment, Fields which) {
  const Config all = to_config(experiment, which);
  if (!experiment.objective) return all;
  Config kept;
  for (const auto& [section, value] : *all.as<Config::Table>())
    if (goes_with_objective(section)) kept.set(section, value);
  return kept;
}

std::string to_toml(const Experiment& experiment) {
  std::string text;
  const Config config = settings_of(experiment, Fields::all);
  for (const auto& [key, value] : *config.as<Config::Table>()) {
    // An absent optional section is written as false; leaving it out reads back as absent, but for [cv].
    if (const bool* absent = value.as<bool>(); absent != nullptr && !*absent && key != "cv") continue;
    text += key + " = " + to_text(value) + "\n";
  }
  return text;
}

std::uint64_t identity_of(const Experiment& experiment, std::uint64_t data_hash, std::uint64_t donor_hash) {
  Experiment timeless = experiment;
  timeless.data.train.clear();
  timeless.data.test.clear();
  // Where other members or repeats would change which settings a trial has, its records would be of others.
  const bool extends = !timeless.search || !is_adaptive(*timeless.search);
  if (extends) {
    timeless.ensemble.members = 0;
    timeless.ensemble.max_members = 0;
    timeless.ensemble.tolerance = 0;
  }
  if (timeless.cv) {
    if (extends) timeless.cv->repeats = 0;
    timeless.cv->test_index.clear();  // their content is in the hash of the data
    timeless.cv->train_index.clear();
  }
  if (timeless.search && timeless.search->pruner != "pbt")
    timeless.search->trials = 0;  // they number a population's members
  if (timeless.bias_variance) timeless.bias_variance->replicates = 0;
  timeless.final.trials = "best";  // trials are the same, whatever is made of them
  Hasher hash;
  hash.add(to_text(settings_of(timeless, Fields::identity_only))).add(data_hash);
  if (donor_hash != 0) hash.add(donor_hash);
  return hash.digest();
}

Config recorded_config(const Experiment& experiment) {
  Experiment portable = experiment;
  const auto name_only = [](std::string& path) { path = std::filesystem::path(path).filename().string(); };
  name_only(portable.data.train);
  name_only(portable.data.test);
  if (portable.cv) {
    name_only(portable.cv->test_index);
    name_only(portable.cv->train_index);
  }
  return settings_of(portable, Fields::identity_only);
}

}  // namespace jury
