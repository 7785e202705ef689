#include "search/split/stratified_group_k_fold.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "search/split/split_checks.hpp"
#include "search/split/strata.hpp"

namespace jury {
namespace {

// Counts differ by whole samples, so spreads that rounding alone tells apart are equal.
constexpr double kEqual = 1e-10;

double deviation_of(std::span<const double> numbers) {
  const auto n = static_cast<double>(numbers.size());
  const double mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) / n;
  double squares = 0;
  for (const double number : numbers) squares += (number - mean) * (number - mean);
  return std::sqrt(squares / n);
}

// The folds while groups are dealt to them.
class Deal {
 public:
  Deal(std::size_t folds, std::span<const double> totals)
      : totals_(totals), shares_(folds * totals.size()), squares_(totals.size()), sums_(totals.size()), sizes_(folds) {}

  /// The fold for a group of these class counts; `left`: groups that are not dealt yet.
  std::size_t next(std::span<const double> counts, std::size_t left) {
    const bool only_empty = static_cast<std::size_t>(std::ranges::count(sizes_, 0.0)) >= left;
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t f = 0; f < sizes_.size(); ++f) {
      if (only_empty && sizes_[f] > 0) continue;
      const double spread = spread_with(f, counts);
      const bool ties = std::abs(spread - least) <= kEqual;
      if (ties ? sizes_[f] < sizes_[best] : spread < least) best = f;
      if (best == f) least = spread;
    }
    add(best, counts);
    return best;
  }

 private:
  double share(std::size_t fold, std::size_t c) const noexcept { return shares_[fold * totals_.size() + c]; }
  // Sum over classes of the standard deviation over folds, with the counts in fold f.
  double spread_with(std::size_t f, std::span<const double> counts) const {
    const auto folds = static_cast<double>(sizes_.size());
    double sum = 0;
    for (std::size_t c = 0; c < totals_.size(); ++c) {
      if (totals_[c] == 0) continue;
      const double added = counts[c] / totals_[c];
      const double mean = (sums_[c] + added) / folds;
      sum += std::sqrt(std::max(0.0, (squares_[c] + added * (2 * share(f, c) + added)) / folds - mean * mean));
    }
    return sum;
  }
  void add(std::size_t f, std::span<const double> counts) {
    for (std::size_t c = 0; c < totals_.size(); ++c) {
      sizes_[f] += counts[c];
      if (totals_[c] == 0) continue;
      const double added = counts[c] / totals_[c];
      squares_[c] += added * (2 * share(f, c) + added);
      sums_[c] += added;
      shares_[f * totals_.size() + c] += added;
    }
  }

  std::span<const double> totals_;
  std::vector<double> shares_;          // (folds, classes) of the samples of a class
  std::vector<double> squares_, sums_;  // (classes) over folds
  std::vector<double> sizes_;           // (folds) samples
};

}  // namespace

StratifiedGroupKFold::StratifiedGroupKFold(const CvOptions& options, const SplitInput& input, std::uint64_t seed)
    : units_(input),
      folds_(static_cast<std::size_t>(options.folds)),
      num_classes_(0),
      shuffle_(options.shuffle),
      outer_(input.outer),
      seed_(seed) {
  require_groups("stratified_group_kfold", input);
  check_folds(options, units_.size(), "group");
  const std::vector<std::int32_t> strata = strata_of("stratified_group_kfold", options, input, folds_);
  num_classes_ = static_cast<std::size_t>(std::ranges::max(strata)) + 1;
  counts_.resize(units_.size() * num_classes_);
  totals_.resize(num_classes_);
  for (std::size_t i = 0; i < strata.size(); ++i) {
    const auto c = static_cast<std::size_t>(strata[i]);
    ++counts_[units_[i] * num_classes_ + c];
    ++totals_[c];
  }
}

std::vector<std::uint32_t> StratifiedGroupKFold::order(std::size_t repeat) const {
  std::vector<std::uint32_t> order(units_.size());
  std::iota(order.begin(), order.end(), 0U);
  if (shuffle_) {
    Rng rng(split_key(seed_, outer_, repeat));
    shuffle(std::span(order), rng);
  }
  std::vector<double> deviation;
  for (std::size_t unit = 0; unit < units_.size(); ++unit)
    deviation.push_back(deviation_of(std::span(counts_).subspan(unit * num_classes_, num_classes_)));
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::uint32_t unit) { return deviation[unit]; });
  return order;
}

Split StratifiedGroupKFold::split(std::size_t repeat, std::size_t fold) const {
  JURY_EXPECTS(fold < folds_);
  Deal deal(folds_, totals_);
  std::vector<std::uint32_t> tested;
  std::size_t left = units_.size();
  for (const std::uint32_t unit : order(repeat))
    if (deal.next(std::span(counts_).subspan(unit * num_classes_, num_classes_), left--) == fold)
      tested.push_back(unit);
  return units_.split(tested);
}

}  // namespace jury
