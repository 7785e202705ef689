#include "tools/bench/measure.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "models/nn/predict.hpp"
#include "runtime/base/clock.hpp"
#include "tools/bench/bare_products.hpp"

namespace jury {
namespace {

constexpr std::int32_t kEpochSteps = 64;

/// Seconds that so many runs of something took.
using Timed = std::function<double(std::int64_t runs)>;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// How many runs take about `seconds`, found by doubling.
std::int64_t runs_for(double seconds, const Timed& timed) {
  for (std::int64_t runs = 1;; runs *= 2) {
    const double taken = timed(runs);
    if (taken > seconds / 4 || runs > 1'000'000'000)
      return std::max<std::int64_t>(1, std::llround(static_cast<double>(runs) * seconds / std::max(taken, 1e-9)));
  }
}

// Pairs of measurements in turn, so that both see the same machine. `bare` may be empty.
Measurement in_turn(const Timed& ours, const Timed& bare, std::int64_t runs, const MeasureOptions& options) {
  std::vector<double> seconds, bare_seconds, ratios;
  const auto per_run = [&](const Timed& timed) { return timed(runs) / static_cast<double>(runs); };
  if (bare) bare(std::max<std::int64_t>(1, runs / 10));
  for (int pair = 0; pair < options.repeats; ++pair) {
    seconds.push_back(per_run(ours));
    if (!bare) continue;
    bare_seconds.push_back(per_run(bare));
    ratios.push_back(seconds.back() / bare_seconds.back());
  }
  if (!bare) return {.seconds = median(std::move(seconds))};
  return {.seconds = median(std::move(seconds)),
          .product_seconds = median(std::move(bare_seconds)),
          .ratio = median(std::move(ratios))};
}

// Of so many runs of the products for each one that is asked for.
Timed timed_products(std::optional<BareProducts>& products, std::int64_t times) {
  if (!products) return {};
  return [&products, times](std::int64_t runs) { return products->seconds_of(runs * times); };
}

}  // namespace

Measurement measure_steps(const BenchNet& net, const MeasureOptions& options) {
  const BenchCase bench = make_case(net, made_up_data(net, static_cast<std::size_t>(net.batch * kEpochSteps)));
  PlanCache plans;
  const auto training_of = [&](std::int64_t steps) {
    const TrainOptions train_options{
        .batch = net.batch, .epochs = 10'000'000, .max_steps = steps, .precision = net.precision};
    const double start = system_clock().seconds();
    train(bench.spec, train_options, bench.training_set(), {1, 2, 3}, {plans, StopFlag()});
    return system_clock().seconds() - start;
  };
  const Timed steps_alone = [&](std::int64_t steps) {
    const double once = training_of(1);
    return std::max(training_of(steps + 1) - once, 1e-9);
  };
  training_of(2);
  std::int64_t steps = runs_for(options.seconds, steps_alone);
  // Whole epochs, so that each step has its share of a shuffle: both trainings begin with one.
  if (steps > kEpochSteps) steps -= steps % kEpochSteps;
  auto products = BareProducts::of(bench.spec, net.batch, BareProducts::Directions::step);
  Measurement result = in_turn(steps_alone, timed_products(products, 1), steps, options);
  result.flops = step_flops(bench.spec) * net.batch;
  return result;
}

Measurement measure_predict(const BenchNet& net, const MeasureOptions& options) {
  const BenchCase bench = make_case(net, made_up_data(net, kPredictRows));
  const Network network(bench.spec);
  std::vector<std::vector<float>> members;
  for (std::uint64_t i = 0; i < kPredictMembers; ++i) members.push_back(network.initial_weights(i));
  std::vector<float> out(kPredictRows * static_cast<std::size_t>(net.outputs));
  PlanCache plans;
  const Timed ensemble = [&](std::int64_t runs) {
    const double start = system_clock().seconds();
    for (std::int64_t i = 0; i < runs; ++i)
      for (const auto& weights : members)
        predict({.spec = bench.spec, .weights = weights, .pipeline = bench.pipeline}, bench.dataset, bench.rows, plans,
                out);
    return system_clock().seconds() - start;
  };
  static constexpr std::int64_t kBlocks = (kPredictRows + kPredictBlock - 1) / kPredictBlock;
  ensemble(1);
  auto products = BareProducts::of(bench.spec, kPredictBlock, BareProducts::Directions::forward);
  Measurement result = in_turn(ensemble, timed_products(products, kPredictMembers * kBlocks),
                               runs_for(options.seconds, ensemble), options);
  result.flops = forward_flops(bench.spec) * kPredictRows * kPredictMembers;
  return result;
}

}  // namespace jury
