#include "models/ensemble/selection.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/ensemble/weighted_combination.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"

namespace jury {
namespace {

bool predicted_anything(Predictions base, std::size_t width) {
  for (std::size_t row = 0; row < base.size() / width; ++row)
    if (is_predicted(row_of(base, row, width))) return true;
  return false;
}

// The mean of the picks so far, with the bits of a Combination of them, and what it would be with one more.
class RunningMean {
 public:
  RunningMean(const Truth& truth, std::span<const std::size_t> rows)
      : width_(truth.width()),
        outputs_(truth.num_outputs),
        rows_(rows),
        mean_(rows.size() * width_),
        spread_(width_ > outputs_ ? mean_.size() : 0) {}

  // The mean with `base`, in its rows of `result`.
  void preview(Predictions base, std::span<float> result) const {
    const double count = static_cast<double>(count_ + 1), share = 1.0 / count;
    for (std::size_t r = 0, i = 0; r < rows_.size(); ++r) {
      const Predictions f = row_of(base, rows_[r], width_);
      for (std::size_t k = 0; k < width_; ++k, ++i) {
        double next = mean_[i] + (static_cast<double>(f[k]) - mean_[i]) * share;
        if (k >= outputs_) next += spread_after(i - outputs_, f[k - outputs_], share) / count;
        result[rows_[r] * width_ + k] = static_cast<float>(next);
      }
    }
  }

  void add(Predictions base) {
    const double share = 1.0 / static_cast<double>(++count_);
    for (std::size_t r = 0, i = 0; r < rows_.size(); ++r)
      for (const float value : row_of(base, rows_[r], width_)) {
        if (!spread_.empty()) spread_[i] = spread_after(i, value, share);
        mean_[i] += (static_cast<double>(value) - mean_[i]) * share;
        ++i;
      }
  }

 private:
  double spread_after(std::size_t i, float value, double share) const {
    const double delta = static_cast<double>(value) - mean_[i];
    return spread_[i] + delta * (static_cast<double>(value) - (mean_[i] + delta * share));
  }

  std::size_t width_;
  std::size_t outputs_;
  std::span<const std::size_t> rows_;
  std::size_t count_ = 0;
  std::vector<double> mean_;
  std::vector<double> spread_;
};

class Selector {
 public:
  Selector(const SelectionGoal& goal, std::span<const Predictions> bases) : goal_(goal), bases_(bases) {
    const std::size_t width = goal.truth.width();
    for (std::uint32_t b = 0; b < bases.size(); ++b)
      if (predicted_anything(bases[b], width)) candidates_.push_back(b);
    for (std::size_t row = 0; row < goal.truth.num_rows(); ++row)
      if (std::ranges::all_of(candidates_, [&](std::uint32_t b) { return is_predicted(row_of(bases[b], row, width)); }))
        rows_.push_back(row);
    if (candidates_.empty() || rows_.empty())
      throw DataError(
          "a selection has no row to be scored on (none was predicted by every base) remove the bases that failed");
  }

  const std::vector<std::uint32_t>& candidates() const { return candidates_; }

  SelectionRun run(std::span<const std::uint32_t> from, std::int32_t num_picks) const {
    SelectionRun run;
    RunningMean mean(goal_.truth, rows_);
    std::vector<float> predictions(bases_[0].size(), kFloatNaN);
    for (std::int32_t pick = 0; pick < num_picks; ++pick) {
      run.picks.push_back(from.front());
      run.scores.push_back(std::numeric_limits<double>::quiet_NaN());
      for (const std::uint32_t b : from) {
        mean.preview(bases_[b], predictions);
        const double reached = score(goal_.metric, goal_.truth, predictions);
        if (!is_better(goal_.metric, reached, run.scores.back())) continue;
        run.picks.back() = b;
        run.scores.back() = reached;
      }
      mean.add(bases_[run.picks.back()]);
      if (run.num_kept == 0 || is_better(goal_.metric, run.scores.back(), run.scores[run.num_kept - 1]))
        run.num_kept = run.picks.size();
    }
    return run;
  }

  double score_weighted(std::span<const double> weights) const {
    const Truth& truth = goal_.truth;
    WeightedCombination combination({truth.outcome, truth.num_rows(), truth.num_outputs, truth.kind});
    for (std::size_t b = 0; b < bases_.size(); ++b) combination.add(bases_[b], weights[b]);
    const std::vector<float> mean = combination.mean();
    std::vector<float> scored(mean.size(), kFloatNaN);
    for (const std::size_t row : rows_)
      std::ranges::copy(row_of(mean, row, truth.width()), std::span(scored).subspan(row * truth.width()).begin());
    return score(goal_.metric, truth, scored);
  }

 private:
  SelectionGoal goal_;
  std::span<const Predictions> bases_;
  std::vector<std::uint32_t> candidates_;  // ascending
  std::vector<std::size_t> rows_;          // that every candidate predicted
};

// A random share of the candidates, ascending, so that ties go to the lower base here too.
std::vector<std::uint32_t> part_of(const std::vector<std::uint32_t>& candidates, double share, Rng& rng) {
  const auto size = static_cast<std::size_t>(std::llround(share * static_cast<double>(candidates.size())));
  std::vector<std::uint32_t> part = candidates;
  shuffle(std::span(part), rng);
  part.resize(std::max<std::size_t>(size, 1));
  std::ranges::sort(part);
  return part;
}

}  // namespace

Selection select_bases(const SelectionGoal& goal, std::span<const Predictions> bases, const StackOptions& options,
                       Rng& rng) {
  JURY_EXPECTS(!bases.empty() && options.picks >= 1 && options.bag_share > 0 && options.bag_share <= 1);
  for ([[maybe_unused]] const Predictions base : bases)
    JURY_EXPECTS(base.size() == goal.truth.num_rows() * goal.truth.width());
  const Selector selector(goal, bases);
  Selection selection{.runs = {}, .counts = std::vector<std::int32_t>(bases.size()), .weights = {}};
  if (options.bags == 0) selection.runs.push_back(selector.run(selector.candidates(), options.picks));
  for (std::int32_t bag = 0; bag < options.bags; ++bag)
    selection.runs.push_back(selector.run(part_of(selector.candidates(), options.bag_share, rng), options.picks));
  double total = 0;
  for (const SelectionRun& run : selection.runs)
    for (std::size_t pick = 0; pick < run.num_kept; ++pick, ++total) ++selection.counts[run.picks[pick]];
  for (const std::int32_t count : selection.counts) selection.weights.push_back(count / total);
  selection.score = selector.score_weighted(selection.weights);
  return selection;
}

}  // namespace jury
