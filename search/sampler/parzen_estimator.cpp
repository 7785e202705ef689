#include "search/sampler/parzen_estimator.hpp"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>
#include <numeric>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr double kLeastDeviation = 0.03;    // b_magic of Watanabe 2023
constexpr double kOtherLevels = 0.2;        // mass a kernel leaves to the other levels of a choice
constexpr double kExactCells = 0.015;       // narrower cells have the mass width * density

double normal_cdf(double z) { return 0.5 * std::erfc(-z * std::numbers::sqrt2 / 2); }

// Mass of the normal density in [low, high].
double normal_mass(double center, double deviation, const NumberRange& part) {
  const double low = (part.low - center) / deviation;
  const double high = (part.high - center) / deviation;
  // Differences of small numbers in the upper tail as well.
  return low > 0 ? normal_cdf(-low) - normal_cdf(-high) : normal_cdf(high) - normal_cdf(low);
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

ParzenEstimator::ParzenEstimator(const Space& space, std::span<const std::vector<double>> points, std::span<const double> weights)
    : space_(&space), num_points_(points.size()), weights_(weights.begin(), weights.end()) {
  JURY_EXPECTS(points.size() == weights.size());
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  const double prior = points.empty() ? 1 : sum / static_cast<double>(points.size());
  weights_.push_back(prior);
  for (double& weight : weights_) weight /= sum + prior;
  for (std::size_t d = 0; d < space.size(); ++d) axes_.push_back(make_axis(d, points));
}

ParzenEstimator::Axis ParzenEstimator::make_axis(std::size_t parameter, std::span<const std::vector<double>> points) const {
  Axis axis;
  for (const std::vector<double>& point : points) axis.center.push_back(point[parameter]);
  const Distribution& distribution = space_->parameters()[parameter].distribution;
  if (!distribution.is_ordered()) return axis;
  axis.deviation = gaps(axis.center);
  const auto n = static_cast<double>(points.size());
  const double least = std::max(kLeastDeviation, std::pow(n + 2, -2));
  for (std::size_t i = 0; i < points.size(); ++i) {
    double& deviation = axis.deviation[i];
    if (std::isnan(axis.center[i])) {
      axis.log_scale.push_back(0);
      continue;
    }
    double own_least = least;
    if (!distribution.is_continuous()) {
      const NumberRange cell = distribution.cell(distribution.level(axis.center[i]));
      own_least = std::max(least, 0.5 * (cell.high - cell.low));
    }
    deviation = std::clamp(deviation, own_least, 1.0);
    axis.log_scale.push_back(-std::log(deviation * std::sqrt(2 * std::numbers::pi) * normal_mass(axis.center[i], deviation, {0, 1})));
  }
  return axis;
}

double ParzenEstimator::draw_ordered(const Axis& axis, std::size_t point, Rng& rng) const {
  const double center = axis.center[point];
  const double deviation = axis.deviation[point];
  const double low = normal_cdf(-center / deviation);
  const double high = normal_cdf((1 - center) / deviation);
  const double p = std::clamp(low + rng.uniform() * (high - low), 1e-300, 1 - 1e-16);
  return std::clamp(center - deviation * std::numbers::sqrt2 * boost::math::erfc_inv(2 * p), 0.0, 1.0);
}

std::vector<double> ParzenEstimator::draw(Rng& rng) const {
  double left = rng.uniform();
  std::size_t point = 0;
  while (point < num_points_ && left >= weights_[point]) left -= weights_[point++];
  std::vector<double> unit(axes_.size());
  for (std::size_t d = 0; d < axes_.size(); ++d) {
    const Distribution& distribution = space_->parameters()[d].distribution;
    const Axis& axis = axes_[d];
    if (point == num_points_ || std::isnan(axis.center[point])) {
      unit[d] = rng.uniform();
    } else if (distribution.is_ordered()) {
      unit[d] = draw_ordered(axis, point, rng);
    } else {
      const std::int64_t levels = distribution.num_levels();
      std::int64_t level = distribution.level(axis.center[point]);
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
  if (!added) return at->second;
  const Distribution& distribution = space_->parameters()[parameter].distribution;
  const NumberRange cell = distribution.cell(level);
  const double uniform = std::log(cell.high - cell.low);
  const auto levels = static_cast<double>(distribution.num_levels());
  at->second.assign(num_points_ + 1, uniform);  // the prior, and points without the parameter
  for (std::size_t i = 0; i < num_points_; ++i) {
    if (std::isnan(axis.center[i])) continue;
    double& log_mass = at->second[i];
    if (!distribution.is_ordered()) {
      const bool own = distribution.level(axis.center[i]) == level;
      if (levels > 1) log_mass = std::log(own ? 1 - kOtherLevels : kOtherLevels / (levels - 1));
    } else if (cell.high - cell.low > kExactCells) {
      const double mass = normal_mass(axis.center[i], axis.deviation[i], cell);
      log_mass = std::log(std::max(mass, 1e-300)) + axis.log_scale[i] + std::log(axis.deviation[i] * std::sqrt(2 * std::numbers::pi));
    } else {
      const double z = (cell.middle() - axis.center[i]) / axis.deviation[i];
      log_mass = uniform - 0.5 * z * z + axis.log_scale[i];
    }
  }
  return at->second;
}

void ParzenEstimator::add_log_kernels(std::size_t parameter, double unit, std::vector<double>& sums) const {
  const Distribution& distribution = space_->parameters()[parameter].distribution;
  const Axis& axis = axes_[parameter];
  if (!distribution.is_continuous()) {
    const std::vector<double>& masses = log_masses(parameter, distribution.level(unit));
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += masses[i];
    return;
  }
  for (std::size_t i = 0; i < num_points_; ++i) {
    const double z = (unit - axis.center[i]) / axis.deviation[i];
    if (!std::isnan(z)) sums[i] += axis.log_scale[i] - 0.5 * z * z;
  }
}

double ParzenEstimator::log_density(std::span<const double> unit) const {
  JURY_EXPECTS(unit.size() == axes_.size());
  std::vector<double> sums(num_points_ + 1, 0.0);
  for (std::size_t d = 0; d < axes_.size(); ++d)
    if (!std::isnan(unit[d])) add_log_kernels(d, unit[d], sums);
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += std::log(weights_[i]);
  const double most = *std::ranges::max_element(sums);
  double sum = 0;
  for (const double term : sums) sum += std::exp(term - most);
  return most + std::log(sum);
}

}  // namespace jury
