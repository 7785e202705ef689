// Searches of built-in functions by workers that take different times.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "search/sampler/objective_functions.hpp"
#include "search/sampler/read_space.hpp"
#include "search/sampler/sampler.hpp"

namespace jury {

struct SimulatedSearch {
  std::string method;
  ObjectiveOptions objective = {};
  std::int64_t trials = 50;
  std::size_t workers = 1;
  std::uint64_t seed = 0;
};

inline Config objective_point(const Space& space, const Assignment& assignment) {
  Config point;
  for (const Setting& setting : assignment.settings)
    point.set(space.parameters()[setting.parameter].path.substr(kObjectivePoint.size() + 1), setting.value);
  return point;
}

/// Best value minus the optimum after each trial that was told, in the order of virtual time. A trial takes
/// 1 to 3 units of time, which hang on its number; ties go to the lower one.
inline std::vector<double> regrets(const SimulatedSearch& search, SearchOptions options = {}) {
  Problems problems;
  const Space space = read_space(default_space(search.objective), {}, problems);
  problems.throw_if_any();
  options.method = search.method;
  const auto sampler = make_sampler(options, space, search.seed);
  struct Running {
    double end;
    std::int64_t trial;
    Assignment point;
  };
  std::vector<Running> running;
  std::vector<double> regrets;
  double now = 0;
  double best = std::numeric_limits<double>::infinity();
  for (std::int64_t trial = 0; trial < search.trials || !running.empty();) {
    while (running.size() < search.workers && trial < search.trials) {
      const double duration = 1 + 2 * Rng(static_cast<std::uint64_t>(trial)).uniform();
      running.push_back({now + duration, trial, *sampler->ask(trial)});
      ++trial;
    }
    const auto next = std::ranges::min_element(running, {}, [](const Running& r) { return std::pair(r.end, r.trial); });
    now = next->end;
    const double value = evaluate_objective(search.objective, objective_point(space, next->point), 1, search.seed);
    best = std::min(best, value - objective_function(search.objective.function).optimum);
    regrets.push_back(best);
    sampler->tell(next->trial, next->point, value);
    running.erase(next);
  }
  return regrets;
}

/// Median over seeds 0..num_seeds-1 of the regret after `after` trials.
inline double median_regret(SimulatedSearch search, std::size_t num_seeds, std::size_t after) {
  std::vector<double> all;
  for (std::uint64_t seed = 0; seed < num_seeds; ++seed) {
    search.seed = seed;
    all.push_back(regrets(search)[after - 1]);
  }
  std::ranges::sort(all);
  return all.size() % 2 == 1 ? all[all.size() / 2] : 0.5 * (all[all.size() / 2 - 1] + all[all.size() / 2]);
}

}  // namespace jury
