// How good predictions are: one number each.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/metrics/truth.hpp"

namespace jury {

enum class Direction { minimize, maximize };

/// One line of the table of scores. The name is the same in TOML, HDF5, CSV, report and code.
struct Metric {
  std::string_view name;
  std::string_view summary;
  Direction direction;
  Outcome outcome;  ///< the kind of prediction it applies to
  double (*compute)(const Truth&, Predictions);
  ValueKind needs = ValueKind::values;  ///< the only predictions it applies to; values: all of the outcome
};

/// Every score there is, those for classes first:
///
///   accuracy           weighted share of rows whose most probable class is the true one
///   balanced_accuracy  mean over the classes that occur in the truth of the share found (recall)
///   log_loss           mean -log p(y), in nats; p clipped at 1e-12 and renormalised
///   brier              mean sum_c (p(c) - [c = y])^2 in [0, 2]; with two classes this is twice the
///                      one-sided score of Brier 1950 as some libraries have it
///   ece                expected calibration error (Naeini 2015, Guo 2017): 15 bins of equal width
///                      ((b/15, (b+1)/15]) of the largest probability; sum_b share_b |accuracy_b - mean p_b|
///   mse, rmse, mae     mean over targets of each target's mean squared error, its root, mean |error|
///   r2                 mean over targets of 1 - sum (y - f)^2 / sum (y - mean y)^2; a constant target
///                      scores 1 when it is met exactly and else 0; NaN with fewer than two rows
///   nll                of means m and variances v: log(2 pi v) / 2 + (y - m)^2 / (2 v), a normal
///                      density's negative logarithm, in nats and in the targets' units
///   poisson_deviance   of rates f: 2 (y log(y / f) - y + f), with y log y = 0 at y = 0
///   binary_log_loss    of probabilities p: -y log p - (1 - y) log(1 - p), p clipped 1e-12 from 0 and 1
///   pinball            of quantiles f at q: max(q (y - f), (q - 1) (y - f)) (Koenker and Bassett 1978)
///
/// The last four are means over rows, then over targets.
///
/// Sums are over rows in order, in double. Targets of several units are averaged as they are.
std::span<const Metric> metrics() noexcept;

/// The score called `name`. Throws ConfigError with the nearest known name when there is none.
const Metric& find_metric(std::string_view name);

/// The scores to report: those named, in that order and each once, or with no names all that apply.
/// Throws ConfigError when a name is unknown or does not apply to `outcome` or to predictions of this
/// kind.
std::vector<const Metric*> choose_metrics(Outcome outcome, std::span<const std::string> names,
                                          ValueKind kind = ValueKind::values);

/// The score of predictions (rows, truth.width()). Rows that were not predicted (NaN) are left out;
/// NaN when none is left or their weights sum to 0. Expects metric.outcome == truth.outcome, the kind of
/// predictions it needs, shapes that agree, and labels within [0, num_outputs). O(rows * num_outputs).
double score(const Metric& metric, const Truth& truth, Predictions predictions);

/// True when score a is better than score b; NaN is never better, and worse than any number.
bool is_better(const Metric& metric, double a, double b) noexcept;

}  // namespace jury
