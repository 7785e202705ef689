#include "models/metrics/row_resampler.hpp"

#include <algorithm>
#include <array>

#include "runtime/base/error.hpp"

namespace jury {

RowResampler::RowResampler(std::size_t num_rows, std::span<const std::int32_t> groups, std::uint64_t key)
    : num_groups_(num_rows), counts_(num_rows), rng_(key) {
  JURY_EXPECTS(num_rows > 0);
  JURY_EXPECTS(groups.empty() || groups.size() == num_rows);
  if (groups.empty()) return;
  std::vector<std::int32_t> names(groups.begin(), groups.end());
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  num_groups_ = names.size();
  drawn_.resize(num_groups_);
  for (const std::int32_t group : groups)
    group_of_.push_back(static_cast<std::uint32_t>(std::ranges::lower_bound(names, group) - names.begin()));
}

std::span<const std::uint32_t> RowResampler::next() {
  std::vector<std::uint32_t>& drawn = group_of_.empty() ? counts_ : drawn_;
  std::ranges::fill(drawn, 0U);
  for (std::size_t i = 0; i < num_groups_; ++i) ++drawn[rng_.below(num_groups_)];
  for (std::size_t row = 0; row < group_of_.size(); ++row) counts_[row] = drawn_[group_of_[row]];
  return counts_;
}

void weighted_sums(std::span<const double> values, std::span<const double> counts,
                   std::span<double, kResampleLanes> sums) {
  JURY_EXPECTS(counts.size() == values.size() * kResampleLanes);
  std::array<double, kResampleLanes> total{};
  for (std::size_t row = 0; row < values.size(); ++row) {
    const double value = values[row];
    const double* count = counts.data() + row * kResampleLanes;
    for (std::size_t lane = 0; lane < kResampleLanes; ++lane) total[lane] += value * count[lane];
  }
  std::ranges::copy(total, sums.begin());
}

}  // namespace jury
