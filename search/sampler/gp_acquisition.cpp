#include "search/sampler/gp_acquisition.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "search/sampler/expected_improvement.hpp"
#include "search/sampler/nlopt_minimize.hpp"

namespace jury {
namespace {

constexpr int kPasses = 4;               // of continuous climbs and moves of levels
constexpr std::int64_t kAllLevels = 16;  // up to so many levels, all are looked at; beyond, near ones

// A point with coordinates for all parameters, active or not, so that moves may make any active.
struct Candidate {
  std::vector<double> unit;
  double value;
};

class Climber {
 public:
  explicit Climber(const Acquisition& acquisition) : acquisition_(acquisition) {}

  double value(const std::vector<double>& unit) const { return acquisition_.at(acquisition_.space.assign(unit)); }

  void climb(Candidate& candidate) const {
    for (int pass = 0; pass < kPasses; ++pass) {
      climb_continuous(candidate);
      if (!move_levels(candidate)) return;
    }
  }

 private:
  const Distribution& distribution(std::size_t i) const { return acquisition_.space.parameters()[i].distribution; }

  void climb_continuous(Candidate& candidate) const {
    const Assignment point = acquisition_.space.assign(candidate.unit);
    std::vector<std::size_t> moved;
    for (const Setting& setting : point.settings)
      if (distribution(setting.parameter).is_continuous()) moved.push_back(setting.parameter);
    std::vector<double> unit = acquisition_.space.unit_vector(point, std::nan(""));
    const auto count = static_cast<Eigen::Index>(moved.size());
    Eigen::VectorXd start(count);
    for (Eigen::Index k = 0; k < count; ++k) start[k] = unit[moved[static_cast<std::size_t>(k)]];
    const auto loss = [&](const Eigen::VectorXd& x, Eigen::VectorXd* gradient) {
      for (Eigen::Index k = 0; k < count; ++k) unit[moved[static_cast<std::size_t>(k)]] = x[k];
      std::vector<double> slopes;
      const double value = acquisition_.at(unit, gradient != nullptr ? &slopes : nullptr);
      for (Eigen::Index k = 0; k < count && gradient != nullptr; ++k)
        (*gradient)[k] = -slopes[moved[static_cast<std::size_t>(k)]];
      return -value;
    };
    const BoxMinimum found = minimize(loss, start, Eigen::VectorXd::Zero(count), Eigen::VectorXd::Ones(count));
    Candidate climbed = candidate;
    for (Eigen::Index k = 0; k < count; ++k) climbed.unit[moved[static_cast<std::size_t>(k)]] = found.x[k];
    climbed.value = value(climbed.unit);  // a condition on a moved parameter may have made others active
    if (climbed.value > candidate.value) candidate = std::move(climbed);
  }

  std::vector<std::int64_t> other_levels(std::size_t i, std::int64_t level) const {
    const std::int64_t count = distribution(i).num_levels();
    std::vector<std::int64_t> levels;
    if (count <= kAllLevels || !distribution(i).is_ordered()) {
      for (std::int64_t k = 0; k < count; ++k)
        if (k != level) levels.push_back(k);
      return levels;
    }
    for (std::int64_t step = 1; step < count; step *= 2) {
      if (level - step >= 0) levels.push_back(level - step);
      if (level + step < count) levels.push_back(level + step);
    }
    return levels;
  }

  bool move_levels(Candidate& candidate) const {
    bool moved = false;
    for (std::size_t i = 0; i < candidate.unit.size(); ++i) {
      if (distribution(i).num_levels() < 2 || acquisition_.space.assign(candidate.unit).find(i) == nullptr) continue;
      for (const std::int64_t level : other_levels(i, distribution(i).level(candidate.unit[i]))) {
        Candidate other = candidate;
        other.unit[i] = distribution(i).cell(level).middle();
        other.value = value(other.unit);
        if (!(other.value > candidate.value)) continue;
        candidate = std::move(other);
        moved = true;
      }
    }
    return moved;
  }

  const Acquisition& acquisition_;
};

// Random points, and points around good ones at every scale from 1/4 to 1/4096 of the range.
std::vector<Candidate> draw_candidates(const AcquisitionSearch& search, std::size_t dimensions, Rng& rng) {
  std::vector<Candidate> candidates;
  for (std::int64_t k = 0; k < search.candidates; ++k) {
    std::vector<double> unit(dimensions);
    for (double& u : unit) u = rng.uniform();
    candidates.push_back({unit, 0});
    if (search.near.empty()) continue;
    const std::vector<double>& center = search.near[static_cast<std::size_t>(k) % search.near.size()];
    const double spread = std::exp2(-2 - 10 * rng.uniform());
    for (std::size_t d = 0; d < dimensions; ++d)
      if (!std::isnan(center[d])) unit[d] = std::clamp(center[d] + spread * rng.normal(), 0.0, 1.0);
    candidates.push_back({std::move(unit), 0});
  }
  return candidates;
}

}  // namespace

double Acquisition::at(const Assignment& point) const { return at(space.unit_vector(point, std::nan("")), nullptr); }

double Acquisition::at(std::span<const double> unit, std::vector<double>* slopes) const {
  const GpPosterior posterior =
      model.at(features.encode(unit), slopes != nullptr ? GpModel::Slopes::yes : GpModel::Slopes::no);
  const double deviation = std::sqrt(posterior.variance);
  const double z = (best - posterior.mean) / deviation;
  const LogImprovement improvement = log_improvement(z);
  if (slopes != nullptr) {
    slopes->assign(unit.size(), 0.0);
    for (std::size_t c = 0; c < features.parameter().size(); ++c) {
      const auto column = static_cast<Eigen::Index>(c);
      const double d_log_deviation = 0.5 * posterior.d_variance[column] / posterior.variance;
      const double d_z = -posterior.d_mean[column] / deviation - z * d_log_deviation;
      (*slopes)[features.parameter()[c]] = d_log_deviation + improvement.slope * d_z;
    }
  }
  return std::log(deviation) + improvement.value;
}

std::optional<Assignment> maximize(const Acquisition& acquisition, const AcquisitionSearch& search, Rng& rng) {
  const Climber climber(acquisition);
  std::vector<Candidate> candidates;
  for (Candidate& candidate : draw_candidates(search, acquisition.space.size(), rng)) {
    const Assignment point = acquisition.space.assign(candidate.unit);
    if (search.refused && search.refused(point)) continue;
    candidate.value = acquisition.at(point);
    candidates.push_back(std::move(candidate));
  }
  if (candidates.empty()) return std::nullopt;
  const auto better = [](const Candidate& a, const Candidate& b) { return a.value > b.value; };
  std::ranges::stable_sort(candidates, better);
  Candidate best = candidates.front();
  for (std::size_t k = 0; k < std::min(candidates.size(), static_cast<std::size_t>(search.refine)); ++k) {
    climber.climb(candidates[k]);
    const bool refused = search.refused && search.refused(acquisition.space.assign(candidates[k].unit));
    if (!refused && better(candidates[k], best)) best = candidates[k];
  }
  return acquisition.space.assign(best.unit);
}

}  // namespace jury
