#include "search/sampler/gp_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "search/sampler/gp_acquisition.hpp"
#include "search/sampler/ranking.hpp"

namespace jury {
namespace {

constexpr double kSumShare = 0.05;      // ParEGO's part of the weighted sum
constexpr std::size_t kGoodPoints = 5;  // trials around which is looked for better ones

// Weights uniform on the simplex: gaps between sorted uniforms.
std::vector<double> simplex_weights(std::size_t count, Rng& rng) {
  std::vector<double> cuts(count + 1, 1.0);
  cuts.front() = 0;
  for (std::size_t k = 1; k < count; ++k) cuts[k] = rng.uniform();
  std::ranges::sort(cuts);
  std::vector<double> weights(count);
  for (std::size_t k = 0; k < count; ++k) weights[k] = cuts[k + 1] - cuts[k];
  return weights;
}

// Infinite values become the nearest finite ones.
std::vector<double> finite(std::vector<double> values) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  for (double& value : values) value = low > high ? 0 : std::clamp(value, low, high);
  return values;
}

void standardize(std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double deviation = std::sqrt(squares / n);
  for (double& value : values) value = deviation > 0 ? (value - mean) / deviation : 0;
}

GpData with_point(const GpData& data, const Eigen::VectorXd& x, double y) {
  GpData more{.x = Eigen::MatrixXd(data.x.rows() + 1, data.x.cols()),
              .y = Eigen::VectorXd(data.y.size() + 1),
              .scale = data.scale};
  more.x << data.x, x.transpose();
  more.y << data.y, y;
  return more;
}

}  // namespace

GpSampler::GpSampler(const SearchOptions& options, SamplerInput input)
    : Sampler(std::move(input)),
      options_(options.gp),
      features_(space()),
      first_points_(sobol_sequence(space(), seed())),
      num_startup_(options.gp.startup > 0 ? static_cast<std::size_t>(options.gp.startup)
                                          : std::clamp<std::size_t>(4 * space().size(), 8, 24)) {}

// One number for each observed trial, then for each failed one.
std::vector<double> GpSampler::targets(const ModelData& data, Rng& rng) const {
  std::vector<double> joined(data.values.size(), 0.0);
  const std::size_t objectives = data.values.front().size();
  const std::vector<double> weights = objectives > 1 ? simplex_weights(objectives, rng) : std::vector<double>{1.0};
  std::vector<double> largest(joined.size(), -std::numeric_limits<double>::infinity());
  for (std::size_t k = 0; k < objectives; ++k) {
    std::vector<double> column;
    for (const std::vector<double>& values : data.values) column.push_back(values[k]);
    column = finite(std::move(column));
    const auto [low, high] = std::ranges::minmax(column);
    const double range = high > low ? high - low : 1;
    for (std::size_t i = 0; i < joined.size(); ++i) {
      const double scaled = weights[k] * (column[i] - low) / range;
      largest[i] = std::max(largest[i], scaled);
      joined[i] += scaled;
    }
  }
  for (std::size_t i = 0; i < joined.size() && objectives > 1; ++i) joined[i] = largest[i] + kSumShare * joined[i];
  joined.resize(joined.size() + data.failed.size(), *std::ranges::max_element(joined));
  return joined;
}

GpData GpSampler::observations(const ModelData& data, const std::vector<double>& targets) const {
  std::vector<std::size_t> positions = data.observed;
  positions.insert(positions.end(), data.failed.begin(), data.failed.end());
  std::vector<std::size_t> kept(positions.size());
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  if (const auto most = static_cast<std::size_t>(options_.most_trials); kept.size() > most) {
    // The best half, and of the others the newest.
    const auto half = kept.begin() + static_cast<std::ptrdiff_t>(most / 2);
    std::ranges::stable_sort(kept, {}, [&](std::size_t i) { return targets[i]; });
    std::sort(half, kept.end(), [&](std::size_t i, std::size_t j) { return positions[i] > positions[j]; });
    kept.resize(most);
  }
  std::ranges::sort(kept, {}, [&](std::size_t i) { return positions[i]; });
  std::vector<double> values;
  for (const std::size_t i : kept) values.push_back(targets[i]);
  standardize(values);
  const auto n = static_cast<Eigen::Index>(kept.size());
  GpData made{.x = Eigen::MatrixXd(n, features_.num_columns()), .y = Eigen::VectorXd(n), .scale = features_.scale()};
  for (Eigen::Index i = 0; i < n; ++i) {
    made.x.row(i) = features_.encode(history().trials()[positions[kept[static_cast<std::size_t>(i)]]].unit).transpose();
    made.y[i] = values[static_cast<std::size_t>(i)];
  }
  return made;
}

void GpSampler::fit(const GpData& data, Rng& rng) {
  if (fitted_ && history().num_objectives() == 1) return;
  std::vector<GpScales> starts = {GpScales::prior(features_.num_scales())};
  for (std::int64_t k = 1; k < options_.fit_starts; ++k) {
    Eigen::VectorXd packed = starts.front().packed();
    for (double& entry : packed) entry += rng.normal();
    starts.push_back(GpScales::unpacked(packed));
  }
  if (scales_) starts.push_back(*scales_);
  scales_ = fit_gp(data, starts);
  fitted_ = true;
}

std::optional<Assignment> GpSampler::propose(std::int64_t, Rng& rng) {
  const ModelData data = model_data(history(), space().size() + 3);
  const std::size_t enough = std::min(num_startup_, space().size() + 1);
  if (history().trials().size() < num_startup_ || data.observed.size() < enough || features_.num_columns() == 0) {
    std::vector<double> unit = first_points_.next();
    unit.resize(space().size());
    return space().assign(unit);
  }
  const std::vector<double> values = targets(data, rng);
  GpData observed = observations(data, values);
  fit(observed, rng);
  double best = std::numeric_limits<double>::infinity();
  GpModel model(observed, *scales_);
  for (Eigen::Index i = 0; i < observed.y.size(); ++i)
    best = std::min(best, model.at(observed.x.row(i).transpose()).mean);
  for (const std::size_t position : data.pending) {
    const Eigen::VectorXd x = features_.encode(history().trials()[position].unit);
    const double mean = model.at(x).mean;
    best = std::min(best, mean);
    observed = with_point(observed, x, mean);
  }
  if (!data.pending.empty()) model = GpModel(observed, *scales_);

  AcquisitionSearch search{.candidates = options_.candidates / 2,
                           .refine = options_.refine,
                           .refused = [this](const Assignment& point) { return was_proposed(point); }};
  const std::vector<std::size_t> order = ranking(data.values);
  for (std::size_t k = 0; k < std::min(order.size(), kGoodPoints); ++k)
    search.near.push_back(history().trials()[data.observed[order[k]]].unit);
  if (auto point = maximize({.space = space(), .features = features_, .model = model, .best = best}, search, rng))
    return point;
  return draw(rng);
}

}  // namespace jury
