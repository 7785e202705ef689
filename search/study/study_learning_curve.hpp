// Bias and variance against the size of the training set.
#pragma once

#include <vector>

#include "search/study/study_bias_variance.hpp"

namespace jury {

/// Decompositions of the single model and the ensemble for each of bias_variance.train_sizes, in that order, from the
/// replicates that are complete at that size; points are left empty. A replicate's smaller training sets are parts of
/// its larger ones.
std::vector<StudyDecomposition> decompose_train_sizes(const StudyPlan& plan, const Trained& trained,
                                                      const Scoring& scoring);

}  // namespace jury
