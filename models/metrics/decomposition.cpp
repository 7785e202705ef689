// From the sums over replicates to the parts of each definition.
#include "models/metrics/decomposition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "models/metrics/bias_variance.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

constexpr Parts kNothing = {kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN};
// The columns that are averaged over rows; the residual is not.
constexpr std::array kColumns = {&Parts::mean_loss,      &Parts::bias,  &Parts::variance,
                                 &Parts::noise,          &Parts::cross, &Parts::variance_unbiased,
                                 &Parts::variance_biased};

// |loss - (bias + variance + noise + cross)|, relative; for Domingos, whose variance counts for or
// against, the two variances in place of the one.
double residual_of(const Parts& parts) {
  const bool two_variances = !std::isnan(parts.variance_unbiased);
  const std::array terms = {parts.bias, two_variances ? parts.variance_unbiased : parts.variance,
                            two_variances ? -parts.variance_biased : 0.0, parts.noise, parts.cross};
  double sum = 0;
  double size = 0;
  for (const double term : terms) {
    if (std::isnan(term)) continue;
    sum += term;
    size += std::abs(term);
  }
  size = std::max(size, std::abs(parts.mean_loss));
  return size > 0 ? std::abs(parts.mean_loss - sum) / size : 0.0;
}

Parts weighted_mean(const std::vector<Parts>& points, const Truth& truth) {
  Parts mean = {};
  double total = 0;
  for (std::size_t row = 0; row < points.size(); ++row) {
    const double weight = truth.weight(row);
    if (std::isnan(points[row].mean_loss) || weight <= 0) continue;
    total += weight;
    for (const auto column : kColumns) mean.*column += weight * points[row].*column;
  }
  if (total <= 0) return kNothing;
  for (const auto column : kColumns) mean.*column /= total;
  mean.residual = residual_of(mean);
  return mean;
}

}  // namespace

std::vector<Decomposition> BiasVariance::finish(std::uint64_t interval_key, const IntervalOptions& intervals) const {
  std::vector<std::pair<std::string_view, Parts (BiasVariance::*)(std::size_t) const>> definitions;
  if (truth_.outcome == Outcome::values) {
    definitions = {{"squared", &BiasVariance::squared}};
  } else {
    definitions = {{"brier", &BiasVariance::squared},
                   {"domingos", &BiasVariance::domingos},
                   {"kohavi_wolpert", &BiasVariance::kohavi_wolpert}};
    if (knows_bayes()) definitions.emplace_back("breiman", &BiasVariance::breiman);
    definitions.emplace_back("log", &BiasVariance::log);
  }

  std::vector<Decomposition> results;
  std::vector<double> losses(truth_.num_rows());
  for (const auto& [name, parts_of] : definitions) {
    std::vector<Parts> points(truth_.num_rows(), kNothing);
    for (std::size_t row = 0; row < points.size(); ++row) {
      if (counts_[row] > 0) {
        points[row] = (this->*parts_of)(row);
        points[row].residual = residual_of(points[row]);
      }
      losses[row] = points[row].mean_loss;
    }
    const Parts overall = weighted_mean(points, truth_);
    results.push_back(
        {name, overall, bootstrap_interval(losses, truth_.weights, interval_key, intervals), std::move(points)});
  }
  return results;
}

// Squared and brier: the same sums, averaged over targets or summed over classes.
Parts BiasVariance::squared(std::size_t row) const {
  const double replicates = counts_[row];
  const double scale = truth_.outcome == Outcome::values ? 1.0 / static_cast<double>(truth_.num_outputs) : 1.0;
  double bias = 0;
  double noise = 0;
  double cross = 0;
  for (std::size_t k = 0; k < truth_.num_outputs; ++k) {
    const double error = observed(row, k) - noise_free(row, k);             // y - f*
    const double main = mean_error_[row * truth_.num_outputs + k] + error;  // main - f*
    bias += main * main;
    noise += error * error;
    cross -= 2 * main * error;
  }
  Parts parts = kNothing;
  parts.mean_loss = scale * squared_loss_[row] / replicates;
  parts.bias = scale * bias;
  parts.variance = scale * spread_[row] / replicates;
  if (knows_noise_free()) {
    parts.noise = scale * noise;
    parts.cross = scale * cross;
  }
  return parts;
}

Parts BiasVariance::domingos(std::size_t row) const {
  const std::size_t main = main_label(row);
  const bool biased = main != label(row);
  Parts parts = kNothing;
  parts.mean_loss = wrong_[row] / counts_[row];
  parts.bias = biased ? 1.0 : 0.0;
  parts.variance = 1.0 - share(row, main);
  parts.variance_unbiased = biased ? 0.0 : parts.variance;
  parts.variance_biased = biased ? share(row, label(row)) : 0.0;
  return parts;
}

Parts BiasVariance::kohavi_wolpert(std::size_t row) const {
  double distance = 0;
  double variance = 0;
  double noise = 0;
  for (std::size_t c = 0; c < truth_.num_outputs; ++c) {
    const double p = noise_free(row, c);
    const double q = share(row, c);
    distance += (p - q) * (p - q);
    variance += q * (1 - q);  // sums to 1 - sum Q^2, and without its cancellation
    if (!known_.posterior.empty()) noise += p * expected_error(row, c);  // one-hot truth has none
  }
  Parts parts = kNothing;
  parts.mean_loss = expected_wrong_[row] / counts_[row];
  parts.bias = 0.5 * distance;
  parts.variance = 0.5 * variance;
  parts.noise = 0.5 * noise;
  return parts;
}

Parts BiasVariance::breiman(std::size_t row) const {
  const std::size_t bayes = bayes_label(row);
  const double excess = (bayes == label(row) ? 1.0 : 0.0) - share(row, label(row));
  const bool biased = main_label(row) != bayes;
  Parts parts = kNothing;
  parts.mean_loss = wrong_[row] / counts_[row];
  parts.bias = biased ? excess : 0.0;
  parts.variance = biased ? 0.0 : excess;
  parts.noise = bayes == label(row) ? 0.0 : 1.0;
  return parts;
}

Parts BiasVariance::log(std::size_t row) const {
  const double* logs = logs_.data() + row * truth_.num_outputs;
  const double replicates = counts_[row];
  double sum = 0;
  for (std::size_t c = 0; c < truth_.num_outputs; ++c) sum += std::exp(logs[c] / replicates);
  const double log_sum = std::log(sum);  // at most 0: the geometric mean is below the arithmetic
  double variance = 0;
  for (std::size_t c = 0; c < truth_.num_outputs; ++c) {
    const double log_main = logs[c] / replicates - log_sum;
    variance += std::exp(log_main) * (log_main - logs[c] / replicates);
  }
  Parts parts = kNothing;
  parts.mean_loss = log_loss_[row] / replicates;
  parts.bias = log_sum - logs[label(row)] / replicates;
  parts.variance = variance;
  return parts;
}

Ambiguity ambiguity_of(const Decomposition& decomposition) {
  JURY_EXPECTS(decomposition.definition == "squared" || decomposition.definition == "brier");
  const Parts& parts = decomposition.overall;
  JURY_EXPECTS(std::isnan(parts.noise));
  return {parts.mean_loss, parts.bias, parts.variance, parts.residual};
}

}  // namespace jury
