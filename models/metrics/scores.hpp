// How good predictions are: one number each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/metrics/truth.hpp"

namespace jury {

enum class Direction : std::uint8_t {
  minimize,
  maximize,
  target,  ///< best at Metric::target, and worse the further from it
};

/// What is scored without being asked for. The others cost time, or say much the same: name them.
enum class Shown : std::uint8_t { always, when_named };

/// One line of the table of scores. The name is the same in TOML, HDF5, CSV, report and code.
struct Metric {
  std::string_view name;
  std::string_view summary;
  Direction direction;
  Outcome outcome;  ///< the kind of prediction it applies to
  double (*compute)(const Truth&, Predictions);
  ValueKind needs = ValueKind::values;  ///< the only predictions it applies to; values: all of the outcome
  Shown shown = Shown::always;
  std::size_t num_classes = 0;                               ///< the only number of classes it applies to; 0: any
  double target = std::numeric_limits<double>::quiet_NaN();  ///< with Direction::target
};

/// Every score there is, those for classes first. Of classes, shown always:
///
///   accuracy           weighted share of rows whose most probable class is the true one
///   balanced_accuracy  mean over the classes that occur in the truth of the share found (recall)
///   log_loss           mean -log p(y), in nats; p clipped at 1e-12 and renormalised
///   brier              mean sum_c (p(c) - [c = y])^2 in [0, 2]; with two classes this is twice the
///                      one-sided score of Brier 1950 as some libraries have it
///   ece                expected calibration error (Naeini 2015, Guo 2017): 15 bins of equal width
///                      ((b/15, (b+1)/15]) of the largest probability; sum_b share_b |accuracy_b - mean p_b|
///
/// Of classes, shown when named. As scikit-learn has them, but that a class without a row (or without weight) is left
/// out where it would raise an error, and that ties go to the lowest class:
///
///   precision, recall, f1            of the second of two classes: both / said, both / true, 2 both / (said + true),
///   with the
///                                    weights of the rows that are of the class, said to be, and both; 0 / 0 is 0
///   <...>_micro, _macro, _weighted   of the sums over classes; their mean over the classes that are true or said
///   somewhere;
///                                    the same weighted by how often each is true
///   mcc                correlation of labels and truth (Matthews 1975, Gorodkin 2004); 0 where either never varies
///   kappa              1 - wrong / wrong expected of independent labels (Cohen 1960); NaN where those are 0
///   roc_auc            of two classes, P(p(1) of a row of class 1 > that of one of class 0), ties a half
///   roc_auc_ovr        mean over classes of the same against the rest
///   roc_auc_ovo        mean over pairs of classes, among their rows alone and by either's probability (Hand and Till
///   2001) average_precision  sum over thresholds of the gain in recall times precision, ties as one threshold: of the
///   second of two
///                      classes, or the mean over more classes
///   top_<k>            share of rows with fewer than k classes before the true one (k = 2, 3, 5, 10)
///
/// Of values, shown always, but mape, spearman, crps and coverage:
///
///   mse, rmse, mae     mean over targets of each target's mean squared error, its root, mean |error|
///   r2                 mean over targets of 1 - sum (y - f)^2 / sum (y - mean y)^2; a constant target
///                      scores 1 when it is met exactly and else 0; NaN with fewer than two rows
///   mape               |y - f| / max(|y|, 2^-52): a share, not per cent, and huge where the truth is 0
///   spearman           mean over targets of the correlation of ranks, ties sharing their mean (Spearman 1904); a row
///   of
///                      weight w counts as w rows. NaN where truth or predictions of a target are constant
///   nll                of means m and variances v: log(2 pi v) / 2 + (y - m)^2 / (2 v), a normal
///                      density's negative logarithm, in nats and in the targets' units
///   crps               of means and variances: crps_of_normal(), in the targets' units
///   coverage_<p>       of means and variances: share of targets within the central p % of their normal density (p =
///   50, 80,
///                      90, 95). Best at p / 100: neither more nor less is better
///   poisson_deviance   of rates f: 2 (y log(y / f) - y + f), with y log y = 0 at y = 0
///   binary_log_loss    of probabilities p: -y log p - (1 - y) log(1 - p), p clipped 1e-12 from 0 and 1
///   pinball            of quantiles f at q: max(q (y - f), (q - 1) (y - f)) (Koenker and Bassett 1978)
///
/// mape and those from nll on are means over rows, then over targets.
///
/// Sums are over rows in order, in double. Targets of several units are averaged as they are.
std::span<const Metric> metrics() noexcept;

/// The score called `name`. Throws ConfigError with the nearest known name when there is none.
const Metric& find_metric(std::string_view name);

/// The scores to report: those named, in that order and each once, or with no names all that apply and are always
/// shown. Throws ConfigError when a name is unknown or does not apply to `outcome`, to predictions of this kind or to
/// this number of classes (0: not known yet).
std::vector<const Metric*> choose_metrics(Outcome outcome, std::span<const std::string> names,
                                          ValueKind kind = ValueKind::values, std::size_t num_outputs = 0);

/// The score of predictions (rows, truth.width()). Rows that were not predicted (NaN) are left out;
/// NaN when none is left or their weights sum to 0. Expects metric.outcome == truth.outcome, the kind of
/// predictions and number of classes it needs, shapes that agree, and labels within [0, num_outputs). O(rows *
/// num_outputs); of ranks times log rows.
double score(const Metric& metric, const Truth& truth, Predictions predictions);

/// What is to be minimised: the score, its negative, or its distance from the target. NaN stays.
double loss_of(const Metric& metric, double score) noexcept;

/// True when score a is better than score b; NaN is never better, and worse than any number.
bool is_better(const Metric& metric, double a, double b) noexcept;

}  // namespace jury
