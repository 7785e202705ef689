#include "search/study/run_function.hpp"

#include <fmt/format.h>

#include "search/study/function_evaluator.hpp"
#include "search/study/function_subject.hpp"
#include "search/study/requirement.hpp"
#include "search/study/run_on_ranks.hpp"

namespace jury {
namespace {

void check_requirement_of(std::string_view requirement, const ObjectiveOptions& objective) {
  if (requirement.empty()) return;
  const std::string name = parse_requirement(requirement).metric;
  if (name != objective.function)
    throw ConfigError(
        fmt::format("--require names '{}', which is not scored (the objective is '{}')", name, objective.function));
}

}  // namespace

ExitCode run_function(const RunRequest& request, const MpiSession& session) {
  const Experiment& experiment = request.experiment;
  return run_on_ranks(
      request, session,
      {.identity = identity_of(experiment, 0),
       .check = [&] { check_requirement_of(request.require, *experiment.objective); },
       .subject = [&](const std::string& path) { return std::make_unique<FunctionSubject>(experiment, path); },
       .evaluators = [&](const std::string& path) -> EvaluatorFactory {
         return [&experiment, path] { return std::make_unique<FunctionEvaluator>(experiment, path); };
       }});
}

}  // namespace jury
