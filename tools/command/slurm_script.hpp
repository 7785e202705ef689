// The text of a batch script.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/command/slurm_options.hpp"

namespace jury {

enum class Launcher { launch, srun, mpirun };

/// What a batch script is made from.
struct SlurmScript {
  SbatchValues sbatch = {};
  Launcher launcher = Launcher::srun;
  std::vector<std::string> arguments = {};  ///< of jury: any bytes but NUL
  std::string jury = {};                    ///< the command, in kPathCharacters
  std::string shards = {};                  ///< of an array: the folder of its runs, each under the number of its task
  SiteOptions site = {};                    ///< as read_site_file() gives it
  int signal_seconds = 120;                 ///< so long before the time limit it is asked to stop
  int max_requeues = 100;
};

/// The script. Its shell text is the same for all; what differs are values of the whitelists, and `arguments`, which
/// stand in comments that jury itself reads (script_arguments()) and never reach the shell as text.
std::string to_text(const SlurmScript& script);

/// Which task of an array a job is, as Slurm's variables say it: digits, or "" outside an array.
struct ArrayTask {
  std::string index = {};
  std::string count = {};
};

/// The arguments that stand in a script. Throws DataError when there are none, a line is damaged, or one is of a task
/// of an array and this is none.
std::vector<std::string> script_arguments(std::string_view script, const ArrayTask& task = {});

}  // namespace jury
