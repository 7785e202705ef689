#include "models/metrics/bootstrap_dropping.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/metrics/row_resampler.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

double weight_of(const TrialRows& trials, std::size_t row) {
  return trials.weights.empty() ? 1.0 : static_cast<double>(trials.weights[row]);
}

std::optional<std::size_t> best_trial(const TrialRows& trials) {
  std::optional<std::size_t> best;
  std::size_t most = 0;
  double least = 0;
  for (std::size_t trial = 0; trial < trials.num_trials; ++trial) {
    double sum = 0, weight = 0;
    std::size_t rows = 0;
    for (std::size_t row = 0; row < trials.num_rows(); ++row) {
      const double loss = trials.scores[trial * trials.num_rows() + row];
      if (std::isnan(loss)) continue;
      sum += weight_of(trials, row) * loss;
      weight += weight_of(trials, row);
      ++rows;
    }
    if (!(weight > 0) || rows < most || (rows == most && best && !(sum / weight < least))) continue;
    best = trial;
    most = rows;
    least = sum / weight;
  }
  return best;
}

}  // namespace

DropDecision drop_by_bootstrap(const TrialRows& trials, std::uint64_t key, const DropOptions& options) {
  JURY_EXPECTS(options.threshold > 0 && options.threshold <= 1);
  JURY_EXPECTS(trials.scores.size() == trials.num_trials * trials.num_rows());
  DropDecision out{.best = best_trial(trials), .worse = std::vector<double>(trials.num_trials)};
  if (!out.best || options.resamples == 0) return out;
  const std::size_t num_rows = trials.num_rows();
  // Only signs matter, so rows that one of them lacks may count 0.
  std::vector<double> behind(trials.scores.size());
  for (std::size_t trial = 0; trial < trials.num_trials; ++trial) {
    for (std::size_t row = 0; row < num_rows; ++row) {
      const double gap = trials.scores[trial * num_rows + row] - trials.scores[*out.best * num_rows + row];
      behind[trial * num_rows + row] = std::isnan(gap) ? 0 : weight_of(trials, row) * gap;
    }
  }
  RowResampler resampler(num_rows, trials.groups, key);
  std::vector<double> counts(num_rows * kResampleLanes);
  std::vector<std::size_t> losses(trials.num_trials);
  std::array<double, kResampleLanes> sums{};
  for (std::size_t first = 0; first < options.resamples; first += kResampleLanes) {
    const std::size_t num_lanes = std::min(kResampleLanes, options.resamples - first);
    for (std::size_t lane = 0; lane < num_lanes; ++lane) {
      const std::span<const std::uint32_t> drawn = resampler.next();
      for (std::size_t row = 0; row < num_rows; ++row) counts[row * kResampleLanes + lane] = drawn[row];
    }
    for (std::size_t trial = 0; trial < trials.num_trials; ++trial) {
      weighted_sums(std::span(behind).subspan(trial * num_rows, num_rows), counts, sums);
      losses[trial] += static_cast<std::size_t>(std::count_if(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(num_lanes),
                                                              [](double sum) { return sum > 0; }));
    }
  }
  for (std::size_t trial = 0; trial < trials.num_trials; ++trial) {
    out.worse[trial] = static_cast<double>(losses[trial]) / static_cast<double>(options.resamples);
    if (out.worse[trial] >= options.threshold) out.dropped.push_back(trial);
  }
  return out;
}

}  // namespace jury
