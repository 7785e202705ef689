#include "search/study/tree_checks.hpp"

#include "models/nn/batch_filler.hpp"
#include "models/trees/train_trees.hpp"
#include "runtime/base/error.hpp"
#include "search/study/truth_of.hpp"

namespace jury {

void check_trees(const StudyPlan& plan, const TaskKey& key) {
  const Configuration& configuration = plan.configuration(key);
  const EnsembleOptions& ensemble = configuration.ensemble;
  try {
    require_xgboost();
  } catch (const ConfigError& error) {
    throw ConfigError(std::string("model.type = \"xgboost\": ") + error.what());
  }
  if (ensemble.method == "snapshot" || ensemble.method == "mc_dropout")
    throw ConfigError("ensemble.method = \"" + ensemble.method +
                      "\" needs a network (model.type = \"xgboost\" trains trees)");
  if (plan.donor() != nullptr)
    throw ConfigError("model.from does not go with model.type = \"xgboost\" (it stores a network)");
  if (ensemble.weights == "valid" && configuration.trees.validation <= 0)
    throw ConfigError("ensemble.weights = \"valid\" needs rows that are held out (give trees.validation)");
  if (ensemble.method == "gradient_boosting" && configuration.trees.validation > 0)
    throw ConfigError(
        "trees.validation does not go with ensemble.method = \"gradient_boosting\", whose trees learn slopes (set "
        "ensemble.gradient.validation)");
  check_class_options(configuration.train, network_outputs(plan, key, plan.dataset()).task, plan.dataset());
}

double tree_flops(const TreeOptions& trees, std::size_t inputs, std::size_t outputs) noexcept {
  // Each level of each tree adds the row to a bin of every feature it sees, which waits for memory.
  constexpr double kFlopsPerBin = 8;
  return kFlopsPerBin * trees.trees * trees.depth * trees.features * static_cast<double>(inputs * outputs);
}

bool is_random(const TreeOptions& trees) noexcept {
  return trees.samples < 1 || trees.features < 1 || trees.split_features < 1 || trees.validation > 0;
}

}  // namespace jury
