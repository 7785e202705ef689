// One life of a launched job: mpirun and everything it started.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "runtime/pool/supervisor.hpp"
#include "runtime/store/file.hpp"

namespace jury {

/// What mpirun is started with.
struct AttemptPlan {
  std::vector<std::string> command = {};  ///< mpirun and its arguments; no shell reads it
  std::string status = {};                ///< the file that the run writes (launch_status.hpp)
  std::string scratch = {};               ///< folder for MPI's own files, made and removed here
  std::function<void(std::string)> on_line =
      {};                      ///< takes what it writes to standard output, whole lines; none: it has ours
  std::size_t ranks_here = 0;  ///< ranks that are to come up on this machine; 0: not known
};

/// Lives as long as the job. The launcher gets SIGTERM when this process dies.
class Attempt {
 public:
  /// Throws IoError when the launcher cannot be started.
  explicit Attempt(AttemptPlan plan);
  /// Ends what is left, and removes the scratch folder.
  ~Attempt();
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  AttemptSeen look();
  /// To the launcher, which forwards SIGUSR1 and SIGUSR2 to all ranks.
  void signal(int number) const;
  /// SIGTERM to the launcher, SIGKILL to it 5 s later, and then to what it left on this machine.
  void end();

 private:
  bool is_running();
  bool has_lost_a_rank();
  void read_lines();

  AttemptPlan plan_;
  pid_t pid_ = -1;
  Fd output_;
  std::string line_;  // the beginning of one
  bool ended_ = false;
  std::size_t most_here_ = 0;  // ranks on this machine
  bool lost_ = false;
  double begun_ = 0;
  double next_count_ = 0;
};

}  // namespace jury
