#include "search/sampler/cma_es_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <utility>

#include "search/sampler/ranking.hpp"

namespace jury {
namespace {

constexpr double kLeastCells = 0.3;          // deviation of ordered levels, in cells
constexpr std::int64_t kRestartStream = -3;  // in the place of the trial

std::vector<std::size_t> ordered_parameters(const Space& space) {
  std::vector<std::size_t> ordered;
  for (std::size_t i = 0; i < space.size(); ++i)
    if (space.parameters()[i].distribution.is_ordered()) ordered.push_back(i);
  return ordered;
}

std::map<std::size_t, LevelWeights> level_weights(const Space& space) {
  std::map<std::size_t, LevelWeights> weights;
  const std::size_t count = space.size() - ordered_parameters(space).size();
  for (std::size_t i = 0; i < space.size(); ++i)
    if (const Distribution& distribution = space.parameters()[i].distribution; !distribution.is_ordered())
      weights.emplace(i, LevelWeights(distribution.num_levels(), count));
  return weights;
}

// A space without ordered parameters has one coordinate that says nothing.
Eigen::Index num_coordinates(const std::vector<std::size_t>& ordered) {
  return static_cast<Eigen::Index>(std::max<std::size_t>(ordered.size(), 1));
}

double highest_fidelity(const PastTrial* trial) { return trial->reports.back().fidelity; }

}  // namespace

CmaEsSampler::CmaEsSampler(const SearchOptions& options, SamplerInput input)
    : Sampler(std::move(input)),
      options_(options.cma_es),
      ordered_(ordered_parameters(space())),
      unordered_(level_weights(space())),
      strategy_(start(Eigen::VectorXd::Constant(num_coordinates(ordered_), 0.5),
                      static_cast<std::size_t>(options_.population))) {}

CmaEs CmaEsSampler::start(Eigen::VectorXd mean, std::size_t population) const {
  Eigen::VectorXd least = Eigen::VectorXd::Zero(mean.size());
  for (std::size_t c = 0; c < ordered_.size(); ++c)
    if (const Distribution& distribution = space().parameters()[ordered_[c]].distribution;
        !distribution.is_continuous())
      least[static_cast<Eigen::Index>(c)] = kLeastCells / static_cast<double>(distribution.num_levels());
  return CmaEs({.mean = std::move(mean),
                .sigma = options_.sigma,
                .population = population,
                .least_deviation = std::move(least)});
}

std::optional<Assignment> CmaEsSampler::propose(std::int64_t trial, Rng& rng) {
  const Eigen::VectorXd point = strategy_.draw(rng);
  drawn_.insert_or_assign(trial, point);
  std::vector<double> unit(space().size());
  for (std::size_t c = 0; c < ordered_.size(); ++c) unit[ordered_[c]] = point[static_cast<Eigen::Index>(c)];
  for (const auto& [parameter, weights] : unordered_)
    unit[parameter] = space().parameters()[parameter].distribution.cell(weights.draw(rng)).middle();
  return space().assign(unit);
}

// What was drawn for a trial, inactive parameters too; of a point that was not drawn, its coordinates.
Eigen::VectorXd CmaEsSampler::point_of(const PastTrial& trial) const {
  const auto drawn = drawn_.find(trial.number);
  Eigen::VectorXd point = Eigen::VectorXd::Constant(num_coordinates(ordered_), 0.5);
  bool is_drawn = drawn != drawn_.end();
  for (std::size_t c = 0; c < ordered_.size(); ++c) {
    const auto coordinate = static_cast<Eigen::Index>(c);
    const double unit = trial.unit[ordered_[c]];
    if (std::isnan(unit)) continue;  // not active
    point[coordinate] = unit;
    is_drawn = is_drawn && space().parameters()[ordered_[c]].distribution.snapped(drawn->second[coordinate]) == unit;
  }
  return is_drawn ? drawn->second : point;
}

bool CmaEsSampler::generation_is_told() const {
  const std::size_t end = generation_begin_ + strategy_.population();
  if (history().trials().size() < end) return false;
  for (std::size_t i = generation_begin_; i < end; ++i)
    if (history().trials()[i].is_pending()) return false;
  return true;
}

std::vector<const PastTrial*> CmaEsSampler::ranked_generation() const {
  std::vector<const PastTrial*> left;
  for (std::size_t i = 0; i < strategy_.population(); ++i)
    if (const PastTrial& trial = history().trials()[generation_begin_ + i]; !trial.failed) left.push_back(&trial);
  std::ranges::stable_sort(left, std::ranges::greater(), highest_fidelity);
  std::vector<const PastTrial*> ranked;
  for (auto begin = left.begin(); begin != left.end();) {
    const double fidelity = highest_fidelity(*begin);
    const auto end =
        std::find_if(begin, left.end(), [&](const PastTrial* trial) { return highest_fidelity(trial) != fidelity; });
    std::vector<std::vector<double>> values;
    for (auto at = begin; at != end; ++at) values.push_back((*at)->reports.back().values);
    for (const std::size_t k : ranking(values)) ranked.push_back(begin[static_cast<std::ptrdiff_t>(k)]);
    begin = end;
  }
  return ranked;
}

void CmaEsSampler::learn(const std::vector<const PastTrial*>& ranked) {
  std::vector<Eigen::VectorXd> points;
  for (const PastTrial* trial : ranked) points.push_back(point_of(*trial));
  strategy_.update(points);
  for (auto& [parameter, weights] : unordered_) {
    std::vector<std::optional<std::int64_t>> levels;
    for (const PastTrial* trial : ranked) {
      const double unit = trial->unit[parameter];
      levels.push_back(std::isnan(unit) ? std::nullopt
                                        : std::optional(space().parameters()[parameter].distribution.level(unit)));
    }
    weights.update(levels, strategy_.weights());
  }
}

void CmaEsSampler::told(std::size_t) {
  while (generation_is_told()) {
    learn(ranked_generation());
    for (std::size_t i = 0; i < strategy_.population(); ++i)
      drawn_.erase(history().trials()[generation_begin_ + i].number);
    generation_begin_ += strategy_.population();
    if (!strategy_.is_stuck()) continue;
    Rng rng(stream_key(seed(), Purpose::sampler, {kRestartStream, num_restarts_++}));
    Eigen::VectorXd mean(num_coordinates(ordered_));
    for (double& entry : mean) entry = rng.uniform();
    strategy_ = start(std::move(mean), 2 * strategy_.population());
    unordered_ = level_weights(space());
  }
}

}  // namespace jury
