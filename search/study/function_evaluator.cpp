#include "search/study/function_evaluator.hpp"

#include <algorithm>
#include <bit>

#include "runtime/base/clock.hpp"
#include "runtime/base/rng.hpp"
#include "search/study/objective_experiment.hpp"

namespace jury {
namespace {

constexpr double kNapSeconds = 0.02;  // between two looks at whether to stop

// Sleeps for a random time, on purpose another one each time it is run: false when it was to stop.
bool sleep_about(double mean_seconds, const StopFlag& stop) {
  Clock& clock = system_clock();
  Rng rng(std::bit_cast<std::uint64_t>(clock.seconds()));
  const double end = clock.seconds() + 2 * mean_seconds * rng.uniform();
  for (double left = end - clock.seconds(); left > 0; left = end - clock.seconds()) {
    if (stop.is_set()) return false;
    clock.sleep(std::min(left, kNapSeconds));
  }
  return true;
}

}  // namespace

std::optional<Record> FunctionEvaluator::evaluate(const TaskKey& key, const StopFlag& stop) {
  const ObjectiveOptions& objective = *experiment_.objective;
  const Config point = objective_point(objective, settings_.find(trial_of(key)).values);
  if (objective.delay > 0 && !sleep_about(objective.delay, stop)) return std::nullopt;
  const double share =
      key.rung == TaskKey::kNone ? 1.0 : static_cast<double>(key.rung) / static_cast<double>(objective.budget);
  Record record;
  record.payload = ByteWriter().add(evaluate_objective(objective, point, share, experiment_.experiment.seed)).take();
  return record;
}

}  // namespace jury
