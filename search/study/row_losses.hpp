// What each row costs, by the metric that runs are compared by.
#pragma once

#include <string_view>
#include <vector>

#include "search/study/compared_run.hpp"

namespace jury {

/// The name of the loss whose mean over rows `metric` is, or is a function of ("mse" of "rmse" and "r2"), "" where
/// there is none: accuracy is for McNemar's test, pinball wants its quantile, balanced_accuracy and ece are no means.
std::string_view row_loss_of(std::string_view metric) noexcept;

/// The loss of every row; NaN where it was not predicted. Empty where the loss needs variances and there are none.
std::vector<double> row_losses(const ComparedRun& run, const ComparedRows& rows, const Metric& loss);

/// The most probable class of every row; -1 where it was not predicted. Expects classes.
std::vector<std::int32_t> reported_labels(const ComparedRun& run, const ComparedRows& rows);

}  // namespace jury
