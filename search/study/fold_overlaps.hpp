// What training and test parts of folds have in common though they share no row.
#pragma once

#include <cstddef>

#include "search/study/study_plan.hpp"

namespace jury {

struct FoldOverlaps {
  /// Training rows that some fold tests while it trains on a row that is equal in all features.
  std::size_t duplicate_rows = 0;
  /// Groups of data.group that some fold has in both parts.
  std::size_t split_groups = 0;
};

/// Counts over all folds of all repeats. O(n log n) and, where there are copies or groups, O(n) for each fold.
FoldOverlaps count_overlaps(const StudyPlan& plan);

}  // namespace jury
