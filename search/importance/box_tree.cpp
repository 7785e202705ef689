#include "search/importance/box_tree.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

struct Cut {
  double gain = 0;  // fall of the squared error
  std::size_t dim = 0;
  double at = 0;
};

// A box that is not yet cut, of the rows [begin, end).
struct Part {
  std::size_t begin = 0, end = 0;
  std::vector<double> low, high;
};

double cut_between(double left, double right) {
  if (left < 0 && right >= 0) return 0;
  const double middle = left + (right - left) / 2;
  return middle > left ? middle : right;  // neighbours: the cut is the right one
}

double mean_of(const BoxTreeInput& input, std::span<const std::uint32_t> rows) {
  double sum = 0;
  for (const std::uint32_t row : rows) sum += input.values[row];
  return sum / static_cast<double>(rows.size());
}

// The best cut along one dimension; sorts the rows by it.
Cut best_cut(const BoxTreeInput& input, std::span<std::uint32_t> rows, std::size_t dim) {
  const auto at = [&](std::size_t i) { return input.points[rows[i] * input.low.size() + dim]; };
  std::ranges::sort(rows, {},
                    [&](std::uint32_t row) { return std::pair(input.points[row * input.low.size() + dim], row); });
  const double mean = mean_of(input, rows);  // sums of deviations: no digits are lost to an offset
  Cut best{.dim = dim};
  double sum = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    sum += input.values[rows[i - 1]] - mean;
    if (at(i - 1) == at(i) || i < input.min_leaf || rows.size() - i < input.min_leaf) continue;
    const auto left = static_cast<double>(i);
    const auto right = static_cast<double>(rows.size() - i);
    if (const double gain = sum * sum * (1 / left + 1 / right); gain > best.gain)
      best = {.gain = gain, .dim = dim, .at = cut_between(at(i - 1), at(i))};
  }
  return best;
}

}  // namespace

Boxes grow_box_tree(const BoxTreeInput& input, std::vector<std::uint32_t> rows) {
  const std::size_t num_dims = input.low.size();
  JURY_EXPECTS(!rows.empty() && input.points.size() == input.values.size() * num_dims && input.min_leaf > 0);
  Boxes boxes;
  std::vector<Part> parts{
      {0, rows.size(), {input.low.begin(), input.low.end()}, {input.high.begin(), input.high.end()}}};
  while (!parts.empty()) {
    Part part = std::move(parts.back());
    parts.pop_back();
    const auto own = std::span(rows).subspan(part.begin, part.end - part.begin);
    Cut best;
    const auto [least, most] = std::ranges::minmax(own, {}, [&](std::uint32_t row) { return input.values[row]; });
    if (input.values[least] < input.values[most])
      for (std::size_t dim = 0; dim < num_dims; ++dim)
        if (const Cut cut = best_cut(input, own, dim); cut.gain > best.gain) best = cut;
    if (best.gain <= 0) {
      boxes.value.push_back(mean_of(input, own));
      boxes.low.insert(boxes.low.end(), part.low.begin(), part.low.end());
      boxes.high.insert(boxes.high.end(), part.high.begin(), part.high.end());
      continue;
    }
    const auto right = std::ranges::stable_partition(
        own, [&](std::uint32_t row) { return input.points[row * num_dims + best.dim] < best.at; });
    Part other = part;
    part.end = other.begin = part.end - right.size();
    part.high[best.dim] = other.low[best.dim] = best.at;
    parts.push_back(std::move(other));
    parts.push_back(std::move(part));
  }
  return boxes;
}

}  // namespace jury
