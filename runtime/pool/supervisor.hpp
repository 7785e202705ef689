// When a run under `jury launch` is to be started, ended and started again.
#pragma once

#include <optional>
#include <string>

#include "runtime/base/error.hpp"
#include "runtime/pool/launch_status.hpp"

namespace jury {

struct SupervisorOptions {
  double start_seconds = 120;  ///< until MPI is up on all ranks
  double stall_seconds = 30;   ///< how much later than promised the coordinator's next beat may come
  double gone_seconds = 2;     ///< after the launcher or the coordinator is gone: for its last word to be seen
  double leave_seconds = 5;    ///< after its last word: for the launcher to end
  double stop_seconds = 300;   ///< after it was asked to stop
  int most_fruitless = 2;      ///< attempts in a row that bring no record
};

/// What is to be seen of an attempt from outside.
struct AttemptSeen {
  bool launcher_runs = true;
  std::optional<LaunchStatus> status = {};
  bool coordinator_is_gone = false;  ///< no such process, on this host
  bool rank_is_gone = false;         ///< any that was on this host; looked at until the coordinator is at work
};

/// Decides; starts and ends nothing itself. An attempt is one life of the job. It is over when its launcher has ended;
/// whoever calls this ends it when told to.
class Supervisor {
 public:
  explicit Supervisor(const SupervisorOptions& options) noexcept : options_(options) {}

  /// An attempt begins.
  void begin(double now);
  /// The user wants the run to stop.
  void stop(double now);

  enum class Action {
    wait,   ///< look again soon
    end,    ///< end the attempt, whatever it is doing, and look again
    again,  ///< it is over: start another, which resumes
    leave,  ///< it is over: exit with code()
  };
  Action look(double now, const AttemptSeen& seen);

  ExitCode code() const noexcept { return code_; }
  /// Why the attempt was ended or did not do: for the log, one line. Empty when there is nothing to say.
  const std::string& why() const noexcept { return why_; }
  int num_attempts() const noexcept { return attempts_; }

 private:
  Action end(std::string why);
  Action verdict(const AttemptSeen& seen);
  bool is_hanging(double now, const AttemptSeen& seen);

  SupervisorOptions options_;
  int attempts_ = 0;
  int fruitless_ = 0;
  double begun_ = 0;
  double heard_ = 0;  // of the latest beat
  std::uint64_t beat_ = 0;
  std::optional<double> stop_asked_;
  std::optional<double> ended_;  // its last word was seen
  std::optional<double> gone_;   // the coordinator or, while all wait for one another, a rank
  ExitCode code_ = ExitCode::failed;
  std::string why_;
};

}  // namespace jury
