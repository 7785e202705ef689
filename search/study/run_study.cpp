#include "search/study/run_study.hpp"

#include <fmt/format.h>

#include "models/nn/session.hpp"
#include "runtime/mpi/agreement.hpp"
#include "runtime/mpi/node_shared.hpp"
#include "runtime/pool/run_pool.hpp"
#include "search/study/checkpoints.hpp"
#include "search/study/donor.hpp"
#include "search/study/search_evaluator.hpp"
#include "search/study/study_checks.hpp"
#include "search/study/study_data.hpp"
#include "search/study/study_evaluator.hpp"
#include "search/study/study_run.hpp"

namespace jury {
namespace {

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
      throw ConfigError(fmt::format("the ranks have different instruction sets ({} and {}), so their results would "
                                    "differ (run on nodes of one kind)",
                                    sets.front(), set));
}

// Rank 0 reads what model.from names. Collective.
std::shared_ptr<const Donor> share_donor(const Comm& world, const ModelOptions& model) {
  Bytes bytes;
  agree(world, [&] {
    if (world.rank() == 0) bytes = to_bytes(read_donor(model).get());
  });
  const std::string sent = world.broadcast(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), 0);
  return donor_from_bytes(std::as_bytes(std::span(sent)));
}

std::string directory_of(const RunRequest& request, std::uint64_t identity) {
  if (!request.directory.empty()) return request.directory;
  return RunDirectory::path_for(request.experiment.output.dir, request.experiment.experiment.name, identity);
}

}  // namespace

ExitCode run_study(const RunRequest& request, const MpiSession& session) {
  const Comm& world = session.world();
  const auto block = NodeShared::load(world, [&] { return load_study_data(request.experiment); });
  const Dataset dataset = Dataset::view(block->bytes());
  const std::shared_ptr<const Donor> donor = share_donor(world, request.experiment.model);
  const StudyPlan plan(request.experiment, dataset, donor);

  const std::string path = directory_of(request, plan.identity());
  std::unique_ptr<RunDirectory> directory;
  std::string journal;
  std::vector<double> flops_per_draw;
  agree(world, [&] {
    if (world.rank() != 0) return;
    const CheckedStudy checked = check_study(plan);
    flops_per_draw = checked.flops_per_draw();
    if (!request.require.empty()) check_requirement(request.require, checked.scoring);
    directory = std::make_unique<RunDirectory>(RunDirectory::open(path, request.mode));
    if (directory->state() == RunState::unfinished || directory->state() == RunState::finished)
      journal = directory->journal();
  });
  settle_isa(world, journal);
  std::unique_ptr<StudyRun> run;
  agree(world, [&] {
    if (world.rank() == 0) run = std::make_unique<StudyRun>(request, plan, *directory, session, flops_per_draw);
  });
  // Ranks other than 0 leave stopping to it, but must survive the signals that ask for it.
  const auto signals = world.rank() == 0 ? nullptr : std::make_unique<ScopedSignals>();

  const BlobStore blobs(path + "/blobs");
  const Checkpoints checkpoints(path + "/checkpoints", plan.identity());
  PoolOptions options;
  options.thread_start = [threads = request.experiment.resources.threads] { use_threads(threads); };
  options.blobs = &blobs;
  const TrialContext trials = trial_context(plan, path);
  const EvaluatorFactory evaluators = [&]() -> std::unique_ptr<Evaluator> {
    if (request.experiment.search) return std::make_unique<SearchEvaluator>(trials);
    return std::make_unique<StudyEvaluator>(plan, checkpoints);
  };
  return run_pool(
      world, evaluators, options,
      [&](Coordinator& coordinator) { return run->coordinate(coordinator); });
}

}  // namespace jury
