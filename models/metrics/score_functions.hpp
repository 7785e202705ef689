// The formulas behind the table of scores. Call score(), which checks what these expect.
#pragma once

#include <cstddef>

#include "models/metrics/truth.hpp"

namespace jury {

// Of probabilities; the definitions are at metrics().
double accuracy(const Truth& truth, Predictions probabilities);
double balanced_accuracy(const Truth& truth, Predictions probabilities);
double log_loss(const Truth& truth, Predictions probabilities);
double brier(const Truth& truth, Predictions probabilities);
double expected_calibration_error(const Truth& truth, Predictions probabilities);
double top_accuracy(const Truth& truth, Predictions probabilities, std::size_t k);

// Of the most probable classes. `positive` is of the second of two classes alone.
enum class Found { precision, recall, f1 };
enum class Average { positive, micro, macro, weighted };
double found(const Truth& truth, Predictions probabilities, Found what, Average average);
double matthews_correlation(const Truth& truth, Predictions probabilities);
double cohen_kappa(const Truth& truth, Predictions probabilities);

// Of an order by probability.
double roc_auc(const Truth& truth, Predictions probabilities);
double roc_auc_one_vs_rest(const Truth& truth, Predictions probabilities);
double roc_auc_one_vs_one(const Truth& truth, Predictions probabilities);
double average_precision(const Truth& truth, Predictions probabilities);

// Of values; the definitions are at metrics().
double mean_squared_error(const Truth& truth, Predictions values);
double root_mean_squared_error(const Truth& truth, Predictions values);
double mean_absolute_error(const Truth& truth, Predictions values);
double r_squared(const Truth& truth, Predictions values);
double mean_absolute_percentage_error(const Truth& truth, Predictions values);
double spearman(const Truth& truth, Predictions values);
double negative_log_likelihood(const Truth& truth, Predictions means_and_variances);
double normal_crps(const Truth& truth, Predictions means_and_variances);
double interval_coverage(const Truth& truth, Predictions means_and_variances, int percent);
double poisson_deviance(const Truth& truth, Predictions rates);
double binary_log_loss(const Truth& truth, Predictions probabilities);
double pinball(const Truth& truth, Predictions quantiles);

}  // namespace jury
