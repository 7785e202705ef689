// What stands for the training of trees in a build without xgboost. Stored trees predict without it.
#include "models/trees/train_trees.hpp"
#include "runtime/base/error.hpp"

namespace jury {

std::string xgboost_version() { return {}; }

void require_xgboost() {
  throw ConfigError(
      "this build of jury has no xgboost (libxgboost was not found when it was configured) install "
      "libxgboost-dev and build again");
}

TrainedTrees train_trees(const TreeOptions&, const TreeTrainingSet&, const TreeContext&) {
  require_xgboost();
  return {};
}

}  // namespace jury
