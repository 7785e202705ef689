// Learners on several data sets, compared over these (Demsar 2006).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "search/study/compare_runs.hpp"

namespace jury {

struct DataSetComparison {
  const Metric* metric = nullptr;
  std::vector<std::string> learners;   ///< in the order they were first named
  std::vector<std::string> data_sets;  ///< likewise; a name that two share ends in its hash
  std::vector<double> scores;          ///< (data sets, learners)
  FriedmanTest friedman;
  double critical_difference = 0;     ///< of Nemenyi, between mean ranks, at alpha
  std::vector<PairComparison> pairs;  ///< of learners: wilcoxon (Holm-corrected) and, of three or more, nemenyi
  std::string note;                   ///< "" where there are data sets enough to show a difference
};

/// Compares learners (the runs of one label) by one score on each data set (runs of one data_hash): friedman_test()
/// over all, wilcoxon_test() of each pair's differences over data sets, nemenyi_p_values(). Verdicts are Wilcoxon's:
/// unlike Nemenyi's, its answer for a pair does not depend on the other learners (Benavoli, Corani and Mangili 2016).
/// Throws ConfigError when a learner lacks a data set or has two runs on one, there is one learner only, or scores
/// on a data set come from different rows (out of fold and from a test set). Expects runs.
DataSetComparison compare_data_sets(std::span<const ComparedRun> runs, const CompareOptions& options);

}  // namespace jury
