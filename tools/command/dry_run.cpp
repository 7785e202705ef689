#include "tools/command/dry_run.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>

#include "models/nn/train.hpp"
#include "runtime/base/hash.hpp"
#include "runtime/base/text.hpp"
#include "runtime/mpi/session.hpp"
#include "search/study/donor.hpp"
#include "search/study/study_checks.hpp"
#include "search/study/study_data.hpp"
#include "search/study/study_source.hpp"
#include "tools/command/network_table.hpp"
#include "tools/command/search_plan.hpp"
#include "tools/command/simulate.hpp"
#include "tools/command/simulated_tasks.hpp"

namespace jury {
namespace {

constexpr std::size_t kPoints = 20;  // of a search whose work is looked at

int launched_ranks() {
  const char* size = std::getenv("OMPI_COMM_WORLD_SIZE");
  return size != nullptr ? std::atoi(size) : 1;
}

void print_network(const StudyPlan& plan, const CheckedModel& model) {
  const Network network(*model.network);
  fmt::print("model      {}\n", model.network->architecture);
  const std::string table = to_text(network_table(network), TableFormat::table);
  for (const std::string_view line : split_text(table, '\n'))
    if (!line.empty()) fmt::print("           {}\n", line);
  const ParameterCounts parameters = count_parameters(network);
  fmt::print("parameters {} trained, {} frozen, {} in buffers\n", parameters.trained, parameters.frozen,
             parameters.buffers);
  fmt::print("operations {:.4g} MFLOP per sample to predict, {:.4g} to train\n", network.forward_flops() / 1e6,
             network.step_flops() / 1e6);
  fmt::print("memory     {} of data per node, {} per fit (training in batches of {}, {} of weights)\n",
             format_bytes(static_cast<double>(plan.dataset().block().size())),
             format_bytes(static_cast<double>(estimate_fit_bytes(plan, model))),
             counted(batch_rows(plan.configuration(model.key).train, plan.dataset().num_train()), "row"),
             format_bytes(static_cast<double>(network.num_parameters() * sizeof(float))));
}

void print_trees(const StudyPlan& plan, const CheckedModel& model) {
  const TreeOptions& trees = plan.configuration(model.key).trees;
  fmt::print("model      xgboost, {} of {} for {}, at most {} deep, from {}\n",
             counted(static_cast<std::uint64_t>(trees.rounds), "round"),
             counted(static_cast<std::uint64_t>(trees.trees), "tree"), counted(model.outputs, "output"), trees.depth,
             counted(model.inputs, "input"));
  fmt::print("memory     {} of data per node, at most {} per fit\n",
             format_bytes(static_cast<double>(plan.dataset().block().size())),
             format_bytes(static_cast<double>(estimate_fit_bytes(plan, model))));
}

ExitCode dry_run_function(const Experiment& experiment) {
  if (!is_first_rank()) return ExitCode::done;
  const ObjectiveFunction& function = objective_function(experiment.objective->function);
  fmt::print("experiment {} ({})\n", experiment.experiment.name, hex(identity_of(experiment, 0)));
  fmt::print("function   {}: {}\n", function.name, function.summary);
  for (const auto& [path, distribution] : *experiment.search->space.as<Config::Table>())
    fmt::print("           {}: {}\n", path, to_text(distribution));
  fmt::print("search     {}, {}\n", experiment.search->method,
             counted(static_cast<std::uint64_t>(experiment.search->trials), "trial"));
  fmt::print("ranks      {}\n", launched_ranks());
  return ExitCode::done;
}

void print_tasks(const StudyPlan& plan, const CheckedStudy& checked) {
  std::size_t cv = 0, replicates = 0, final = 0;
  double flops = 0;
  for (const TaskKey& key : plan.tasks()) {
    (key.fold != TaskKey::kNone ? cv : key.replicate != TaskKey::kNone ? replicates : final) += 1;
    flops += expected_flops(plan, key, checked.flops_per_draw());
  }
  fmt::print("tasks      {}: {} of cross-validation, {} of replicates, {} of the final ensemble\n",
             counted(plan.num_fits(), "fit"), cv, replicates, final);
  fmt::print("work       {:.3g} GFLOP in all, {:.3g} per fit\n", flops / 1e9,
             flops / 1e9 / static_cast<double>(plan.num_fits()));
  fmt::print("ranks      {} (at most {} can work at once)\n", launched_ranks(), plan.num_fits());
}

}  // namespace

ExitCode dry_run(const Experiment& experiment) {
  if (experiment.objective) return dry_run_function(experiment);
  const Dataset dataset = Dataset::own(load_study_data(experiment));
  const StudyPlan plan(experiment, dataset, read_donor(experiment.model));
  const CheckedStudy checked = check_study(plan);
  std::optional<CheckedSearch> search;
  if (experiment.search) search.emplace(check_search(plan, kPoints));
  if (!is_first_rank()) return ExitCode::done;

  const std::uint64_t identity = plan.identity();
  fmt::print("experiment {} ({})\n", experiment.experiment.name, hex(identity));
  fmt::print("data       {} for training, {} for testing, {} features, {}\n", counted(dataset.num_train(), "row"),
             dataset.num_test(), dataset.schema().features.size(),
             dataset.task() == TaskKind::classification ? fmt::format("{} classes", dataset.num_classes())
                                                        : counted(dataset.num_targets(), "target"));
  for (const auto& warning : dataset.schema().warnings) fmt::print("           note: {}\n", warning);
  for (const std::string& warning : warnings_of(plan)) fmt::print("           note: {}\n", warning);
  for (const CheckedModel& model : checked.models)
    model.network ? print_network(plan, model) : print_trees(plan, model);
  if (experiment.search) {
    print_search(*search);
  } else {
    print_tasks(plan, checked);
  }
  if (experiment.search) {
    const AlikeTrials trials = trials_of(*search);
    print_rank_counts([&] { return std::make_unique<AlikeTrials>(trials); }, trials.num_tasks());
    if (search->outer_folds > 0) fmt::print("           without the searches of the outer folds\n");
  } else {
    const std::vector<ReadyTask> tasks = tasks_of(plan, checked);
    print_rank_counts([&] { return std::make_unique<ListedTasks>(tasks); }, tasks.size());
  }
  fmt::print("scores     ");
  for (const Metric* metric : checked.scoring.metrics) fmt::print("{} ", metric->name);
  fmt::print("\n");
  return ExitCode::done;
}

}  // namespace jury
