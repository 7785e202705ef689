#include "tools/command/simulate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/pool/simulation.hpp"
#include "search/study/donor.hpp"
#include "search/study/study_data.hpp"
#include "tools/command/simulated_tasks.hpp"

namespace jury {
namespace {

constexpr double kBusy = 0.9;               // of a rank's time, where it is worth having
constexpr std::size_t kMostTasks = 50'000;  // that are simulated beside a dry run
constexpr std::int64_t kMostRanks = 1 << 16;

// The experiment's own tasks.
std::unique_ptr<TaskSource> planned(const Experiment& experiment) {
  if (experiment.objective)
    throw ConfigError(
        "--simulate needs tasks= where there is an [objective] (nobody knows what a call of its function costs)");
  const Dataset dataset = Dataset::own(load_study_data(experiment));
  const StudyPlan plan(experiment, dataset, read_donor(experiment.model));
  if (!experiment.search) return std::make_unique<ListedTasks>(tasks_of(plan, check_study(plan)));
  fmt::print("note       the search: whole trials of mean work, none pruned, {} at once\n",
             experiment.search->parallel);
  return std::make_unique<AlikeTrials>(trials_of(check_search(plan, 20)));
}

SimulationOptions simulation_of(const SimulateOptions& options) {
  const int workers = training_ranks(static_cast<int>(options.ranks), options.deaths);
  MessageCosts costs;
  for (double* cost : {&costs.receive_seconds, &costs.send_seconds, &costs.poll_seconds, &costs.task_seconds,
                       &costs.commit_seconds, &costs.commit_byte_seconds, &costs.latency_seconds})
    *cost *= options.costs;
  return {.workers = workers,
          .nodes = std::min(workers, static_cast<int>(options.nodes)),
          .gateways_above = options.gateways_above,
          .ranks_per_gateway = options.ranks_per_gateway,
          .flops = options.flops,
          .deaths = options.deaths,
          .stragglers = options.stragglers,
          .jitter = options.jitter,
          .slowdown = options.slowdown,
          .payload_bytes = static_cast<std::size_t>(options.payload),
          .seed = static_cast<std::uint64_t>(options.seed),
          .costs = costs};
}

void print_result(const SimulationResult& result) {
  const auto rate = [&](double count) { return result.per_second(count); };
  fmt::print("tasks      {} done, {} given up, {} of work\n", result.num_tasks, result.num_failed,
             format_duration(result.work_seconds));
  fmt::print("time       {}, {:.2f} % of the {} that the training ranks lived\n",
             format_duration(result.makespan_seconds), 100 * result.utilisation,
             format_duration(result.offered_seconds));
  fmt::print("deaths     {}\n", counted(result.num_dead, "rank"));
  fmt::print("rank 0     {:.2f} % of the time busy with the others, {:.0f} messages/s\n", 100 * result.coordinator_load,
             rate(static_cast<double>(result.num_frames)));
  fmt::print("journal    {:.0f} records/s, {:.3f} MB/s, {:.1f} commits/s, {} in all\n",
             rate(static_cast<double>(result.num_tasks)), rate(static_cast<double>(result.journal_bytes)) / 1e6,
             rate(static_cast<double>(result.num_commits)), format_bytes(static_cast<double>(result.journal_bytes)));
}

}  // namespace

ExitCode simulate_run(const Experiment& experiment, const SimulateOptions& options) {
  fmt::print("simulated  {} on {}, {} of them training, each at {:.3g} GFLOP/s{}\n",
             counted(static_cast<std::uint64_t>(options.ranks), "rank"),
             counted(static_cast<std::uint64_t>(options.nodes), "node"),
             training_ranks(static_cast<int>(options.ranks), options.deaths), options.flops / 1e9,
             options.tasks == 0 ? " (assumed; flops= says another)" : "");
  const auto source =
      options.tasks == 0
          ? planned(experiment)
          : std::make_unique<ListedTasks>(made_up_tasks(options.tasks, options.shortest, options.longest, options.flops,
                                                        static_cast<std::uint64_t>(options.seed)));
  const SimulationResult result = simulate(*source, simulation_of(options));
  print_result(result);
  if (result.completed) return ExitCode::done;
  fmt::print("end        more than half of the ranks died (jury launch would start again with all of them)\n");
  return ExitCode::failed;
}

void print_rank_counts(const std::function<std::unique_ptr<TaskSource>()>& tasks, std::size_t num_tasks) {
  if (num_tasks == 0) return;
  if (num_tasks > kMostTasks)
    return fmt::print("time       not simulated for so many tasks (jury run FILE --simulate ranks=N does)\n");
  const SimulateOptions assumed;
  fmt::print("time       at {:.3g} GFLOP/s a rank (assumed)\n", assumed.flops / 1e9);
  std::int64_t best = 1;
  for (std::int64_t ranks = 1; ranks <= kMostRanks; ranks *= 2) {
    SimulationOptions options{.workers = training_ranks(static_cast<int>(ranks), 0),
                              .heartbeats = SimulationOptions::Heartbeats::off};
    const SimulationResult result = simulate(*tasks(), options);
    // Rank 0's time is offered too where it only coordinates.
    const double busy = result.work_seconds / (result.makespan_seconds * static_cast<double>(ranks));
    fmt::print("           {:>11}  {:>10}  {:>5.1f} % busy\n", counted(static_cast<std::uint64_t>(ranks), "rank"),
               format_duration(result.makespan_seconds), 100 * busy);
    if (busy >= kBusy) best = ranks;
    if (ranks >= static_cast<std::int64_t>(num_tasks) || busy < kBusy / 4) break;
  }
  fmt::print("best       {}: of more, less than {:.0f} % would be busy\n",
             counted(static_cast<std::uint64_t>(best), "rank"), 100 * kBusy);
}

}  // namespace jury
