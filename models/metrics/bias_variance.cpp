// The sums over replicates. What is made of them is in decomposition.cpp.
#include "models/metrics/bias_variance.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

[[maybe_unused]] bool labels_inside(std::span<const std::int32_t> labels, std::size_t classes) {
  return std::ranges::all_of(
      labels, [&](std::int32_t label) { return label >= 0 && static_cast<std::size_t>(label) < classes; });
}

// `size` elements or none.
template <class T>
[[maybe_unused]] bool fits(std::span<const T> span, std::size_t size) {
  return span.empty() || span.size() == size;
}

}  // namespace

BiasVariance::BiasVariance(const Truth& truth, const NoiseFree& known) : truth_(truth), known_(known) {
  JURY_EXPECTS(truth.num_outputs > 0);
  const std::size_t rows = truth.num_rows();
  const std::size_t cells = rows * truth.num_outputs;
  JURY_EXPECTS(fits(truth.weights, rows));
  counts_.resize(rows);
  mean_error_.resize(cells);
  spread_.resize(rows);
  squared_loss_.resize(rows);
  if (truth.outcome == Outcome::values) {
    JURY_EXPECTS(truth.values.size() == cells);
    JURY_EXPECTS(fits(known.values, cells) && known.posterior.empty() && known.bayes_labels.empty());
    return;
  }
  JURY_EXPECTS(labels_inside(truth.labels, truth.num_outputs));
  JURY_EXPECTS(fits(known.posterior, cells) && fits(known.bayes_labels, rows) && known.values.empty());
  JURY_EXPECTS(labels_inside(known.bayes_labels, truth.num_outputs));
  label_counts_.resize(cells);
  wrong_.resize(rows);
  expected_wrong_.resize(rows);
  logs_.resize(cells);
  log_loss_.resize(rows);
}

void BiasVariance::add_replicate(Predictions predictions) {
  JURY_EXPECTS(predictions.size() == truth_.num_rows() * truth_.width());
  ++num_replicates_;
  for (std::size_t row = 0; row < truth_.num_rows(); ++row) {
    const Predictions all = row_of(predictions, row, truth_.width());
    if (!is_predicted(all)) continue;
    const Predictions f = all.first(truth_.num_outputs);
    ++counts_[row];
    add_moments(row, f);
    if (truth_.outcome == Outcome::values) continue;
    add_label(row, f);
    add_logs(row, f);
  }
}

void BiasVariance::add_moments(std::size_t row, Predictions predictions) {
  const double share = 1.0 / counts_[row];
  double* mean = mean_error_.data() + row * truth_.num_outputs;
  double spread = 0;
  double loss = 0;
  for (std::size_t k = 0; k < predictions.size(); ++k) {
    const double error = static_cast<double>(predictions[k]) - observed(row, k);
    const double delta = error - mean[k];
    mean[k] += delta * share;
    spread += delta * (error - mean[k]);
    loss += error * error;
  }
  spread_[row] += spread;
  squared_loss_[row] += loss;
}

void BiasVariance::add_label(std::size_t row, Predictions predictions) {
  const auto predicted = static_cast<std::size_t>(predicted_label(predictions));
  ++label_counts_[row * truth_.num_outputs + predicted];
  wrong_[row] += predicted != label(row) ? 1.0 : 0.0;
  expected_wrong_[row] += expected_error(row, predicted);
}

void BiasVariance::add_logs(std::size_t row, Predictions predictions) {
  double* logs = logs_.data() + row * truth_.num_outputs;
  double sum = 0;
  for (const float p : predictions) sum += std::max(static_cast<double>(p), kSmallestProbability);
  const double log_sum = std::log(sum);
  double log_of_truth = 0;
  for (std::size_t c = 0; c < predictions.size(); ++c) {
    const double log_p = std::log(std::max(static_cast<double>(predictions[c]), kSmallestProbability)) - log_sum;
    logs[c] += log_p;
    if (c == label(row)) log_of_truth = log_p;
  }
  log_loss_[row] -= log_of_truth;
}

double BiasVariance::observed(std::size_t row, std::size_t output) const noexcept {
  if (truth_.outcome == Outcome::values) return truth_.values[row * truth_.num_outputs + output];
  return output == label(row) ? 1.0 : 0.0;
}

double BiasVariance::noise_free(std::size_t row, std::size_t output) const noexcept {
  const std::size_t at = row * truth_.num_outputs + output;
  if (!known_.values.empty()) return known_.values[at];
  if (!known_.posterior.empty()) return known_.posterior[at];
  return observed(row, output);
}

// Summed over the other classes: 1 - P would have no digits left where P is nearly 1.
double BiasVariance::expected_error(std::size_t row, std::size_t label) const noexcept {
  double sum = 0;
  for (std::size_t c = 0; c < truth_.num_outputs; ++c)
    if (c != label) sum += noise_free(row, c);
  return sum;
}

std::size_t BiasVariance::main_label(std::size_t row) const noexcept {
  const auto* begin = label_counts_.data() + row * truth_.num_outputs;
  return static_cast<std::size_t>(std::max_element(begin, begin + truth_.num_outputs) - begin);
}

std::size_t BiasVariance::bayes_label(std::size_t row) const noexcept {
  if (!known_.bayes_labels.empty()) return static_cast<std::size_t>(known_.bayes_labels[row]);
  const double* begin = known_.posterior.data() + row * truth_.num_outputs;
  return static_cast<std::size_t>(std::max_element(begin, begin + truth_.num_outputs) - begin);
}

double BiasVariance::share(std::size_t row, std::size_t label) const noexcept {
  return static_cast<double>(label_counts_[row * truth_.num_outputs + label]) / counts_[row];
}

}  // namespace jury
