// progress.json: how far a run is, for whoever looks at its directory from outside.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "search/study/run_work.hpp"

namespace jury {

enum class RunStage {
  running,  ///< tasks are dealt
  writing,  ///< results are written; nothing else is said meanwhile
  ended,    ///< this session has ended, with an exit code
};

/// What a session says of itself about once a second. Counts are of what is on disk, of all sessions.
struct RunStatus {
  RunStage stage = RunStage::running;
  std::string name = {};
  std::string unit = "fit";    ///< what is counted, in the singular
  std::string host = {};       ///< of rank 0
  std::int64_t pid = 0;        ///< of rank 0
  bool is_launched = false;    ///< `jury launch` starts it again when it dies
  std::uint64_t beat = 0;      ///< grows as long as rank 0 lives
  double promise_seconds = 0;  ///< when the next beat comes at the latest
  double seconds = 0;          ///< of this session
  std::uint64_t done = 0;
  std::uint64_t failed = 0;       ///< of those done
  std::uint64_t left = 0;         ///< of a search, those that are known of
  std::uint64_t done_before = 0;  ///< when this session began
  double share = 0;               ///< of the expected work, in [0, 1]
  double share_before = 0;        ///< likewise
  std::uint64_t in_flight = 0;    ///< tasks dealt and not back
  std::uint64_t ready = 0;        ///< tasks that could be dealt
  int workers = 0;                ///< that take tasks
  std::optional<SearchProgress> search = {};
  std::optional<int> exit_code = {};

  /// Seconds that the rest takes at the pace of this session; nothing while that cannot be told.
  std::optional<double> seconds_left() const noexcept;
  /// Done in this session, each second; 0 while that cannot be told.
  double per_second() const noexcept;
};

std::string to_json(const RunStatus& status);
/// Throws DataError when the text is no status.
RunStatus run_status_from_json(const std::string& text);
/// Nothing where there is no such file, or it is none.
std::optional<RunStatus> read_run_status(const std::string& path);

/// Writes the file whole each time, and not synced: it is worth a second. A file that cannot be written never ends a
/// run.
class RunStatusFile {
 public:
  explicit RunStatusFile(std::string path) : path_(std::move(path)) {}
  void write(const RunStatus& status) noexcept;

 private:
  std::string path_;
};

}  // namespace jury
