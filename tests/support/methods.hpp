// Small studies of every method of ensembles.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "search/study/json.hpp"
#include "support/small_study.hpp"

namespace jury {

/// A method with what it needs, and the tasks it is for.
struct MethodCase {
  std::string name;
  std::string settings;  ///< JSON: sections over those of the study
  bool for_classes = true;
  bool for_values = true;
};

inline const std::vector<MethodCase>& method_cases() {
  static const std::vector<MethodCase> cases = {
      {"none", R"({"ensemble": {"method": "none"}})"},
      {"average", R"({"ensemble": {"method": "average", "members": 3}})"},
      {"bagging", R"({"ensemble": {"method": "bagging", "members": 3}})"},
      {"bagging_blocks", R"({"ensemble": {"method": "bagging", "members": 3, "bootstrap": "blocks"}})"},
      {"bagging_balanced", R"({"ensemble": {"method": "bagging", "members": 3, "bootstrap": "balanced"}})", true,
       false},
      {"bagging_weighted",
       R"({"ensemble": {"method": "bagging", "members": 3, "combine": ["weighted_mean", "trimmed_mean"]}})"},
      {"pasting", R"({"ensemble": {"method": "pasting", "members": 3, "samples": 0.5}})"},
      {"subspaces", R"({"ensemble": {"method": "subspaces", "members": 3, "features": 0.5}})"},
      {"patches", R"({"ensemble": {"method": "patches", "members": 3, "samples": 0.7, "features": 0.5}})"},
      {"auto", R"({"ensemble": {"method": "bagging", "members": "auto", "tolerance": 0.5, "max_members": 12}})"},
      {"samme", R"({"ensemble": {"method": "adaboost", "members": 4}})", true, false},
      {"m1_resampling",
       R"({"ensemble": {"method": "adaboost", "members": 4, "boosting": {"algorithm": "m1", "by": "resampling", "weak": "restart"}}})",
       true, false},
      {"arc_x4",
       R"({"ensemble": {"method": "adaboost", "members": 4, "boosting": {"algorithm": "arc_x4", "by": "resampling"}}})",
       true, false},
      {"r2", R"({"ensemble": {"method": "adaboost", "members": 4}})", false, true},
      {"r2_resampling",
       R"({"ensemble": {"method": "adaboost", "members": 4, "boosting": {"by": "resampling", "loss": "square"}}})",
       false, true},
      {"gradient_boosting",
       R"({"ensemble": {"method": "gradient_boosting", "members": 4, "gradient": {"learning_rate": 0.5}}})"},
      {"softmax_parts",
       R"({"ensemble": {"method": "gradient_boosting", "members": 4, "samples": 0.6, "gradient": {"loss": "softmax"}}})",
       true, false},
      {"gradient_held_out",
       R"({"ensemble": {"method": "gradient_boosting", "members": 6, "gradient": {"learning_rate": 1, "validation": 0.3, "patience": 1}}})"},
      {"absolute", R"({"ensemble": {"method": "gradient_boosting", "members": 3, "gradient": {"loss": "absolute"}}})",
       false, true},
      {"huber", R"({"ensemble": {"method": "gradient_boosting", "members": 3, "gradient": {"loss": "huber"}}})", false,
       true},
      {"quantile",
       R"({"ensemble": {"method": "gradient_boosting", "members": 3, "gradient": {"loss": "quantile", "quantile": 0.8}}})",
       false, true},
      {"snapshot", R"({"ensemble": {"method": "snapshot", "members": 3}})"},
      {"mc_dropout",
       R"({"ensemble": {"method": "mc_dropout", "members": 3}, "model": {"type": "mlp", "hidden": [6], "dropout": 0.4}})"},
      {"stacking", R"({"ensemble": {"method": "stacking", "stack": {"folds": 2},
                       "base": [{"train": {"epochs": 1}}, {"model": {"type": "mlp", "hidden": [4]}}]}})"},
      {"stacking_of_juries", R"({"ensemble": {"method": "stacking", "stack": {"folds": 2, "meta": "ridge"},
                       "base": [{"ensemble": {"method": "bagging", "members": 2}}, {"ensemble": {"method": "adaboost", "members": 2}},
                                {"ensemble": {"method": "gradient_boosting", "members": 2}},
                                {"ensemble": {"method": "average", "members": "auto", "tolerance": 1, "max_members": 6}}]}})"},
      {"selection", R"({"ensemble": {"method": "selection", "stack": {"folds": 2, "picks": 5, "bags": 3},
                       "base": [{"train": {"epochs": 1}}, {"model": {"type": "mlp", "hidden": [4]}}]}})"},
  };
  return cases;
}

/// Folds, replicates and a final ensemble of 48 rows of a generator, with these sections over it.
inline Experiment experiment_over(const std::string& settings, TaskKind task = TaskKind::classification) {
  Config config = config_from_json(
      std::string(R"({"experiment": {"seed": 7}, "data": {"rows": 48, "test_rows": 20, "generator": ")") +
      (task == TaskKind::classification ? "twonorm" : "friedman1") +
      R"("}, "model": {"type": "linear"}, "train": {"epochs": 3, "lr": 0.05, "batch": 8},
                                       "cv": {"folds": 2}, "bias_variance": {"replicates": 2}})");
  const Config over = config_from_json(settings);
  for (const auto& [section, value] : *over.as<Config::Table>()) {
    const auto* table = value.as<Config::Table>();
    if (table == nullptr || table->empty()) {
      config.set(section, value);
      continue;
    }
    for (const auto& [key, entry] : *table) config.set_path(section + "." + key, entry);
  }
  Problems problems;
  Experiment experiment = read_experiment(config, problems);
  problems.throw_if_any();
  return experiment;
}

/// Calls body(case, experiment) for every method and task it is for.
template <class Body>
void for_each_method(Body&& body) {
  for (const MethodCase& method : method_cases()) {
    for (const TaskKind task : {TaskKind::classification, TaskKind::regression}) {
      if (task == TaskKind::classification ? !method.for_classes : !method.for_values) continue;
      SCOPED_TRACE(method.name + (task == TaskKind::classification ? ", classes" : ", values"));
      body(method, experiment_over(method.settings, task));
    }
  }
}

}  // namespace jury
