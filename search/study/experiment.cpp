#include "search/study/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>

#include "models/metrics/scores.hpp"
#include "runtime/base/hash.hpp"

namespace jury {
namespace {

// Settings that later versions will know; naming one is an error that says so, not a typing mistake.
constexpr std::array kPlanned = {"search", "budget.per_task", "final.calibrate", "cv.gap", "cv.window"};

// Takes the planned settings out of the tree, reporting each.
Config without_planned(const Config& config, const std::string& path, Problems& problems) {
  const auto* table = config.as<Config::Table>();
  if (table == nullptr) return config;
  Config::Table kept;
  for (const auto& [key, value] : *table) {
    const std::string full = path.empty() ? key : path + "." + key;
    if (std::ranges::find(kPlanned, full) != kPlanned.end()) {
      problems.add(value.origin(), "'" + full + "' is not available yet in this version");
    } else {
      kept.emplace_back(key, without_planned(value, full, problems));
    }
  }
  return Config(std::move(kept), config.origin());
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

// What says which rows are tested must agree, before any file is opened.
void check_splits(const Experiment& e, const Config& config, Problems& problems) {
  if (!e.cv) return;
  const CvOptions& cv = *e.cv;
  const auto problem = [&](std::string_view key, const std::string& text) {
    const Config* at = config.find_path(key);
    problems.add(at != nullptr ? at->origin() : config.origin(), text);
  };
  if (!cv.is_predefined()) {
    for (const auto& [key, value] : {std::pair("cv.column", &cv.column), std::pair("cv.test_index", &cv.test_index),
                                     std::pair("cv.train_index", &cv.train_index)})
      if (!value->empty())
        problem(key, fmt::format("{} does not go with cv.method = \"{}\" (set cv.method = \"predefined\")", key, cv.method));
    if (cv.folds < 2) problem("cv.folds", fmt::format("cv.folds = {} is out of range (must be in [2, {}])", cv.folds, 1e9));
    return;
  }
  if (cv.column.empty() && cv.test_index.empty())
    problem("cv.method", "cv.method = \"predefined\" does not say where the splits are (name a column in cv.column, or files "
                         "in cv.test_index)");
  if (!cv.column.empty() && !cv.test_index.empty())
    problem("cv.test_index", "cv.column and cv.test_index exclude each other (keep one)");
  if (!cv.train_index.empty() && cv.test_index.empty())
    problem("cv.train_index", "cv.train_index needs cv.test_index (the rows that each split tests)");
  if (!cv.column.empty() && cv.folds != 0)
    problem("cv.folds", fmt::format("cv.folds = {} does not go with cv.column (its values are the folds) leave it out", cv.folds));
  for (const auto& [key, value] : {std::pair("cv.test_index", &cv.test_index), std::pair("cv.train_index", &cv.train_index)})
    if (!value->empty() && (value->find("{}") == std::string::npos || value->find("{}") != value->rfind("{}")))
      problem(key, fmt::format("{} = \"{}\" does not name a file for each split (write {{}} once, where the number is)", key, *value));
}

bool is_default(const ModelOptions& model, std::string_view key) {
  return *to_config(model).find(key) == *to_config(ModelOptions()).find(key);
}

void check_together(const Experiment& e, const Config& config, Problems& problems) {
  const auto at = [&](std::string_view path) {
    const Config* value = config.find_path(path);
    return value != nullptr ? value->origin() : config.origin();
  };
  if (e.data.train.empty() && e.data.generator.empty())
    problems.add(at("data"), "data.train is missing (name a data file, or a data.generator)");
  if (!e.data.train.empty() && !e.data.generator.empty())
    problems.add(at("data.generator"), "data.generator and data.train exclude each other (keep one)");
  if (e.model.from.empty() && config.find_path("model.type") == nullptr)
    problems.add(at("model"), "model.type is missing (one of linear, mlp, cnn, network; or name a run in model.from)");
  if (e.ensemble.method == "none" && config.find_path("ensemble.members") != nullptr && e.ensemble.members != NumberOrWord(1))
    problems.add(at("ensemble.members"), "ensemble.members = " + std::to_string(e.ensemble.members.number) +
                                             " needs an ensemble (set ensemble.method to average or bagging)");
  if (e.ensemble.features != 1.0)
    problems.add(at("ensemble.features"), "ensemble.features below 1 is not available yet in this version");
  if (e.cv && e.cv->outer_folds > 0)
    problems.add(at("cv.outer_folds"), "cv.outer_folds is not available yet in this version");
  if (!e.model.from.empty())
    for (const char* key : {"type", "input", "hidden", "activation", "dropout", "batch_norm", "channels", "kernel", "stride", "padding",
                            "pool", "dropout2d", "embedding", "layers"})
      if (const Config* given = config.find_path(std::string("model.") + key); given != nullptr && !is_default(e.model, key))
        problems.add(given->origin(), fmt::format("model.{} does not go with model.from (the network is the stored one)", key));
  const Config* hidden = config.find_path("model.hidden");
  if (e.model.type == "linear" && hidden != nullptr && *hidden != Config(Config::List{}))
    problems.add(at("model.hidden"), "model.hidden does not apply to a linear model (use model.type = \"mlp\")");
}

}  // namespace

Experiment read_experiment(const Config& config, Problems& problems) {
  Experiment e;
  const Config known = without_planned(config, "", problems);
  read_options(known, e, "", problems);
  const bool has_ensemble = config.find("ensemble") != nullptr;
  if (has_ensemble && config.find_path("ensemble.method") == nullptr) e.ensemble.method = "bagging";
  if (config.find_path("final.refit") == nullptr) e.final.refit = has_ensemble;
  const bool has_test = !e.data.test.empty() || !e.data.test_slice.empty() || e.data.test_fraction > 0 ||
                        !e.data.generator.empty();
  // A file with a test part of its own needs no cross-validation, which only cv = false can say.
  if (!e.cv && !e.bias_variance && !has_test && config.find("cv") == nullptr) e.cv.emplace();
  // A number of folds that nobody asked for does not limit the splits that are there.
  if (e.cv && e.cv->is_predefined() && config.find_path("cv.folds") == nullptr) e.cv->folds = 0;
  check_name(e, config, problems);
  check_together(e, known, problems);
  check_metrics(e, known, problems);
  check_splits(e, known, problems);
  if (e.model.type == "linear") e.model.hidden.clear();
  if (e.ensemble.method == "none") e.ensemble.members = 1;
  return e;
}

std::string to_toml(const Experiment& experiment) {
  std::string text;
  const Config config = to_config(experiment);
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
  timeless.ensemble.members = 0;
  if (timeless.cv) {
    timeless.cv->repeats = 0;
    timeless.cv->test_index.clear();  // their content is in the hash of the data
    timeless.cv->train_index.clear();
  }
  if (timeless.bias_variance) timeless.bias_variance->replicates = 0;
  Hasher hash;
  hash.add(to_text(to_config(timeless, Fields::identity_only))).add(data_hash);
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
  return to_config(portable, Fields::identity_only);
}

}  // namespace jury
