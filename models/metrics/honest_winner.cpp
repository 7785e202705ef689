#include "models/metrics/honest_winner.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "models/metrics/row_resampler.hpp"
#include "models/metrics/row_scores.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

// What takes part: complete trials, and rows that count and that they all have.
struct Kept {
  std::vector<std::size_t> trials, rows;
  std::vector<std::int32_t> groups;  // of `rows`, or empty

  bool empty() const noexcept { return trials.empty() || rows.empty(); }
};

// has(trial, row): whether it was predicted. weight(row), and groups of all rows, or none.
template <class Has, class Weight>
Kept kept_of(std::size_t num_trials, std::size_t num_rows, Has&& has, Weight&& weight) {
  Kept kept;
  for (std::size_t row = 0; row < num_rows; ++row) {
    bool any = false;
    for (std::size_t trial = 0; trial < num_trials && !any; ++trial) any = has(trial, row);
    if (any && weight(row) > 0) kept.rows.push_back(row);
  }
  for (std::size_t trial = 0; trial < num_trials; ++trial)
    if (std::ranges::all_of(kept.rows, [&](std::size_t row) { return has(trial, row); })) kept.trials.push_back(trial);
  return kept;
}

void keep_groups(std::span<const std::int32_t> groups, Kept& kept) {
  if (groups.empty()) return;
  for (const std::size_t row : kept.rows) kept.groups.push_back(groups[row]);
}

// The best of values; ties go to the first, nothing when all are NaN.
std::optional<std::size_t> best_of(const Metric& metric, std::span<const double> values) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isnan(values[i]) && (!best || is_better(metric, values[i], values[*best]))) best = i;
  return best;
}

// Resamples as they come: which trial each chose, and the score of that on the rows left out.
struct Selections {
  std::vector<std::uint32_t> chosen;
  std::vector<double> scores = {};

  void add(std::size_t trial, double score) {
    if (std::isnan(score)) return;
    ++chosen[trial];
    scores.push_back(score);
  }
};

std::optional<HonestWinner> summed_up(const Metric& metric, std::span<const double> naive, const Kept& kept,
                                      Selections selections, double level) {
  const auto best = best_of(metric, naive);
  if (!best) return std::nullopt;
  HonestWinner out{.winner = kept.trials[*best],
                   .naive = naive[*best],
                   .honest = kNaN,
                   .num_trials = kept.trials.size(),
                   .num_resamples = selections.scores.size(),
                   .chosen = std::move(selections.chosen)};
  double sum = 0;
  for (const double score : selections.scores) sum += score;
  if (out.num_resamples > 0) out.honest = sum / static_cast<double>(out.num_resamples);
  out.optimism = loss_of(metric, out.honest) - loss_of(metric, out.naive);
  out.interval = percentile_interval(std::move(selections.scores), level);
  return out;
}

// Scores times weights of the rows that are kept, trial after trial, and what their sums mean.
struct WeightedRows {
  const Metric& metric;
  bool is_root;
  std::vector<double> weights;  // (rows)
  std::vector<double> scores;   // (trials, rows)

  std::span<const double> of(std::size_t trial) const noexcept {
    return std::span(scores).subspan(trial * weights.size(), weights.size());
  }
  double mean(double sum, double weight) const noexcept {
    if (!(weight > 0)) return kNaN;
    return is_root ? std::sqrt(sum / weight) : sum / weight;
  }
};

// Of a trial, on the rows that a lane did not draw.
double score_of_the_others(const WeightedRows& rows, std::size_t trial, std::span<const double> counts,
                           std::size_t lane) {
  const std::span<const double> scores = rows.of(trial);
  double sum = 0, weight = 0;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    if (counts[row * kResampleLanes + lane] > 0) continue;
    sum += scores[row];
    weight += rows.weights[row];
  }
  return rows.mean(sum, weight);
}

void select_in_lanes(const WeightedRows& rows, const Kept& kept, std::span<const double> counts, std::size_t num_lanes,
                     Selections& out) {
  std::array<double, kResampleLanes> weights{}, sums{};
  weighted_sums(rows.weights, counts, weights);
  std::vector<double> values(kResampleLanes * kept.trials.size());
  for (std::size_t trial = 0; trial < kept.trials.size(); ++trial) {
    weighted_sums(rows.of(trial), counts, sums);
    for (std::size_t lane = 0; lane < num_lanes; ++lane)
      values[lane * kept.trials.size() + trial] = rows.mean(sums[lane], weights[lane]);
  }
  for (std::size_t lane = 0; lane < num_lanes; ++lane) {
    const auto best = best_of(rows.metric, std::span(values).subspan(lane * kept.trials.size(), kept.trials.size()));
    if (best) out.add(kept.trials[*best], score_of_the_others(rows, *best, counts, lane));
  }
}

// Scores of rows, each the mean over the repeats that predicted it: (trials, rows).
std::vector<double> scores_of_rows(const Metric& averaged, const TrialPredictions& trials) {
  const std::size_t rows = trials.truth.num_rows();
  std::vector<double> all;
  for (std::size_t trial = 0; trial < trials.num_trials(); ++trial) {
    std::vector<double> sums(rows), counts(rows);
    for (std::size_t repeat = 0; repeat < trials.num_repeats; ++repeat) {
      const auto scores = row_scores(averaged, trials.truth, trials.predictions[trial * trials.num_repeats + repeat]);
      for (std::size_t row = 0; row < rows; ++row) {
        if (std::isnan(scores[row])) continue;
        sums[row] += scores[row];
        counts[row] += 1;
      }
    }
    for (std::size_t row = 0; row < rows; ++row) all.push_back(sums[row] / counts[row]);
  }
  return all;
}

// Of a trial with these weights, the mean over repeats.
double score_anew(const Metric& metric, const TrialPredictions& trials, std::size_t trial,
                  std::span<const float> weights) {
  Truth truth = trials.truth;
  truth.weights = weights;
  double sum = 0;
  for (std::size_t repeat = 0; repeat < trials.num_repeats; ++repeat)
    sum += score(metric, truth, trials.predictions[trial * trials.num_repeats + repeat]);
  return sum / static_cast<double>(trials.num_repeats);
}

std::vector<double> scores_anew(const Metric& metric, const TrialPredictions& trials, const Kept& kept,
                                std::span<const float> weights) {
  std::vector<double> scores;
  for (const std::size_t trial : kept.trials) scores.push_back(score_anew(metric, trials, trial, weights));
  return scores;
}

std::optional<HonestWinner> selected_anew(const Metric& metric, const TrialPredictions& trials, std::uint64_t key,
                                          const IntervalOptions& options) {
  const Truth& truth = trials.truth;
  const auto has = [&](std::size_t trial, std::size_t row) {
    const auto repeats = trials.predictions.subspan(trial * trials.num_repeats, trials.num_repeats);
    return std::ranges::any_of(repeats, [&](Predictions p) { return is_predicted(row_of(p, row, truth.width())); });
  };
  Kept kept = kept_of(trials.num_trials(), truth.num_rows(), has, [&](std::size_t row) { return truth.weight(row); });
  keep_groups(trials.groups, kept);
  if (kept.empty()) return std::nullopt;
  std::vector<float> drawn(truth.num_rows()), others(truth.num_rows());
  for (const std::size_t row : kept.rows) drawn[row] = static_cast<float>(truth.weight(row));
  const std::vector<double> naive = scores_anew(metric, trials, kept, drawn);

  const std::size_t numbers = kept.trials.size() * trials.num_repeats * truth.num_rows() * truth.width();
  const std::size_t affordable = std::max(kFewestSelections, kMostSelectionNumbers / numbers);
  RowResampler resampler(kept.rows.size(), kept.groups, key);
  Selections selections{.chosen = std::vector<std::uint32_t>(trials.num_trials())};
  for (std::size_t i = 0; i < std::min(options.resamples, affordable); ++i) {
    const std::span<const std::uint32_t> counts = resampler.next();
    for (std::size_t k = 0; k < kept.rows.size(); ++k) {
      const double weight = truth.weight(kept.rows[k]);
      drawn[kept.rows[k]] = static_cast<float>(weight * counts[k]);
      others[kept.rows[k]] = counts[k] == 0 ? static_cast<float>(weight) : 0.0F;
    }
    const auto best = best_of(metric, scores_anew(metric, trials, kept, drawn));
    if (best) selections.add(kept.trials[*best], score_anew(metric, trials, kept.trials[*best], others));
  }
  return summed_up(metric, naive, kept, std::move(selections), options.level);
}

}  // namespace

std::optional<HonestWinner> honest_winner(const Metric& metric, const TrialRows& trials, std::uint64_t key,
                                          const IntervalOptions& options) {
  const auto mean = row_mean_of(metric, 1);
  JURY_EXPECTS(mean.has_value());
  JURY_EXPECTS(trials.scores.size() == trials.num_trials * trials.num_rows());
  JURY_EXPECTS(trials.weights.empty() || trials.weights.size() == trials.num_rows());
  JURY_EXPECTS(trials.groups.empty() || trials.groups.size() == trials.num_rows());
  const auto weight = [&](std::size_t row) {
    return trials.weights.empty() ? 1.0 : static_cast<double>(trials.weights[row]);
  };
  const auto score = [&](std::size_t trial, std::size_t row) { return trials.scores[trial * trials.num_rows() + row]; };
  Kept kept = kept_of(
      trials.num_trials, trials.num_rows(),
      [&](std::size_t trial, std::size_t row) { return !std::isnan(score(trial, row)); }, weight);
  keep_groups(trials.groups, kept);
  if (kept.empty()) return std::nullopt;
  const std::size_t num_rows = kept.rows.size();
  WeightedRows rows{.metric = metric, .is_root = mean->is_root, .weights = {}, .scores = {}};
  double total = 0;
  for (const std::size_t row : kept.rows) total += rows.weights.emplace_back(weight(row));
  std::vector<double> naive;
  for (const std::size_t trial : kept.trials) {
    double sum = 0;
    for (const std::size_t row : kept.rows) sum += rows.scores.emplace_back(weight(row) * score(trial, row));
    naive.push_back(rows.mean(sum, total));
  }
  RowResampler resampler(num_rows, kept.groups, key);
  Selections selections{.chosen = std::vector<std::uint32_t>(trials.num_trials)};
  std::vector<double> counts(num_rows * kResampleLanes);
  for (std::size_t first = 0; first < options.resamples; first += kResampleLanes) {
    const std::size_t num_lanes = std::min(kResampleLanes, options.resamples - first);
    for (std::size_t lane = 0; lane < num_lanes; ++lane) {
      const std::span<const std::uint32_t> drawn = resampler.next();
      for (std::size_t row = 0; row < num_rows; ++row) counts[row * kResampleLanes + lane] = drawn[row];
    }
    select_in_lanes(rows, kept, counts, num_lanes, selections);
  }
  return summed_up(metric, naive, kept, std::move(selections), options.level);
}

std::optional<HonestWinner> honest_winner(const Metric& metric, const TrialPredictions& trials, std::uint64_t key,
                                          const IntervalOptions& options) {
  JURY_EXPECTS(trials.num_repeats > 0 && trials.predictions.size() % trials.num_repeats == 0);
  JURY_EXPECTS(trials.groups.empty() || trials.groups.size() == trials.truth.num_rows());
  const auto mean = row_mean_of(metric, trials.truth.num_outputs);
  if (!mean) return selected_anew(metric, trials, key, options);
  const std::vector<double> scores = scores_of_rows(*mean->averaged, trials);
  return honest_winner(metric,
                       TrialRows{.num_trials = trials.num_trials(),
                                 .scores = scores,
                                 .weights = trials.truth.weights,
                                 .groups = trials.groups},
                       key, options);
}

}  // namespace jury
