#include "search/pruner/pareto.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using Row = std::span<const double>;

// For a that comes before b in lexicographic order, which excludes that b dominates a.
bool dominates(Row a, Row b) {
  bool differs = false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] > b[k]) return false;
    differs |= a[k] < b[k];
  }
  return differs;
}

}  // namespace

std::vector<std::int32_t> pareto_ranks(std::span<const double> values, std::size_t num_objectives) {
  JURY_EXPECTS(num_objectives > 0 && values.size() % num_objectives == 0);
  const auto row = [&](std::size_t i) { return values.subspan(i * num_objectives, num_objectives); };
  std::vector<std::int32_t> ranks(values.size() / num_objectives, -1);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < ranks.size(); ++i)
    if (std::ranges::none_of(row(i), [](double v) { return std::isnan(v); })) order.push_back(i);
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    const auto sign =
        std::lexicographical_compare_three_way(row(a).begin(), row(a).end(), row(b).begin(), row(b).end());
    return sign == 0 ? a < b : sign < 0;
  });
  std::vector<std::vector<std::size_t>> fronts;
  for (const std::size_t i : order) {
    // With one or two objectives the last of a front is the best of it in the second: it alone needs to be asked.
    const auto is_dominated = [&](const std::vector<std::size_t>& front) {
      if (num_objectives <= 2) return dominates(row(front.back()), row(i));
      return std::any_of(front.rbegin(), front.rend(), [&](std::size_t j) { return dominates(row(j), row(i)); });
    };
    const auto front = std::ranges::partition_point(fronts, is_dominated);
    ranks[i] = static_cast<std::int32_t>(front - fronts.begin());
    if (front == fronts.end()) {
      fronts.push_back({i});
    } else {
      front->push_back(i);
    }
  }
  return ranks;
}

std::vector<std::size_t> pareto_front(std::span<const double> values, std::size_t num_objectives) {
  const std::vector<std::int32_t> ranks = pareto_ranks(values, num_objectives);
  std::vector<std::size_t> front;
  for (std::size_t i = 0; i < ranks.size(); ++i)
    if (ranks[i] == 0) front.push_back(i);
  return front;
}

}  // namespace jury
