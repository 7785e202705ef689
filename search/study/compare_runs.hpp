// Runs on the same data, compared pair by pair.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "search/study/compared_run.hpp"
#include "search/study/pair_tests.hpp"

namespace jury {

struct CompareOptions {
  std::string metric = {};  ///< "": what the first run is judged by
  double alpha = 0.05;      ///< level of the verdicts; intervals are at 1 - alpha
};

/// The metric to compare by. Throws ConfigError, with the nearest name, when a run does not have it.
const Metric& compared_metric(std::span<const ComparedRun> runs, const std::string& name);

/// The position of a metric that the run has.
std::size_t position_of(const ComparedRun& run, const Metric& metric);

/// Makes the labels of runs on the same data differ: names where those do, else folders, else paths.
void label_apart(std::span<ComparedRun> runs);

struct RunComparison {
  const Metric* metric = nullptr;
  std::vector<PairComparison> pairs;
};

/// Compares every pair:
///
///   folds that are the same in both  corrected_t_test() of their scores with n_test / n_train of these folds; before
///   it
///                                    five_by_two_test() where they are five repeats of two
///   the same rows predicted by both  mcnemar_test() of classes; wilcoxon_test() of the rows' losses, where the metric
///   is a mean
///                                    over rows (rmse and r2: squared errors)
///
/// The rows are those out of fold in the first repeat where its folds are the same in both, else the test set. p-values
/// are Holm-corrected over all pairs, each kind of test for itself. What cannot be compared is named in `left_out`.
/// Throws ConfigError when there is nothing to test in any pair. Expects runs of one data set, at least two, with
/// labels that differ.
RunComparison compare_runs(std::span<const ComparedRun> runs, const CompareOptions& options);

}  // namespace jury
