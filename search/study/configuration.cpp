#include "search/study/configuration.hpp"

#include <algorithm>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr MethodTraits kMethods[] = {
    {.name = "none", .has_single = false},
    {.name = "average", .has_single = false},
    {.name = "bagging", .is_bagged = true},
    {.name = "pasting", .is_bagged = true},
    {.name = "subspaces"},
    {.name = "patches", .is_bagged = true},
    {.name = "adaboost", .member = "round", .is_sequential = true},
    {.name = "gradient_boosting", .member = "round", .is_sequential = true},
    {.name = "snapshot", .member = "snapshot", .is_sequential = true},
    {.name = "mc_dropout", .member = "pass", .is_sequential = true},
    {.name = "stacking", .member = "base", .is_stack = true, .has_single = false},
    {.name = "selection", .member = "base", .is_stack = true, .has_single = false},
};

}  // namespace

const MethodTraits& traits_of(const EnsembleOptions& ensemble) noexcept {
  const auto* method = std::ranges::find(kMethods, ensemble.method, &MethodTraits::name);
  JURY_EXPECTS(method != std::end(kMethods));
  return *method;
}

std::int32_t max_members(const EnsembleOptions& ensemble) noexcept {
  return is_auto(ensemble) ? ensemble.max_members : static_cast<std::int32_t>(ensemble.members.number);
}

std::vector<std::string> combines_of(const EnsembleOptions& ensemble, TaskKind task) {
  if (!ensemble.combine.empty()) return ensemble.combine;
  const bool classes = task == TaskKind::classification;
  const bool equal = ensemble.boosting.algorithm == "arc_x4";
  if (ensemble.method == "adaboost" && !equal)
    return classes ? std::vector<std::string>{"weighted_vote", "weighted_mean", "mean"}
                   : std::vector<std::string>{"weighted_median", "mean"};
  if (ensemble.method == "gradient_boosting") return {"sum"};
  if (ensemble.method == "stacking" || ensemble.method == "selection")
    return classes ? std::vector<std::string>{ensemble.method, "mean", "vote"}
                   : std::vector<std::string>{ensemble.method, "mean"};
  return classes ? std::vector<std::string>{"mean", "vote"} : std::vector<std::string>{"mean"};
}

}  // namespace jury
