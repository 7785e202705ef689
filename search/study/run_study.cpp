#include "search/study/run_study.hpp"

#include "runtime/mpi/agreement.hpp"
#include "runtime/mpi/node_shared.hpp"
#include "search/study/checkpoints.hpp"
#include "search/study/donor.hpp"
#include "search/study/run_function.hpp"
#include "search/study/run_on_ranks.hpp"
#include "search/study/search_checks.hpp"
#include "search/study/search_evaluator.hpp"
#include "search/study/study_checks.hpp"
#include "search/study/study_data.hpp"
#include "search/study/study_evaluator.hpp"
#include "search/study/study_subject.hpp"

namespace jury {
namespace {

// Rank 0 reads what model.from names. Collective.
std::shared_ptr<const Donor> share_donor(const Comm& world, const ModelOptions& model) {
  Bytes bytes;
  agree(world, [&] {
    if (world.rank() == 0) bytes = to_bytes(read_donor(model).get());
  });
  const std::string sent =
      world.broadcast(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), 0);
  return donor_from_bytes(std::as_bytes(std::span(sent)));
}

EvaluatorFactory evaluators_of(const StudyPlan& plan, const std::string& path) {
  if (plan.experiment().search) {
    const auto trials = std::make_shared<const TrialContext>(trial_context(plan, path));
    return [trials] { return std::make_unique<SearchEvaluator>(*trials); };
  }
  const auto checkpoints = std::make_shared<const Checkpoints>(path + "/checkpoints", plan.identity());
  return [&plan, checkpoints] { return std::make_unique<StudyEvaluator>(plan, *checkpoints); };
}

}  // namespace

ExitCode run_study(const RunRequest& request, const MpiSession& session) {
  if (request.experiment.objective) return run_function(request, session);
  const Comm& world = session.world();
  const auto block = NodeShared::load(world, [&] { return load_study_data(request.experiment); });
  const Dataset dataset = Dataset::view(block->bytes());
  const std::shared_ptr<const Donor> donor = share_donor(world, request.experiment.model);
  const StudyPlan plan(request.experiment, dataset, donor);

  std::vector<double> flops_per_draw;
  return run_on_ranks(
      request, session,
      {.identity = plan.identity(),
       .check =
           [&] {
             const CheckedStudy checked = check_study(plan);
             flops_per_draw = checked.flops_per_draw();
             if (request.experiment.search) check_search(plan);
             if (!request.require.empty()) check_requirement(request.require, checked.scoring);
           },
       .subject = [&](const std::string& path) { return std::make_unique<StudySubject>(plan, path, flops_per_draw); },
       .evaluators = [&](const std::string& path) { return evaluators_of(plan, path); }});
}

}  // namespace jury
