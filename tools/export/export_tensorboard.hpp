// jury export tensorboard: learning curves and trials for TensorBoard.
#pragma once

#include <map>
#include <string>

#include "search/study/run_results.hpp"

namespace jury {

/// Event files by their names in the folder for `tensorboard --logdir`: of each fit a run with the columns of /curves
/// as scalars over its epochs ("trial-3/fold-0/member-1", of an outer fold below "outer-0"), and of each trial a run
/// with its parameters, value and scores for the HPARAMS page ("trial-3"). Times are those of the trials in /timing.
///
/// The same results give the same bytes. Throws DataError where a table is damaged.
std::map<std::string, std::string> export_tensorboard(const RunResults& results);

}  // namespace jury
