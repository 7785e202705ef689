#include "search/study/run_on_ranks.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <optional>

#include "models/nn/session.hpp"
#include "runtime/base/crash_note.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/pool/message.hpp"
#include "runtime/pool/run_pool.hpp"
#include "runtime/store/blob.hpp"
#include "search/study/study_run.hpp"

namespace jury {
namespace {

// Only on this machine can it be known.
bool is_gone_here(const Ready& worker) {
  return worker.host == host_name() && ::kill(static_cast<pid_t>(worker.pid), 0) != 0 && errno == ESRCH;
}

// Beside the status file, in the folder that all nodes see.
std::string crash_notes_of(const RunRequest& request, const std::string& host) {
  return request.launch_status + ".crash-" + host;
}

// A process that is gone and left no note was killed by what it cannot handle.
std::string why_lost(const RunRequest& request, const Ready& worker) {
  if (worker.pid == 0) return {};
  if (const auto signal = crash_signal(crash_notes_of(request, worker.host), worker.pid)) return signal_name(*signal);
  return is_gone_here(worker) ? "killed from outside, perhaps for want of memory" : "";
}

// A resumed run keeps the instruction set it started with, on every rank; a new one needs ranks that
// agree. Collective.
void settle_isa(const Comm& world, const std::string& journal) {
  std::string begun_on;
  agree(world, [&] {
    if (world.rank() == 0 && !journal.empty()) begun_on = read_journal(journal).head.isa;
  });
  begun_on = world.broadcast(begun_on, 0);
  agree(world, [&] {
    if (!begun_on.empty()) cap_isa(begun_on);
  });
  const auto sets = world.all_gather(isa());
  for (const std::string& set : sets)
    if (set != sets.front())
      throw ConfigError(
          fmt::format("the ranks have different instruction sets ({} and {}), so their results would "
                      "differ (run on nodes of one kind)",
                      sets.front(), set));
}

std::string directory_of(const RunRequest& request, std::uint64_t identity) {
  if (!request.directory.empty()) return request.directory;
  return RunDirectory::path_for(request.experiment.output.dir, request.experiment.experiment.name, identity) +
         (request.shard ? "-shard-" + request.shard->name() : "");
}

}  // namespace

ExitCode run_on_ranks(const RunRequest& request, const MpiSession& session, const RankRun& run) {
  const Comm& world = session.world();
  const std::string path = directory_of(request, run.identity);
  std::unique_ptr<RunDirectory> directory;
  std::string journal;
  agree(world, [&] {
    if (world.rank() != 0) return;
    run.check();
    directory = std::make_unique<RunDirectory>(RunDirectory::open(path, request.mode));
    if (request.experiment.output.is_private) directory->hide();
    if (directory->state() == RunState::unfinished || directory->state() == RunState::finished)
      journal = directory->journal();
  });
  settle_isa(world, journal);
  std::unique_ptr<RunSubject> subject;
  std::unique_ptr<StudyRun> leader;
  agree(world, [&] {
    if (world.rank() != 0) return;
    subject = run.subject(path);
    leader = std::make_unique<StudyRun>(request, *subject, *directory, session);
  });
  const BlobStore blobs(path + "/blobs");
  PoolOptions options;
  options.thread_start = [threads = request.experiment.resources.threads] { use_threads(threads); };
  options.blobs = &blobs;
  options.gateways_above = request.gateways_above;
  options.ranks_per_gateway = request.ranks_per_gateway;
  options.task_seconds = request.experiment.budget.per_task;
  if (!world.is_solo()) options.is_orphan = [&session] { return session.is_orphan(); };
  std::optional<ScopedCrashNote> crash_note;
  if (!request.launch_status.empty()) {
    crash_note.emplace(crash_notes_of(request, host_name()));
    options.thread_start = [threads = request.experiment.resources.threads] {
      use_threads(threads);
      prepare_thread_for_crash();
    };
    options.is_gone = is_gone_here;
    options.why_lost = [&request](const Ready& worker) { return why_lost(request, worker); };
    options.losses = PoolOptions::Losses::cost_their_tasks;
    options.report_silence_seconds = kSupervisedReportSeconds;
    options.lost_seconds = kSupervisedLostSeconds;
    options.coordinator_trains_up_to = 1;  // a task that crashes must not take the coordinator along
  }
  return run_pool(world, run.evaluators(path), options,
                  [&](Coordinator& coordinator) { return leader->coordinate(coordinator); });
}

}  // namespace jury
