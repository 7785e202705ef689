#include "search/sampler/objective_functions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/base/text.hpp"
#include "search/sampler/distribution.hpp"

namespace jury {
namespace {

using Parameters = std::vector<ObjectiveFunction::Parameter>;
constexpr double kPi = std::numbers::pi;

const Config& entry(const Config& point, const std::string& name) {
  const Config* value = point.find(name);
  if (value == nullptr)
    throw ConfigError(fmt::format("{}.{} is not set (the function needs it)", kObjectivePoint, name));
  return *value;
}

double number(const Config& point, const std::string& name) {
  const Config& value = entry(point, name);
  if (const auto number = number_of(value)) return *number;
  throw ConfigError(
      fmt::format("{}.{} = {} is {} (must be a number)", kObjectivePoint, name, to_text(value), kind_name(value)));
}

std::vector<double> numbers(const Config& point, std::int64_t dims) {
  std::vector<double> x;
  for (std::int64_t i = 1; i <= dims; ++i) x.push_back(number(point, fmt::format("x{}", i)));
  return x;
}

Parameters box(std::int64_t dims, const char* range) {
  Parameters parameters;
  for (std::int64_t i = 1; i <= dims; ++i)
    parameters.push_back({fmt::format("x{}", i), fmt::format("uniform({})", range)});
  return parameters;
}

double branin(const Config& point, std::int64_t) {
  const std::vector<double> x = numbers(point, 2);
  const double a = x[1] - 5.1 / (4 * kPi * kPi) * x[0] * x[0] + 5 / kPi * x[0] - 6;
  return a * a + 10 * (1 - 1 / (8 * kPi)) * std::cos(x[0]) + 10;
}
Parameters branin_parameters(std::int64_t) { return {{"x1", "uniform(-5, 10)"}, {"x2", "uniform(0, 15)"}}; }

double hartmann6(const Config& point, std::int64_t) {
  static constexpr std::array<double, 4> alpha = {1.0, 1.2, 3.0, 3.2};
  static constexpr double a[4][6] = {
      {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}};
  static constexpr double p[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                                     {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                                     {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                                     {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
  const std::vector<double> x = numbers(point, 6);
  double sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    double exponent = 0;
    for (std::size_t j = 0; j < 6; ++j) exponent += a[i][j] * (x[j] - p[i][j]) * (x[j] - p[i][j]);
    sum -= alpha[i] * std::exp(-exponent);
  }
  return sum;
}
Parameters hartmann6_parameters(std::int64_t) { return box(6, "0, 1"); }

double rosenbrock(const Config& point, std::int64_t dims) {
  const std::vector<double> x = numbers(point, dims);
  double sum = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i)
    sum += 100 * (x[i + 1] - x[i] * x[i]) * (x[i + 1] - x[i] * x[i]) + (1 - x[i]) * (1 - x[i]);
  return sum;
}
Parameters rosenbrock_parameters(std::int64_t dims) { return box(dims, "-5, 10"); }

double sphere(const Config& point, std::int64_t dims) {
  double sum = 0;
  for (const double x : numbers(point, dims)) sum += x * x;
  return sum;
}
Parameters sphere_parameters(std::int64_t dims) { return box(dims, "-5.12, 5.12"); }

double ackley(const Config& point, std::int64_t dims) {
  double squares = 0;
  double cosines = 0;
  for (const double x : numbers(point, dims)) {
    squares += x * x;
    cosines += std::cos(2 * kPi * x);
  }
  const auto n = static_cast<double>(dims);
  return -20 * std::exp(-0.2 * std::sqrt(squares / n)) - std::exp(cosines / n) + 20 + std::numbers::e;
}
Parameters ackley_parameters(std::int64_t dims) { return box(dims, "-32.768, 32.768"); }

double rastrigin(const Config& point, std::int64_t dims) {
  double sum = 0;
  for (const double x : numbers(point, dims)) sum += x * x - 10 * std::cos(2 * kPi * x) + 10;
  return sum;
}
Parameters rastrigin_parameters(std::int64_t dims) { return box(dims, "-5.12, 5.12"); }

double square(double x) { return x * x; }

double mixed(const Config& point, std::int64_t) {
  const auto* kind = entry(point, "kind").as<std::string>();
  if (kind == nullptr) throw ConfigError(fmt::format("{}.kind must be a text", kObjectivePoint));
  const double x = number(point, "x");
  const double size = 0.05 * std::abs(std::log2(number(point, "size") / 64));
  if (*kind == "flat") return 0.5 + 0.1 * x + size;
  const double k = number(point, "k");
  if (*kind == "round") return 0.2 + square(x - 0.6) + square((k - 5) / 15) + size;
  return square(x - 0.25) + square((std::log10(number(point, "rate")) + 2) / 2) + square((k - 12) / 15) + size;
}
Parameters mixed_parameters(std::int64_t) {
  const std::string prefix(kObjectivePoint);
  return {{"kind", "choice('flat', 'round', 'ridge')"},
          {"x", "uniform(0, 1)"},
          {"size", "ordinal(16, 32, 64, 128)"},
          {"k", "int(1, 16) when " + prefix + ".kind != 'flat'"},
          {"rate", "loguniform(1e-4, 10) when " + prefix + ".kind == 'ridge'"}};
}

}  // namespace

const std::vector<ObjectiveFunction>& objective_functions() {
  static const std::vector<ObjectiveFunction> functions = {
      {"branin", "2 parameters, three equal minima, as at (pi, 2.275) (Dixon, Szego 1978)", false, 0.39788735772973816,
       branin_parameters, branin},
      {"hartmann6",
       "6 parameters, minimum at (0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573) (Hartmann 1973)", false,
       -3.322368011415515, hartmann6_parameters, hartmann6},
      {"rosenbrock", "a bent valley, minimum at (1, ..., 1) (Rosenbrock 1960)", true, 0, rosenbrock_parameters,
       rosenbrock},
      {"sphere", "sum of squares, minimum at 0", true, 0, sphere_parameters, sphere},
      {"ackley", "a funnel with many minima, the least at 0 (Ackley 1987)", true, 0, ackley_parameters, ackley},
      {"rastrigin", "a bowl with a minimum at each whole number, the least at 0 (Rastrigin 1974)", true, 0,
       rastrigin_parameters, rastrigin},
      {"mixed", "three kinds with parameters of their own, minimum at kind ridge, x 0.25, rate 0.01, k 12, size 64",
       false, 0, mixed_parameters, mixed},
  };
  return functions;
}

const ObjectiveFunction& objective_function(std::string_view name) {
  std::vector<std::string_view> known;
  for (const ObjectiveFunction& function : objective_functions()) {
    if (function.name == name) return function;
    known.push_back(function.name);
  }
  throw ConfigError("objective.function = \"" + std::string(name) + "\" is unknown" + suggestion(name, known));
}

Config default_space(const ObjectiveOptions& options) {
  Config space;
  for (const auto& [name, distribution] : objective_function(options.function).parameters(options.dims))
    space.set(fmt::format("{}.{}", kObjectivePoint, name), Config(distribution));
  return space;
}

double evaluate_objective(const ObjectiveOptions& options, const Config& point, double share, std::uint64_t seed) {
  JURY_EXPECTS(share > 0 && share <= 1);
  const double value = objective_function(options.function).value(point, options.dims);
  if (options.noise == 0 && options.bias == 0) return value;
  Config::Table entries = *point.as<Config::Table>();  // by name, however they were written
  std::ranges::sort(entries, {}, [](const auto& named) { return named.first; });
  const auto hash = std::bit_cast<std::int64_t>(Hasher().add(to_text(Config(entries))).digest());
  Rng own(stream_key(seed, Purpose::noise, {hash}));
  Rng at_share(stream_key(seed, Purpose::noise, {hash, std::bit_cast<std::int64_t>(share)}));
  return value + options.bias * (1 - share) * own.uniform() + options.noise / std::sqrt(share) * at_share.normal();
}

}  // namespace jury
