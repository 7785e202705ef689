// What a run that trains works through: the tasks of one study, or those of a search.
#pragma once

#include <cstddef>

#include "search/study/member_predictions.hpp"
#include "search/study/run_work.hpp"
#include "search/study/search_results.hpp"

namespace jury {

/// What there is to be written: of a search, of its winner.
struct WorkState {
  const StudyPlan* plan = nullptr;
  const Fits* fits = nullptr;
  std::size_t fits_left = 0;
  const SearchResults* search = nullptr;  ///< nothing: there is no search
};

class StudyWork : public RunWork {
 public:
  /// Valid until the next call of done().
  virtual WorkState state() = 0;
};

}  // namespace jury
