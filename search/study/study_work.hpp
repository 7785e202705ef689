// What a run works through: the tasks of one study, or those of a search.
#pragma once

#include <cstddef>
#include <vector>

#include "runtime/pool/task_source.hpp"
#include "search/study/member_predictions.hpp"
#include "search/study/results_file.hpp"
#include "search/study/search_results.hpp"

namespace jury {

/// How far a run is.
struct WorkProgress {
  std::size_t fits_done = 0;
  std::size_t fits_failed = 0;  ///< of those done
  std::size_t fits_left = 0;    ///< of a search, those that are known of
  double share = 0;             ///< of the expected work, in [0, 1]
};

/// What there is to be written: of a search, of its winner.
struct WorkState {
  const StudyPlan* plan = nullptr;
  const Fits* fits = nullptr;
  std::size_t fits_left = 0;
  const SearchResults* search = nullptr;  ///< nothing: there is no search
};

class StudyWork : public TaskSource {
 public:
  /// A record of an earlier session. Those of tasks that there are not (fewer are asked for now) are left out; those that
  /// are not final are tried again.
  virtual void restore(const Record& record) = 0;
  /// To be called after the last restore(), before anything else.
  virtual void settle() = 0;
  virtual bool is_finished() const = 0;
  virtual WorkProgress progress() const = 0;
  /// Valid until the next call of done().
  virtual WorkState state() = 0;
  virtual const std::vector<FitTiming>& timing() const = 0;
};

}  // namespace jury
