#include "search/sampler/ranking.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace jury {
namespace {

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] > b[k]) return false;
    better |= a[k] < b[k];
  }
  return better;
}

// Of each member of a front: sum over objectives of the gap between its neighbours, over the range.
std::vector<double> crowding(std::span<const std::vector<double>> values, const std::vector<std::size_t>& front) {
  std::vector<double> distance(values.size(), 0);
  for (std::size_t k = 0; k < values[front.front()].size(); ++k) {
    std::vector<std::size_t> order = front;
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return values[i][k]; });
    const double range = values[order.back()][k] - values[order.front()][k];
    distance[order.front()] = distance[order.back()] = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i + 1 < order.size() && range > 0; ++i)
      distance[order[i]] += (values[order[i + 1]][k] - values[order[i - 1]][k]) / range;
  }
  return distance;
}

}  // namespace

std::vector<std::size_t> front_numbers(std::span<const std::vector<double>> values) {
  std::vector<std::size_t> front(values.size(), 0);
  std::vector<std::size_t> left(values.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (std::size_t number = 0; !left.empty(); ++number) {
    std::vector<std::size_t> behind;
    for (const std::size_t i : left)
      if (std::ranges::any_of(left, [&](std::size_t j) { return dominates(values[j], values[i]); }))
        behind.push_back(i);
    for (const std::size_t i : left) front[i] = number;
    for (const std::size_t i : behind) front[i] = number + 1;
    left = std::move(behind);
  }
  return front;
}

std::vector<std::size_t> ranking(std::span<const std::vector<double>> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (values.empty()) return order;
  if (values.front().size() == 1) {
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return values[i][0]; });
    return order;
  }
  const std::vector<std::size_t> front = front_numbers(values);
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return front[i]; });
  for (auto begin = order.begin(); begin != order.end();) {
    const auto end = std::find_if(begin, order.end(), [&](std::size_t i) { return front[i] != front[*begin]; });
    const std::vector<double> distance = crowding(values, {begin, end});
    std::stable_sort(begin, end, [&](std::size_t i, std::size_t j) { return distance[i] > distance[j]; });
    begin = end;
  }
  return order;
}

}  // namespace jury
