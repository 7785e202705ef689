#include "models/ensemble/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

std::size_t share_of(std::size_t count, double samples) {
  return static_cast<std::size_t>(std::llround(samples * static_cast<double>(count)));
}

void draw(std::span<const std::uint32_t> stratum, std::size_t draws, Rng& rng, std::vector<std::uint32_t>& drawn) {
  for (std::size_t i = 0; i < draws; ++i) drawn.push_back(stratum[rng.below(stratum.size())]);
}

// The rows of each class, in the order given; classes without rows are left out.
std::vector<std::vector<std::uint32_t>> strata_of(std::span<const std::uint32_t> rows,
                                                  std::span<const std::int32_t> labels) {
  std::vector<std::vector<std::uint32_t>> strata;
  for (const std::uint32_t row : rows) {
    JURY_EXPECTS(row < labels.size() && labels[row] >= 0);
    const auto label = static_cast<std::size_t>(labels[row]);
    if (label >= strata.size()) strata.resize(label + 1);
    strata[label].push_back(row);
  }
  std::erase_if(strata, [](const auto& stratum) { return stratum.empty(); });
  return strata;
}

}  // namespace

std::vector<std::uint32_t> bag(std::span<const std::uint32_t> rows, std::span<const std::int32_t> labels,
                               const BagOptions& options, Rng& rng) {
  JURY_EXPECTS(!rows.empty());
  JURY_EXPECTS(options.samples > 0 && options.samples <= 1);
  std::vector<std::uint32_t> drawn;
  drawn.reserve(rows.size());
  if (options.stratified && !labels.empty()) {
    std::size_t seen = 0;
    for (const auto& stratum : strata_of(rows, labels)) {
      const std::size_t before = share_of(seen, options.samples);
      seen += stratum.size();
      draw(stratum, std::max<std::size_t>(share_of(seen, options.samples) - before, 1), rng, drawn);
    }
  } else {
    draw(rows, std::max<std::size_t>(share_of(rows.size(), options.samples), 1), rng, drawn);
  }
  std::ranges::sort(drawn);
  return drawn;
}

std::vector<std::uint32_t> out_of_bag(std::span<const std::uint32_t> rows, std::span<const std::uint32_t> in_bag) {
  std::vector<std::uint32_t> candidates(rows.begin(), rows.end());
  std::vector<std::uint32_t> taken(in_bag.begin(), in_bag.end());
  std::ranges::sort(candidates);
  std::ranges::sort(taken);
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  std::vector<std::uint32_t> left;
  std::ranges::set_difference(candidates, taken, std::back_inserter(left));
  return left;
}

std::vector<std::uint32_t> bag_counts(std::span<const std::uint32_t> in_bag, std::size_t num_rows) {
  std::vector<std::uint32_t> counts(num_rows);
  for (const std::uint32_t row : in_bag) {
    JURY_EXPECTS(row < num_rows);
    ++counts[row];
  }
  return counts;
}

}  // namespace jury
