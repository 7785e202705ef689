#include "search/sampler/tpe_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "search/sampler/parzen_estimator.hpp"
#include "search/sampler/ranking.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostGood = 25;
constexpr double kLeastWeight = 1e-12;

// The good trials with their weights, and the others.
struct Groups {
  std::vector<std::vector<double>> good;
  std::vector<double> weights;
  std::vector<std::vector<double>> bad;
};

// How much better each good trial is than the best bad one.
std::vector<double> improvements(const ModelData& data, const std::vector<std::size_t>& order, std::size_t num_good) {
  std::vector<double> weights(num_good, 1.0);
  if (data.values.front().size() > 1 || num_good == order.size()) return weights;
  const double threshold = data.values[order[num_good]][0];
  double largest = 0;
  for (std::size_t k = 0; k < num_good; ++k) largest = std::max(largest, threshold - data.values[order[k]][0]);
  if (!std::isfinite(largest) || largest <= 0) return weights;
  for (std::size_t k = 0; k < num_good; ++k)
    weights[k] = std::max(kLeastWeight, (threshold - data.values[order[k]][0]) / largest);
  return weights;
}

Groups split(const TrialHistory& history, const ModelData& data, double share) {
  const std::vector<std::size_t> order = ranking(data.values);
  const auto n = static_cast<double>(order.size() + data.failed.size());
  const std::size_t num_good = std::min({static_cast<std::size_t>(std::ceil(share * n)), kMostGood, order.size()});
  Groups groups{.good = {}, .weights = improvements(data, order, num_good), .bad = {}};
  const auto unit = [&](std::size_t position) { return history.trials()[position].unit; };
  for (std::size_t k = 0; k < order.size(); ++k)
    (k < num_good ? groups.good : groups.bad).push_back(unit(data.observed[order[k]]));
  for (const std::size_t position : data.failed) groups.bad.push_back(unit(position));
  for (const std::size_t position : data.pending) groups.bad.push_back(unit(position));
  return groups;
}

}  // namespace

TpeSampler::TpeSampler(const SearchOptions& options, SamplerInput input)
    : Sampler(std::move(input)), options_(options.tpe) {}

std::optional<Assignment> TpeSampler::propose(std::int64_t, Rng& rng) {
  const ModelData data = model_data(history(), space().size() + 3);
  const auto startup = static_cast<std::size_t>(options_.startup);
  if (history().trials().size() < startup || data.observed.size() < std::min(startup, space().size() + 2))
    return draw(rng);
  if (options_.random_fraction > 0 && rng.uniform() < options_.random_fraction) return draw(rng);

  const Groups groups = split(history(), data, options_.good);
  const ParzenEstimator good(space(), groups.good, groups.weights);
  const ParzenEstimator bad(space(), groups.bad, std::vector<double>(groups.bad.size(), 1.0));
  std::optional<Assignment> best;
  double best_score = -std::numeric_limits<double>::infinity();
  for (std::int64_t i = 0; i < options_.candidates; ++i) {
    Assignment point = space().assign(good.draw(rng));
    if (best && was_proposed(point)) continue;
    const std::vector<double> unit = space().unit_vector(point, std::nan(""));
    const double score = good.log_density(unit) - bad.log_density(unit);
    if (best && score <= best_score && !was_proposed(*best)) continue;
    best_score = score;
    best = std::move(point);
  }
  return best;
}

}  // namespace jury
