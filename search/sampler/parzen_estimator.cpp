#include "search/sampler/parzen_estimator.hpp"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr double kLeastDeviation = 0.03;  // b_magic of Watanabe 2023
constexpr double kOtherLevels = 0.2;      // mass a kernel leaves to the other levels of a choice
constexpr double kNegligible = 40;        // logarithm below which a term does not change a sum of doubles
constexpr double kExactCells = 0.015;     // narrower cells have the mass width * density

template <class Kernel>
constexpr Kernel kUniform = {0.5, std::numeric_limits<double>::infinity()};

double normal_cdf(double z) { return 0.5 * std::erfc(-z * std::numbers::sqrt2 / 2); }

// Mass of the normal density in [low, high].
double normal_mass(double center, double deviation, const NumberRange& part) {
  const double low = (part.low - center) / deviation;
  const double high = (part.high - center) / deviation;
  if (low < -9 && high > 9) return 1;
  // Differences of small numbers in the upper tail as well.
  return low > 0 ? normal_cdf(-low) - normal_cdf(-high) : normal_cdf(high) - normal_cdf(low);
}

// log of 1 / (deviation sqrt(2 pi) mass in [0, 1]): the density at the center.
double log_peak(double center, double deviation) {
  return -std::log(deviation * std::sqrt(2 * std::numbers::pi) * normal_mass(center, deviation, {0, 1}));
}

double draw_normal(double center, double deviation, Rng& rng) {
  const double low = normal_cdf(-center / deviation);
  const double high = normal_cdf((1 - center) / deviation);
  const double p = std::clamp(low + rng.uniform() * (high - low), 1e-300, 1 - 1e-16);
  return std::clamp(center - deviation * std::numbers::sqrt2 * boost::math::erfc_inv(2 * p), 0.0, 1.0);
}

// log of the mass a kernel of this distribution has in the cell of a level.
double log_cell_mass(const Distribution& distribution, double center, double deviation, std::int64_t level) {
  const NumberRange cell = distribution.cell(level);
  const double width = cell.high - cell.low;
  if (std::isinf(deviation)) return std::log(width);
  if (!distribution.is_ordered()) {
    const auto levels = static_cast<double>(distribution.num_levels());
    if (levels == 1) return 0;
    return std::log(distribution.level(center) == level ? 1 - kOtherLevels : kOtherLevels / (levels - 1));
  }
  if (width > kExactCells)
    return std::log(std::max(normal_mass(center, deviation, cell), 1e-300)) -
           std::log(normal_mass(center, deviation, {0, 1}));
  const double z = (cell.middle() - center) / deviation;
  return std::log(width) - 0.5 * z * z + log_peak(center, deviation);
}

// The larger gap to the neighbours, for each active point; NaN for the others.
std::vector<double> gaps(const std::vector<double>& centers) {
  std::vector<std::pair<double, std::size_t>> sorted;
  for (std::size_t i = 0; i < centers.size(); ++i)
    if (!std::isnan(centers[i])) sorted.emplace_back(centers[i], i);
  sorted.emplace_back(0.5, centers.size());
  std::ranges::sort(sorted);
  std::vector<double> gaps(centers.size() + 1, std::nan(""));
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    const double before = k == 0 ? 0 : sorted[k - 1].first;
    const double after = k + 1 == sorted.size() ? 1 : sorted[k + 1].first;
    gaps[sorted[k].second] = std::max(sorted[k].first - before, after - sorted[k].first);
  }
  gaps.pop_back();
  return gaps;
}

}  // namespace

ParzenEstimator::ParzenEstimator(const Space& space, std::span<const std::vector<double>> points,
                                 std::span<const double> weights)
    : space_(&space), num_points_(points.size()), weights_(weights.begin(), weights.end()) {
  JURY_EXPECTS(points.size() == weights.size());
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  const double prior = points.empty() ? 1 : sum / static_cast<double>(points.size());
  weights_.push_back(prior);
  for (double& weight : weights_) {
    weight /= sum + prior;
    log_weights_.push_back(std::log(weight));
  }
  for (std::size_t d = 0; d < space.size(); ++d) axes_.push_back(make_axis(d, points));
}

ParzenEstimator::Axis ParzenEstimator::make_axis(std::size_t parameter,
                                                 std::span<const std::vector<double>> points) const {
  const Distribution& distribution = space_->parameters()[parameter].distribution;
  const double least = std::max(kLeastDeviation, std::pow(static_cast<double>(points.size() + 2), -2));
  std::vector<double> centers;
  for (const std::vector<double>& point : points) centers.push_back(point[parameter]);
  const std::vector<double> deviations = gaps(centers);
  Axis axis;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (std::isnan(centers[i])) {
      axis.kernels.push_back(kUniform<Kernel>);
      continue;
    }
    double own_least = least;
    if (!distribution.is_continuous()) {
      const NumberRange cell = distribution.cell(distribution.level(centers[i]));
      own_least = std::max(least, 0.5 * (cell.high - cell.low));
    }
    axis.kernels.push_back({centers[i], distribution.is_ordered() ? std::clamp(deviations[i], own_least, 1.0) : 1});
  }
  axis.kernels.push_back(kUniform<Kernel>);
  if (distribution.is_continuous()) {
    for (const Kernel& kernel : axis.kernels) {
      axis.inverse_deviation.push_back(1 / kernel.deviation);
      axis.log_scale.push_back(std::isinf(kernel.deviation) ? 0 : log_peak(kernel.center, kernel.deviation));
    }
    return axis;
  }
  // Of thousands of points on a few levels most kernels are equal.
  std::map<Kernel, std::size_t> known;
  std::vector<Kernel> kernels;
  for (const Kernel& kernel : axis.kernels) {
    const auto [at, added] = known.try_emplace(kernel, kernels.size());
    if (added) kernels.push_back(kernel);
    axis.kernel_of.push_back(at->second);
  }
  axis.kernels = std::move(kernels);
  return axis;
}

const ParzenEstimator::Kernel& ParzenEstimator::kernel(const Axis& axis, std::size_t point) const noexcept {
  return axis.kernels[axis.kernel_of.empty() ? point : axis.kernel_of[point]];
}

std::vector<double> ParzenEstimator::draw(Rng& rng) const {
  double left = rng.uniform();
  std::size_t point = 0;
  while (point < num_points_ && left >= weights_[point]) left -= weights_[point++];
  std::vector<double> unit(axes_.size());
  for (std::size_t d = 0; d < axes_.size(); ++d) {
    const Distribution& distribution = space_->parameters()[d].distribution;
    const auto& [center, deviation] = kernel(axes_[d], point);
    if (std::isinf(deviation)) {
      unit[d] = rng.uniform();
    } else if (distribution.is_ordered()) {
      unit[d] = draw_normal(center, deviation, rng);
    } else {
      const std::int64_t levels = distribution.num_levels();
      std::int64_t level = distribution.level(center);
      if (levels > 1 && rng.uniform() < kOtherLevels)
        level = (level + 1 + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(levels - 1)))) % levels;
      unit[d] = distribution.cell(level).middle();
    }
  }
  return unit;
}

const std::vector<double>& ParzenEstimator::log_masses(std::size_t parameter, std::int64_t level) const {
  const Axis& axis = axes_[parameter];
  const auto [at, added] = axis.log_mass.try_emplace(level);
  if (added)
    for (const Kernel& kernel : axis.kernels)
      at->second.push_back(
          log_cell_mass(space_->parameters()[parameter].distribution, kernel.center, kernel.deviation, level));
  return at->second;
}

void ParzenEstimator::add_log_kernels(std::size_t parameter, double unit, std::vector<double>& sums) const {
  const Distribution& distribution = space_->parameters()[parameter].distribution;
  const Axis& axis = axes_[parameter];
  if (!distribution.is_continuous()) {
    const std::vector<double>& masses = log_masses(parameter, distribution.level(unit));
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += masses[axis.kernel_of[i]];
    return;
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double z = (unit - axis.kernels[i].center) * axis.inverse_deviation[i];
    sums[i] += axis.log_scale[i] - 0.5 * z * z;
  }
}

double ParzenEstimator::log_density(std::span<const double> unit) const {
  JURY_EXPECTS(unit.size() == axes_.size());
  std::vector<double> sums = log_weights_;
  for (std::size_t d = 0; d < axes_.size(); ++d)
    if (!std::isnan(unit[d])) add_log_kernels(d, unit[d], sums);
  const double most = *std::ranges::max_element(sums);
  double sum = 0;
  for (const double term : sums)
    if (term > most - kNegligible) sum += std::exp(term - most);
  return most + std::log(sum);
}

}  // namespace jury
