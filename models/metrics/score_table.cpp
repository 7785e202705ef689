// The table of scores: what there is, which way is better, and what it applies to.
#include "models/metrics/score_functions.hpp"
#include "models/metrics/scores.hpp"

namespace jury {
namespace {

using enum Direction;

template <auto function, auto... arguments>
double with(const Truth& truth, Predictions predictions) {
  return function(truth, predictions, arguments...);
}

constexpr Metric of_classes(std::string_view name, std::string_view summary,
                            double (*compute)(const Truth&, Predictions), std::size_t num_classes = 0) {
  return {name, summary, maximize, Outcome::classes, compute, ValueKind::values, Shown::when_named, num_classes};
}

template <Found what>
constexpr Metric of_positives(std::string_view name, std::string_view summary) {
  return of_classes(name, summary, with<found, what, Average::positive>, 2);
}

template <Found what, Average average>
constexpr Metric of_labels(std::string_view name, std::string_view summary) {
  return of_classes(name, summary, with<found, what, average>);
}

template <std::size_t k>
constexpr Metric of_top(std::string_view name, std::string_view summary) {
  return of_classes(name, summary, with<top_accuracy, k>);
}

template <int percent>
constexpr Metric of_interval(std::string_view name, std::string_view summary) {
  return {name,
          summary,
          target,
          Outcome::values,
          with<interval_coverage, percent>,
          ValueKind::means_and_variances,
          Shown::when_named,
          0,
          percent / 100.0};
}

}  // namespace

std::span<const Metric> metrics() noexcept {
  using enum Outcome;
  using enum Found;
  using enum Average;
  static constexpr Metric table[] = {
      {"accuracy", "share of rows whose class is found", maximize, classes, accuracy},
      {"balanced_accuracy", "mean over classes of the share found", maximize, classes, balanced_accuracy},
      {"log_loss", "mean -log of the true class's probability", minimize, classes, log_loss},
      {"brier", "mean squared error of the probabilities, in [0, 2]", minimize, classes, brier},
      {"ece", "expected calibration error, 15 bins", minimize, classes, expected_calibration_error},
      of_positives<precision>("precision", "share of rows called the second class that are"),
      of_positives<recall>("recall", "share of the second class's rows that are found"),
      of_positives<f1>("f1", "harmonic mean of the second class's precision and recall"),
      of_labels<precision, micro>("precision_micro", "precision of all classes' decisions together"),
      of_labels<precision, macro>("precision_macro", "mean over classes of the precision"),
      of_labels<precision, weighted>("precision_weighted", "mean precision, by the classes' weights"),
      of_labels<recall, micro>("recall_micro", "recall of all classes' decisions together"),
      of_labels<recall, macro>("recall_macro", "mean over classes of the recall"),
      of_labels<recall, weighted>("recall_weighted", "mean recall, by the classes' weights"),
      of_labels<f1, micro>("f1_micro", "F1 of all classes' decisions together"),
      of_labels<f1, macro>("f1_macro", "mean over classes of F1"),
      of_labels<f1, weighted>("f1_weighted", "mean F1, by the classes' weights"),
      of_classes("mcc", "Matthews' correlation of labels and truth", matthews_correlation),
      of_classes("kappa", "Cohen's agreement of labels and truth beyond chance", cohen_kappa),
      of_classes("roc_auc", "chance that a row of the second class ranks above one of the first", roc_auc, 2),
      of_classes("roc_auc_ovr", "mean over classes of the area under ROC against the rest", roc_auc_one_vs_rest),
      of_classes("roc_auc_ovo", "mean over pairs of classes of the area under ROC", roc_auc_one_vs_one),
      of_classes("average_precision", "mean precision over the ranks of the rows looked for", average_precision),
      of_top<2>("top_2", "share of rows whose class is among the two most probable"),
      of_top<3>("top_3", "share of rows whose class is among the three most probable"),
      of_top<5>("top_5", "share of rows whose class is among the five most probable"),
      of_top<10>("top_10", "share of rows whose class is among the ten most probable"),
      {"mse", "mean squared error", minimize, values, mean_squared_error},
      {"rmse", "root of the mean squared error", minimize, values, root_mean_squared_error},
      {"mae", "mean absolute error", minimize, values, mean_absolute_error},
      {"r2", "share of the variance that is explained", maximize, values, r_squared},
      {"mape", "mean absolute error as a share of the truth", minimize, values, mean_absolute_percentage_error,
       ValueKind::values, Shown::when_named},
      {"spearman", "correlation of the ranks", maximize, values, spearman, ValueKind::values, Shown::when_named},
      {"nll", "negative log likelihood of normal means and variances", minimize, values, negative_log_likelihood,
       ValueKind::means_and_variances},
      {"crps", "continuous ranked probability score of normal means and variances", minimize, values, normal_crps,
       ValueKind::means_and_variances, Shown::when_named},
      of_interval<50>("coverage_50", "share of targets in the central 50 % interval"),
      of_interval<80>("coverage_80", "share of targets in the central 80 % interval"),
      of_interval<90>("coverage_90", "share of targets in the central 90 % interval"),
      of_interval<95>("coverage_95", "share of targets in the central 95 % interval"),
      {"poisson_deviance", "mean deviance of the rates of counts", minimize, values, poisson_deviance,
       ValueKind::rates},
      {"binary_log_loss", "mean -log of the probability of each target's 0 or 1", minimize, values, binary_log_loss,
       ValueKind::probabilities},
      {"pinball", "mean pinball loss at the quantile that is predicted", minimize, values, pinball,
       ValueKind::quantiles},
  };
  return table;
}

}  // namespace jury
