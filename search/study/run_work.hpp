// What a run works through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/task_key.hpp"
#include "runtime/pool/task_source.hpp"

namespace jury {

/// How far a run is.
struct WorkProgress {
  std::size_t fits_done = 0;
  std::size_t fits_failed = 0;  ///< of those done
  std::size_t fits_left = 0;    ///< of a search, those that are known of
  double share = 0;             ///< of the expected work, in [0, 1]
};

/// Where and when one fit ran. Goes under /timing, which no comparison of results looks at.
struct FitTiming {
  TaskKey key;
  std::int32_t rank = 0;
  std::string host;
  double started_seconds = 0;
  double seconds = 0;
};

/// The tasks of a run, which go on where an earlier session ended.
class RunWork : public TaskSource {
 public:
  /// A record of an earlier session. Those of tasks that there are not (fewer are asked for now) are left out; those that
  /// are not final are tried again, but what failed in a search: it was decided on.
  virtual void restore(const Record& record) = 0;
  /// To be called after the last restore(), before anything else.
  virtual void settle() = 0;
  virtual bool is_finished() const = 0;
  virtual WorkProgress progress() const = 0;
  virtual const std::vector<FitTiming>& timing() const = 0;
};

}  // namespace jury
