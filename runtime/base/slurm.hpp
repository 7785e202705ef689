// What a process inside a Slurm job knows of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace jury {

/// Seconds until Slurm ends the job this process is in; nothing outside a job, or when Slurm does not say. Slurm 22.05
/// sets no SLURM_JOB_END_TIME: then `scontrol show job` is asked, which may take up to `patience` seconds.
std::optional<double> slurm_seconds_left(double patience = 10);

/// The nodes that the job this process is in still has; empty outside a job, or when Slurm does not say. A job with
/// --no-kill goes on when it loses a node, which is then no longer among them. Asks `scontrol show job`, as above.
std::vector<std::string> slurm_nodes_left(double patience = 10);

/// When to stop of so many seconds: a tenth earlier, at most a minute. Slurm looks at its limits every half minute,
/// and results have to be written.
double seconds_before_slurm_ends(double seconds_left) noexcept;

/// This process's environment for a program that begins a job of its own: without what an enclosing job or launcher has
/// set (SLURM_*, SBATCH_*, PMIX_*, ...), but with SLURM_CONF, which names the cluster.
std::vector<std::string> environment_outside_jobs();

}  // namespace jury
