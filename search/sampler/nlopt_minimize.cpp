#include "search/sampler/nlopt_minimize.hpp"

#include <nlopt.h>

#include <cmath>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/handle.hpp"

namespace jury {
namespace {

constexpr unsigned kStoredSteps = 10;  // of L-BFGS; NLopt's own choice looks at the memory there is

struct NloptTraits {
  using type = nlopt_opt;
  static type null() noexcept { return nullptr; }
  static void close(type& handle) noexcept { nlopt_destroy(handle); }
};

// What the callback works on: the function and the best point so far.
struct Search {
  const SmoothFunction& function;
  BoxMinimum best;
  nlopt_opt handle;
};

double evaluate(unsigned n, const double* x, double* gradient, void* data) {
  auto& search = *static_cast<Search*>(data);
  const Eigen::VectorXd at = Eigen::Map<const Eigen::VectorXd>(x, n);
  Eigen::VectorXd slope(n);
  const double value = search.function(at, gradient != nullptr ? &slope : nullptr);
  if (gradient != nullptr) Eigen::Map<Eigen::VectorXd>(gradient, n) = slope;
  if (value < search.best.value) search.best = {at, value};
  if (!std::isfinite(value)) nlopt_force_stop(search.handle);
  return value;
}

}  // namespace

BoxMinimum minimize(const SmoothFunction& function, Eigen::VectorXd start, const Eigen::VectorXd& low,
                    const Eigen::VectorXd& high, const MinimizeOptions& options) {
  JURY_EXPECTS(start.size() == low.size() && start.size() == high.size());
  const double first = function(start, nullptr);
  if (start.size() == 0 || !std::isfinite(first)) return {std::move(start), first};
  const Handle<NloptTraits> handle(nlopt_create(NLOPT_LD_LBFGS, static_cast<unsigned>(start.size())));
  Search search{.function = function, .best = {start, first}, .handle = handle.get()};
  nlopt_set_min_objective(handle.get(), evaluate, &search);
  nlopt_set_lower_bounds(handle.get(), low.data());
  nlopt_set_upper_bounds(handle.get(), high.data());
  nlopt_set_vector_storage(handle.get(), kStoredSteps);
  nlopt_set_maxeval(handle.get(), options.max_evaluations);
  nlopt_set_ftol_rel(handle.get(), options.tolerance);
  double value = first;
  nlopt_optimize(handle.get(), start.data(), &value);  // a failed line search ends it like any other reason
  return search.best;
}

}  // namespace jury
