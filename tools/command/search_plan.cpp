#include "tools/command/search_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <vector>

#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr std::size_t kCounted = 1000000;
constexpr std::int64_t kBrackets = 8;  // that are shown

// An entry as it was written: "uniform(0, 1) when train.optimizer == 'sgd'".
std::string written(const Config& table, std::string_view path) {
  for (const auto& [key, value] : *table.as<Config::Table>()) {
    if (key == path && value.as<std::string>() != nullptr) return *value.as<std::string>();
    if (key == path && value.is_table()) {
      const Config *dist = value.find("dist"), *when = value.find("when");
      if (dist != nullptr)
        return *dist->as<std::string>() + (when != nullptr ? " when " + *when->as<std::string>() : "");
    }
    if (value.is_table() && path.starts_with(key + ".")) return written(value, path.substr(key.size() + 1));
  }
  return "";
}

void print_space(const SearchSection& search, const Space& space) {
  std::size_t width = 0;
  for (const Parameter& parameter : space.parameters()) width = std::max(width, parameter.path.size());
  std::string_view label = "space";
  for (const Parameter& parameter : space.parameters()) {
    fmt::print("{:<10} {:<{}}  {}\n", label, parameter.path, width, written(search.space, parameter.path));
    label = "";
  }
  if (const auto points = space.count(kCounted)) fmt::print("           {} in all\n", counted(*points, "point"));
}

// Rungs of each bracket, in the order in which trials come to them; all brackets are alike where there is one.
void print_pruner(const SearchTask& task, const Pruner& pruner) {
  const SearchSection& search = task.section;
  if (search.pruner == "none") return;
  const std::string& resource = search.rungs.resource;
  if (search.pruner == "race") {
    std::vector<std::int64_t> first;
    for (std::int32_t rung = 0; rung < pruner.num_rungs(0) - task.rungs.folds; ++rung)
      first.push_back(pruner.resource(0, rung));
    const std::string before =
        first.empty() ? "" : fmt::format("{} {} of the first fold and ", fmt::join(first, ", "), resource);
    return fmt::print("pruner     race: trials are looked at after {}each of {} folds\n", before, task.rungs.folds);
  }
  struct Bracket {
    std::int64_t trials = 0;
    std::vector<std::int64_t> rungs = {};
  };
  std::map<std::int64_t, Bracket> brackets;
  for (std::int64_t trial = 0; trial < pruner.max_trials(); ++trial) {
    Bracket& bracket = brackets[pruner.bracket(trial)];
    if (bracket.trials++ > 0) continue;
    for (std::int32_t rung = 0; rung < pruner.num_rungs(trial); ++rung)
      bracket.rungs.push_back(pruner.resource(trial, rung));
  }
  fmt::print("pruner     {}: ", search.pruner);
  if (brackets.size() == 1)
    return fmt::print("trials are looked at after {} {}\n", fmt::join(brackets.begin()->second.rungs, ", "), resource);
  fmt::print("{}\n", counted(brackets.size(), "bracket"));
  std::int64_t shown = 0;
  for (const auto& [number, bracket] : brackets) {
    if (shown++ == kBrackets)
      return fmt::print("           ... and {} more\n", static_cast<std::int64_t>(brackets.size()) - kBrackets);
    fmt::print("           {}, looked at after {} {}\n", counted(static_cast<std::uint64_t>(bracket.trials), "trial"),
               fmt::join(bracket.rungs, ", "), resource);
  }
}

std::string range(double low, double high) {
  return low == high ? fmt::format("{:.3g}", low) : fmt::format("{:.3g} to {:.3g}", low, high);
}

void print_work(const CheckedSearch& checked, std::int64_t trials) {
  const auto [fewest, most] = std::ranges::minmax_element(checked.efforts, {}, &TrialEffort::fits);
  const auto [least, greatest] = std::ranges::minmax_element(checked.efforts, {}, &TrialEffort::flops);
  double sum = 0;
  for (const TrialEffort& effort : checked.efforts) sum += effort.flops / static_cast<double>(checked.efforts.size());
  const std::size_t invalid = checked.num_tried - checked.efforts.size();
  const std::string of = checked.efforts.size() == 1 ? "" : fmt::format(" (of the first {})", checked.efforts.size());
  const std::string fits = counted(most->fits, "fit");
  fmt::print("trial      {}, {} GFLOP{}\n",
             fewest->fits == most->fits ? fits : fmt::format("{} to {}", fewest->fits, fits),
             range(least->flops / 1e9, greatest->flops / 1e9), of);
  if (invalid > 0)
    fmt::print("           {} of the first {} points cannot be trained; the first, {}\n", invalid, checked.num_tried,
               checked.first_reason);
  const double flops = sum * static_cast<double>(trials);
  fmt::print("work       {:.3g} GFLOP for {}{}", flops / 1e9, checked.task.section.pruner == "none" ? "" : "at most ",
             counted(static_cast<std::uint64_t>(trials), "whole trial"));
  const TrialEffort& first = checked.efforts.front();
  if (checked.selects)
    fmt::print(", then {} of each selected one ({:.3g} GFLOP)", counted(first.rest, "fit"), first.rest_flops / 1e9);
  else if (first.rest > 0)
    fmt::print(", then {} of the chosen one ({:.3g} GFLOP)", counted(first.rest, "fit"), first.rest_flops / 1e9);
  fmt::print("\n");
  if (checked.outer_folds == 0) return;
  // All rows but those of an outer fold, once for each of the folds.
  fmt::print(
      "outer      the same search {} more times, each without the rows of an outer fold ({:.3g} GFLOP), and its choice "
      "judged on these\n",
      checked.outer_folds, flops * (checked.outer_folds - 1) / 1e9);
}

}  // namespace

void print_search(const CheckedSearch& checked) {
  const SearchSection& search = checked.task.section;
  std::vector<std::string> objectives;
  for (const TrialObjective& objective : checked.task.objectives)
    objectives.push_back(objective.name() + (objective.maximize ? ", the more the better" : ", the less the better"));
  fmt::print("search     {}: {}, {} at once by the virtual clock, judged by {}\n", search.method,
             counted(static_cast<std::uint64_t>(search.trials), "trial"), search.parallel, fmt::join(objectives, "; "));
  print_space(search, checked.task.space);
  const auto pruner = pruner_of(checked.task);
  print_pruner(checked.task, *pruner);
  const auto points = checked.task.space.count(kCounted);
  print_work(checked,
             points ? std::min(pruner->max_trials(), static_cast<std::int64_t>(*points)) : pruner->max_trials());
}

}  // namespace jury
