#include "models/metrics/row_scores.hpp"

namespace jury {
namespace {

constexpr std::string_view kMeans[] = {"accuracy",
                                       "log_loss",
                                       "brier",
                                       "top_2",
                                       "top_3",
                                       "top_5",
                                       "top_10",
                                       "mse",
                                       "mae",
                                       "mape",
                                       "nll",
                                       "crps",
                                       "coverage_50",
                                       "coverage_80",
                                       "coverage_90",
                                       "coverage_95",
                                       "poisson_deviance",
                                       "binary_log_loss",
                                       "pinball"};

}  // namespace

std::optional<RowMean> row_mean_of(const Metric& metric, std::size_t num_outputs) {
  if (metric.name == "rmse" && num_outputs == 1) return RowMean{.averaged = &find_metric("mse"), .is_root = true};
  for (const std::string_view name : kMeans)
    if (name == metric.name) return RowMean{.averaged = &metric, .is_root = false};
  return std::nullopt;
}

std::vector<double> row_scores(const Metric& averaged, const Truth& truth, Predictions predictions) {
  std::vector<double> scores(truth.num_rows());
  Truth one = truth;
  one.weights = {};
  for (std::size_t row = 0; row < scores.size(); ++row) {
    if (truth.outcome == Outcome::classes) one.labels = truth.labels.subspan(row, 1);
    if (truth.outcome == Outcome::values) one.values = truth.values.subspan(row * truth.num_outputs, truth.num_outputs);
    scores[row] = score(averaged, one, row_of(predictions, row, truth.width()));
  }
  return scores;
}

}  // namespace jury
