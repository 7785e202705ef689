#include "search/importance/fanova.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "search/importance/box_tree.hpp"

namespace jury {
namespace {

// The space of the trials that count: parameters that were inactive in a share of them have a part below 0 of that
// share.
struct Space {
  std::vector<double> points = {}, values = {};
  std::vector<double> low, high;
};

Space space_of(const ImportanceInput& input) {
  const std::size_t d = input.num_params;
  Space space{.low = std::vector<double>(d), .high = std::vector<double>(d, 1.0)};
  std::vector<std::size_t> num_inactive(d);
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    if (!std::isfinite(input.values[i])) continue;
    space.values.push_back(input.values[i]);
    for (std::size_t k = 0; k < d; ++k) {
      space.points.push_back(input.points[i * d + k]);
      if (std::isnan(space.points.back())) ++num_inactive[k];
    }
  }
  for (std::size_t k = 0; k < d; ++k) {
    const std::size_t num_active = space.values.size() - num_inactive[k];
    if (num_inactive[k] == 0) continue;
    space.low[k] = num_active == 0 ? -1 : -static_cast<double>(num_inactive[k]) / static_cast<double>(num_active);
    if (num_active == 0) space.high[k] = 0;
    for (std::size_t i = k; i < space.points.size(); i += d)
      if (std::isnan(space.points[i])) space.points[i] = space.low[k] / 2;
  }
  return space;
}

// One tree's function, its boxes' volumes as shares of the space.
class TreeFunction {
 public:
  TreeFunction(const Space& space, Boxes boxes) : space_(space), boxes_(std::move(boxes)) {
    const std::size_t d = space.low.size();
    volumes_.assign(boxes_.value.size(), 1.0);
    borders_.resize(d);
    for (std::size_t b = 0; b < volumes_.size(); ++b)
      for (std::size_t k = 0; k < d; ++k) {
        volumes_[b] *= length(b, k);
        borders_[k].push_back(boxes_.low[b * d + k]);
        if (boxes_.high[b * d + k] == space.high[k]) borders_[k].push_back(space.high[k]);
      }
    for (std::vector<double>& each : borders_) {
      std::ranges::sort(each);
      each.erase(std::unique(each.begin(), each.end()), each.end());
    }
    for (std::size_t b = 0; b < volumes_.size(); ++b) mean_ += volumes_[b] * boxes_.value[b];
    for (double& value : boxes_.value) value -= mean_;
  }

  double variance() const {
    double sum = 0;
    for (std::size_t b = 0; b < volumes_.size(); ++b) sum += volumes_[b] * boxes_.value[b] * boxes_.value[b];
    return sum;
  }

  // Variance of the mean over all parameters but i and j. The mean in a cell of their borders is the sum over the boxes
  // that cover it: differences at the four corners of each, then sums along both axes.
  double marginal_variance(std::size_t i, std::size_t j) const {
    const std::size_t rows = borders_[i].size();
    const std::size_t columns = i == j ? 2 : borders_[j].size();
    std::vector<double> cells(rows * columns);
    for (std::size_t b = 0; b < volumes_.size(); ++b) {
      const auto [top, bottom] = ends(b, i);
      const auto [left, right] = i == j ? std::pair<std::size_t, std::size_t>(0, 1) : ends(b, j);
      const double part = boxes_.value[b] * volumes_[b] / (length(b, i) * (i == j ? 1 : length(b, j)));
      cells[top * columns + left] += part;
      cells[top * columns + right] -= part;
      cells[bottom * columns + left] -= part;
      cells[bottom * columns + right] += part;
    }
    double sum = 0;
    for (std::size_t r = 0; r + 1 < rows; ++r)
      for (std::size_t c = 0; c + 1 < columns; ++c) {
        double& cell = cells[r * columns + c];
        if (c > 0) cell += cells[r * columns + c - 1];
        if (r > 0) cell += cells[(r - 1) * columns + c];
        if (r > 0 && c > 0) cell -= cells[(r - 1) * columns + c - 1];
        sum += cell * cell * width(i, r) * (i == j ? 1 : width(j, c));
      }
    return sum;
  }

 private:
  double range(std::size_t k) const { return space_.high[k] - space_.low[k]; }
  double length(std::size_t box, std::size_t k) const {
    const std::size_t at = box * space_.low.size() + k;
    return (boxes_.high[at] - boxes_.low[at]) / range(k);
  }
  double width(std::size_t k, std::size_t cell) const { return (borders_[k][cell + 1] - borders_[k][cell]) / range(k); }
  std::pair<std::size_t, std::size_t> ends(std::size_t box, std::size_t k) const {
    const std::size_t at = box * space_.low.size() + k;
    const auto place = [&](double border) {
      return static_cast<std::size_t>(std::ranges::lower_bound(borders_[k], border) - borders_[k].begin());
    };
    return {place(boxes_.low[at]), place(boxes_.high[at])};
  }

  const Space& space_;
  Boxes boxes_;  // values less their mean
  std::vector<double> volumes_;
  std::vector<std::vector<double>> borders_;  // of the boxes along each parameter
  double mean_ = 0;
};

Boxes bootstrapped_tree(const Space& space, const ImportanceOptions& options, std::int32_t tree) {
  Rng rng(stream_key(options.seed, Purpose::bootstrap, {tree}));
  std::vector<std::uint32_t> rows(std::min(space.values.size(), options.max_rows));
  for (std::uint32_t& row : rows) row = static_cast<std::uint32_t>(rng.below(space.values.size()));
  return grow_box_tree({.points = space.points,
                        .values = space.values,
                        .low = space.low,
                        .high = space.high,
                        .min_leaf = options.min_leaf},
                       std::move(rows));
}

}  // namespace

Importance fanova(const ImportanceInput& input, const ImportanceOptions& options) {
  const std::size_t d = input.num_params;
  JURY_EXPECTS(input.points.size() == input.values.size() * d && options.trees > 0 && options.max_rows > 0);
  Importance result{std::vector<double>(d), std::vector<double>(d), std::vector<double>(d * d)};
  const Space space = space_of(input);
  if (space.values.empty()) return result;
  double num_trees = 0;  // that vary
  for (std::int32_t tree = 0; tree < options.trees; ++tree) {
    const TreeFunction function(space, bootstrapped_tree(space, options, tree));
    const double variance = function.variance();
    if (!(variance > 0)) continue;
    ++num_trees;
    std::vector<double> alone(d);
    for (std::size_t i = 0; i < d; ++i) {
      alone[i] = function.marginal_variance(i, i) / variance;
      const double deviation = alone[i] - result.alone[i];
      result.alone[i] += deviation / num_trees;
      result.alone_sd[i] += deviation * (alone[i] - result.alone[i]);
    }
    for (std::size_t i = 0; i < d; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const double together = function.marginal_variance(i, j) / variance - alone[i] - alone[j];
        result.pairs[i * d + j] += (std::max(together, 0.0) - result.pairs[i * d + j]) / num_trees;
        result.pairs[j * d + i] = result.pairs[i * d + j];
      }
  }
  for (double& sum : result.alone_sd) sum = num_trees > 1 ? std::sqrt(sum / (num_trees - 1)) : 0;
  return result;
}

}  // namespace jury
