// jury export optuna: the trials of a search for Optuna and its dashboard.
#pragma once

#include <string>

#include "search/study/run_results.hpp"

namespace jury {

/// A journal that optuna.storages.JournalStorage opens: the study "<name>-<hash>", and one more for each outer fold of
/// nested cross-validation, "...-outer0". Trials have their parameters with the distributions of the search (normal
/// ones as the range that was seen, lists and texts as choices), values, states, times, what pruners saw of them
/// (`resource`: value), and as user attributes every score, its standard error and what went wrong.
///
/// The same results give the same bytes; while a run goes on (without outer folds) those of later results begin with
/// those of earlier ones, so that a dashboard follows. Format: one JSON object a line, `op_code` as in Optuna's
/// JournalOperation. Throws DataError where a table is damaged.
std::string export_optuna(const RunResults& results);

}  // namespace jury
