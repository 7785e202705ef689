#include "search/study/versions.hpp"

#include "models/nn/session.hpp"
#include "models/trees/train_trees.hpp"
#include "runtime/mpi/session.hpp"
#include "runtime/store/provenance.hpp"

namespace jury {

std::string jury_version() { return JURY_VERSION; }
std::string jury_git() { return JURY_GIT; }

std::vector<std::pair<std::string, std::string>> library_versions() {
  const std::string xgboost = xgboost_version();
  return {{"MPI", mpi_version()},
          {"oneDNN", onednn_version()},
          {"HDF5", hdf5_version()},
          {"xgboost", xgboost.empty() ? "not in this build" : xgboost}};
}

}  // namespace jury
