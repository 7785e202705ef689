// What a run works through.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/task_key.hpp"
#include "runtime/pool/task_source.hpp"
#include "runtime/store/record.hpp"

namespace jury {

/// How far a search is; of nested searches the main one.
struct SearchProgress {
  std::int64_t settled = 0;      ///< trials that are complete, failed or pruned
  std::int64_t total = 0;        ///< that there may be
  std::string objective = {};    ///< "log_loss"
  std::int32_t best_trial = -1;  ///< -1: none is complete
  double best_value = std::numeric_limits<double>::quiet_NaN();
};

/// How far a run is.
struct WorkProgress {
  std::size_t fits_done = 0;
  std::size_t fits_failed = 0;  ///< of those done
  std::size_t fits_left = 0;    ///< of a search, those that are known of
  double share = 0;             ///< of the expected work, in [0, 1]
  std::optional<SearchProgress> search = {};
};

/// A trial that is over.
struct SettledTrial {
  std::int32_t outer = TaskKey::kNone;  ///< fold of its search, where searches are nested
  std::int32_t trial = 0;
  std::string_view state = "complete";                      ///< complete, failed or pruned
  double value = std::numeric_limits<double>::quiet_NaN();  ///< of the objective, where it is complete
  bool is_best = false;                                     ///< of its search, so far
  std::string error = {};
};

/// Where and when one task ran. Goes under /timing, which no comparison of results looks at.
struct FitTiming {
  TaskKey key;
  std::int32_t rank = 0;
  std::string host;
  double started_seconds = 0;
  double seconds = 0;
  std::uint64_t peak_bytes = 0;  ///< Record::peak_bytes
  std::uint32_t session = 0;     ///< Record::session
};

inline FitTiming timing_of(const Record& record) {
  return {record.key,     record.rank,       record.host,   record.started_seconds,
          record.seconds, record.peak_bytes, record.session};
}

/// The tasks of a run, which go on where an earlier session ended.
class RunWork : public TaskSource {
 public:
  /// A record of an earlier session. Those of tasks that there are not (fewer are asked for now) are left out; those
  /// that are not final are tried again, but what failed in a search: it was decided on.
  virtual void restore(const Record& record) = 0;
  /// To be called after the last restore(), before anything else.
  virtual void settle() = 0;
  virtual bool is_finished() const = 0;
  virtual WorkProgress progress() const = 0;
  virtual const std::vector<FitTiming>& timing() const = 0;
  /// Trials that were settled since the last call, in their order.
  virtual std::vector<SettledTrial> take_settled() { return {}; }
};

}  // namespace jury
