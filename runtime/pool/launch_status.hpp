// What a run under `jury launch` says of itself, in a small file that the supervisor reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"

namespace jury {

/// The environment variable that names the file. A run that finds it is under a supervisor.
inline constexpr const char* kLaunchStatusVariable = "JURY_LAUNCH_STATUS";

enum class LaunchStage {
  started,  ///< MPI is up on all ranks; the data is being read
  running,  ///< the coordinator deals tasks, or writes results
  ended,    ///< with an exit code
};

struct LaunchStatus {
  LaunchStage stage = LaunchStage::started;
  std::int64_t pid = 0;        ///< of rank 0
  std::string host = {};       ///< of rank 0
  std::uint64_t beat = 0;      ///< grows as long as rank 0 lives
  double promise_seconds = 0;  ///< when the next beat comes at the latest
  std::uint64_t records = 0;   ///< on disk since this process began
  ExitCode code = ExitCode::failed;

  bool operator==(const LaunchStatus&) const = default;
};

/// Nothing when there is no such file, or it is none.
std::optional<LaunchStatus> read_launch_status(const std::string& path);

/// Rank 0's side: writes the file whole each time. Without a path nothing is written.
class LaunchReporter {
 public:
  /// Throws IoError when the file cannot be written, as does everything else here.
  LaunchReporter(std::string path, const Clock& clock);

  bool is_watched() const noexcept { return !path_.empty(); }
  /// Once a second at most, as often as it is called.
  void running(std::uint64_t records, double promise_seconds);
  /// The same at once: something is about to take long.
  void promise(double seconds);
  void ended(ExitCode code);

  /// A rank was lost: MPI_Finalize may wait for it for ever.
  void lost_a_rank() noexcept { lost_ = true; }
  bool has_lost_ranks() const noexcept { return lost_; }

 private:
  void write();

  std::string path_;
  const Clock& clock_;
  LaunchStatus status_;
  double written_ = 0;
  bool lost_ = false;
};

}  // namespace jury
