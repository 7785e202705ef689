#include "models/ensemble/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using Rows = std::vector<std::uint32_t>;

struct Request {
  std::span<const std::uint32_t> rows;
  const RowFacts& facts;
  const BagOptions& options;
};

std::size_t share_of(std::size_t count, double samples) {
  return static_cast<std::size_t>(std::llround(samples * static_cast<double>(count)));
}

std::size_t draws_of(std::size_t count, double samples) { return std::max<std::size_t>(share_of(count, samples), 1); }

// The rows of each class (or group), in the order given; classes without rows are left out.
std::vector<Rows> strata_of(std::span<const std::uint32_t> rows, std::span<const std::int32_t> labels) {
  std::vector<Rows> strata;
  for (const std::uint32_t row : rows) {
    JURY_EXPECTS(row < labels.size() && labels[row] >= 0);
    const auto label = static_cast<std::size_t>(labels[row]);
    if (label >= strata.size()) strata.resize(label + 1);
    strata[label].push_back(row);
  }
  std::erase_if(strata, [](const auto& stratum) { return stratum.empty(); });
  return strata;
}

void draw(std::span<const std::uint32_t> stratum, std::size_t draws, Rng& rng, Rows& drawn) {
  for (std::size_t i = 0; i < draws; ++i) drawn.push_back(stratum[rng.below(stratum.size())]);
}

// The first steps of a Fisher-Yates shuffle.
void draw_part(std::span<const std::uint32_t> stratum, std::size_t draws, Rng& rng, Rows& drawn) {
  Rows left(stratum.begin(), stratum.end());
  for (std::size_t i = 0; i < std::min(draws, left.size()); ++i) {
    std::swap(left[i], left[i + rng.below(left.size() - i)]);
    drawn.push_back(left[i]);
  }
}

void draw_rows(const Request& from, Rng& rng, Rows& drawn) {
  const auto draw_from = from.options.scheme == BagScheme::part ? draw_part : draw;
  if (!from.options.stratified || from.facts.labels.empty())
    return draw_from(from.rows, draws_of(from.rows.size(), from.options.samples), rng, drawn);
  std::size_t seen = 0;
  for (const Rows& stratum : strata_of(from.rows, from.facts.labels)) {
    const std::size_t before = share_of(seen, from.options.samples);
    seen += stratum.size();
    draw_from(stratum, std::max<std::size_t>(share_of(seen, from.options.samples) - before, 1), rng, drawn);
  }
}

void draw_balanced(const Request& from, Rng& rng, Rows& drawn) {
  const std::vector<Rows> classes = strata_of(from.rows, from.facts.labels);
  std::size_t rarest = from.rows.size();
  for (const Rows& members : classes) rarest = std::min(rarest, members.size());
  for (const Rows& members : classes) draw(members, draws_of(rarest, from.options.samples), rng, drawn);
}

void draw_groups(const Request& from, Rng& rng, Rows& drawn) {
  const std::vector<Rows> groups = strata_of(from.rows, from.facts.groups);
  for (std::size_t left = draws_of(groups.size(), from.options.samples); left > 0; --left) {
    const Rows& group = groups[rng.below(groups.size())];
    drawn.insert(drawn.end(), group.begin(), group.end());
  }
}

// Whole numbers: the last bit of a cube root must not decide.
std::size_t block_length(std::size_t asked, std::size_t num_rows) {
  std::size_t length = asked;
  while (asked == 0 && length * length * length < num_rows) ++length;
  return std::min(length, num_rows);
}

void draw_blocks(const Request& from, Rng& rng, Rows& drawn) {
  Rows circle(from.rows.begin(), from.rows.end());
  std::ranges::sort(circle);
  if (!from.facts.times.empty()) {
    JURY_EXPECTS(circle.back() < from.facts.times.size());
    std::ranges::stable_sort(circle, {}, [&](std::uint32_t row) { return from.facts.times[row]; });
  }
  const std::size_t length = block_length(from.options.block, circle.size()),
                    draws = draws_of(circle.size(), from.options.samples);
  while (drawn.size() < draws) {
    const std::size_t start = rng.below(circle.size());
    for (std::size_t i = 0; i < length && drawn.size() < draws; ++i)
      drawn.push_back(circle[(start + i) % circle.size()]);
  }
}

}  // namespace

Rows bag(std::span<const std::uint32_t> rows, const RowFacts& facts, const BagOptions& options, Rng& rng) {
  JURY_EXPECTS(!rows.empty());
  JURY_EXPECTS(options.samples > 0 && options.samples <= 1);
  const Request from{rows, facts, options};
  Rows drawn;
  drawn.reserve(rows.size());
  switch (options.scheme) {
    case BagScheme::rows:
    case BagScheme::part:
      draw_rows(from, rng, drawn);
      break;
    case BagScheme::balanced:
      draw_balanced(from, rng, drawn);
      break;
    case BagScheme::groups:
      draw_groups(from, rng, drawn);
      break;
    case BagScheme::blocks:
      draw_blocks(from, rng, drawn);
      break;
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
