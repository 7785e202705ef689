// Functions with known optima, to try searches on without training anything.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/options.hpp"

namespace jury {

/// Where the parameters of a function are in an experiment: "objective.point.x1".
inline constexpr std::string_view kObjectivePoint = "objective.point";

/// objective: a built-in function instead of training.
struct ObjectiveOptions {
  std::string function = "branin";
  std::int64_t dims = 2;
  double noise = 0;
  double bias = 0;
  std::int64_t budget = 81;
  double delay = 0;
  Config point = {};  ///< a table {x1 = 0.5, ...}; what the search sets

  static void fields(auto& self, auto&& visit) {
    visit("function", self.function,
          Field{.help = "what is minimised",
                .choices = {"branin", "hartmann6", "rosenbrock", "sphere", "ackley", "rastrigin", "mixed"}});
    visit("dims", self.dims,
          Field{.help = "parameters of rosenbrock, sphere, ackley and rastrigin", .low = 1, .high = 1000});
    visit("noise", self.noise,
          Field{.help = "standard deviation added at the full budget; 1 / sqrt(share) times as much at a share of it",
                .low = 0,
                .high = 1e9});
    visit("bias", self.bias,
          Field{.help =
                    "at a share of the budget, (1 - share) * bias * (a number in [0, 1) of each point's own) is added",
                .low = 0,
                .high = 1e9});
    visit("budget", self.budget,
          Field{.help = "units of a whole evaluation, which search.rungs counts as epochs", .low = 1, .high = 1e9});
    visit("delay", self.delay,
          Field{.help = "mean of a random time that each evaluation sleeps, to stand for training",
                .low = 0,
                .high = 1e6,
                .unit = Unit::seconds,
                .identity = false});
    visit("point", self.point, Field{.help = "parameters by name; those that are not searched"});
  }
};

/// A function of a point {name = value, ...}.
struct ObjectiveFunction {
  /// A parameter and its distribution in the default space, in the grammar of [search.space].
  struct Parameter {
    std::string name;
    std::string distribution;
  };

  std::string_view name;
  std::string_view summary;  ///< formula, source and where the optimum is
  bool any_dims;             ///< takes as many parameters as objective.dims says
  double optimum;            ///< smallest value
  std::vector<Parameter> (*parameters)(std::int64_t dims);
  double (*value)(const Config& point, std::int64_t dims);  ///< throws ConfigError for a missing parameter
};

/// All of them, in the order help shows them.
const std::vector<ObjectiveFunction>& objective_functions();
/// The one of that name. Throws ConfigError for an unknown one.
const ObjectiveFunction& objective_function(std::string_view name);

/// [search.space] over all parameters of the function: {"objective.point.x1" = "uniform(-5, 10)", ...}.
Config default_space(const ObjectiveOptions& options);

/// With share b in (0, 1] of the budget:
///
///   f(x) + bias * (1 - b) * h(x) + noise / sqrt(b) * e(x, b),
///
/// h uniform in [0, 1) and e standard normal, both functions of the point (and e of b) and the seed alone: evaluated
/// again, a point has the same value, and a share that ranks points wrongly does so for all who ask.
double evaluate_objective(const ObjectiveOptions& options, const Config& point, double share, std::uint64_t seed);

}  // namespace jury
