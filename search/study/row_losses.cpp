#include "search/study/row_losses.hpp"

namespace jury {
namespace {

struct RowLoss {
  std::string_view metric, loss;
};
constexpr RowLoss kRowLosses[] = {{"log_loss", "log_loss"},
                                  {"brier", "brier"},
                                  {"mse", "mse"},
                                  {"rmse", "mse"},
                                  {"r2", "mse"},
                                  {"mae", "mae"},
                                  {"mape", "mape"},
                                  {"crps", "crps"},
                                  {"nll", "nll"},
                                  {"poisson_deviance", "poisson_deviance"},
                                  {"binary_log_loss", "binary_log_loss"}};

}  // namespace

std::string_view row_loss_of(std::string_view metric) noexcept {
  for (const RowLoss& one : kRowLosses)
    if (one.metric == metric) return one.loss;
  return "";
}

std::vector<double> row_losses(const ComparedRun& run, const ComparedRows& rows, const Metric& loss) {
  const bool with_variances = loss.needs == ValueKind::means_and_variances;
  if (with_variances && rows.variances.empty()) return {};
  const std::size_t n = run.num_outputs;
  std::vector<double> losses;
  std::vector<float> row;
  for (std::size_t i = 0; i < rows.ids.size(); ++i) {
    const auto predicted = row_of(rows.predictions, i, n);
    row.assign(predicted.begin(), predicted.end());
    if (with_variances) {
      const auto variances = row_of(rows.variances, i, n);
      row.insert(row.end(), variances.begin(), variances.end());
    }
    Truth truth{.outcome = run.outcome, .num_outputs = n, .kind = loss.needs};
    if (run.outcome == Outcome::classes) truth.labels = std::span(rows.labels).subspan(i, 1);
    if (run.outcome == Outcome::values) truth.values = std::span(rows.values).subspan(i * n, n);
    losses.push_back(score(loss, truth, row));
  }
  return losses;
}

std::vector<std::int32_t> reported_labels(const ComparedRun& run, const ComparedRows& rows) {
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < rows.ids.size(); ++i) {
    const auto row = row_of(rows.predictions, i, run.num_outputs);
    labels.push_back(is_predicted(row) ? predicted_label(row) : -1);
  }
  return labels;
}

}  // namespace jury
