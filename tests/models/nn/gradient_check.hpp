// The law that every layer, loss and network obeys: its gradients are those of its loss.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "models/nn/plan.hpp"
#include "models/nn/session.hpp"
#include "runtime/base/rng.hpp"

namespace jury {

/// Made-up targets as the head means them: normal values, shares of a row of sum 1, values in [0, 1], counts.
inline void fill_targets(Plan& plan, Rng& rng) {
  const bool normal = plan.spec().task == TaskKind::regression && scales_targets(plan.spec().head);
  const bool counts = plan.spec().head == Head::exponential;
  for (float& y : plan.targets())
    y = static_cast<float>(normal ? rng.normal() : counts ? static_cast<double>(rng.below(6)) : rng.uniform());
  if (plan.spec().task == TaskKind::regression) return;
  const auto width = static_cast<std::size_t>(plan.spec().outputs);
  for (std::size_t at = 0; at < plan.targets().size(); at += width) {
    const auto row = plan.targets().subspan(at, width);
    float sum = 0;
    for (const float share : row) sum += share;
    for (float& share : row) share /= sum;
  }
}

/// Fills a training plan's batch with made-up rows: inputs normal, labels in turn or fill_targets(),
/// weights between 0.5 and 1.5.
inline void fill_batch(Plan& plan, std::uint64_t seed) {
  Rng rng(seed);
  for (float& x : plan.input()) x = static_cast<float>(rng.normal());
  for (float& w : plan.row_weights()) w = static_cast<float>(0.5 + rng.uniform());
  if (plan.spec().task == TaskKind::regression || plan.options().soft_targets)
    fill_targets(plan, rng);
  else
    for (std::int32_t& y : plan.labels())
      y = static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(plan.spec().outputs)));
}

/// Compares every gradient of a network at random weights, and that of its input, with central differences.
/// Sums of products in float carry about 1e-7 of error, so with a step of 1/128 a difference
/// quotient carries 1e-5 of it and 1e-4 of curvature; 1e-3 is wrong by nothing but a bug or a kink.
inline void expect_gradients(const NetworkSpec& spec, const PlanOptions& options, std::uint64_t seed) {
  use_threads(1);
  PlanOptions with_input = options;
  with_input.input_gradient = true;
  Plan plan(spec, with_input);
  fill_batch(plan, seed);
  std::vector<float> params = Network(spec).initial_weights(seed), grads(params.size());
  Rng rng(seed + 1);
  for (const Tensor& tensor : layout(spec))  // biases too, so that nothing is tested at zero
    if (tensor.role == Tensor::Role::bias)
      for (std::size_t i = 0; i < volume(tensor.shape); ++i)
        params[tensor.offset + i] = static_cast<float>(0.3 * rng.normal());
  const auto loss_at = [&](std::vector<float>& at) {
    std::vector<float> ignored(at.size());
    plan.bind(at, ignored);
    return plan.run({.dropout_key = seed, .number = 3}) / options.batch;
  };
  plan.bind(params, grads);
  plan.run({.dropout_key = seed, .number = 3});
  const std::vector<float> input(plan.input().begin(), plan.input().end());
  const std::vector<float> d_input(plan.d_input().begin(), plan.d_input().end());
  constexpr float kStep = 1.0F / 128;
  for (const Tensor& tensor : layout(spec))
    for (std::size_t i = tensor.offset; i < tensor.offset + volume(tensor.shape); ++i) {
      std::vector<float> up = params, down = params;
      up[i] += kStep;
      down[i] -= kStep;
      const double slope = (loss_at(up) - loss_at(down)) / (static_cast<double>(up[i]) - static_cast<double>(down[i]));
      EXPECT_NEAR(static_cast<double>(grads[i]), slope, 1e-3 * (1 + std::abs(slope)))
          << tensor.name << " [" << i - tensor.offset << "]";
    }
  for (std::size_t i = 0; i < input.size(); ++i) {
    const float up = input[i] + kStep, down = input[i] - kStep;
    plan.input()[i] = up;
    const double above = loss_at(params);
    plan.input()[i] = down;
    const double slope = (above - loss_at(params)) / (static_cast<double>(up) - static_cast<double>(down));
    plan.input()[i] = input[i];
    EXPECT_NEAR(static_cast<double>(d_input[i]), slope, 1e-3 * (1 + std::abs(slope))) << "input [" << i << "]";
  }
}

/// The same with what a plan of this loss needs.
inline void expect_gradients(const NetworkSpec& spec, const std::string& loss, std::int32_t batch, std::uint64_t seed) {
  const bool soft = spec.task == TaskKind::classification && loss != "cross_entropy";
  expect_gradients(spec, {.batch = batch, .loss = loss, .soft_targets = soft}, seed);
}

/// The same of the gradient with respect to the input.
inline void expect_input_gradient(const NetworkSpec& spec, const std::string& loss, std::int32_t batch,
                                  std::uint64_t seed) {
  use_threads(1);
  Plan plan(spec, {.batch = batch, .loss = loss, .input_gradient = true});
  fill_batch(plan, seed);
  std::vector<float> params = Network(spec).initial_weights(seed), grads(params.size());
  plan.bind(params, grads);
  const auto loss_now = [&] { return plan.run({.dropout_key = seed, .number = 3}) / batch; };
  loss_now();
  const std::vector<float> gradient(plan.d_input().begin(), plan.d_input().end());
  constexpr float kStep = 1.0F / 128;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    float& x = plan.input()[i];
    const float middle = x, up = middle + kStep, down = middle - kStep;
    x = up;
    const double above = loss_now();
    x = down;
    const double slope = (above - loss_now()) / (static_cast<double>(up) - static_cast<double>(down));
    x = middle;
    EXPECT_NEAR(static_cast<double>(gradient[i]), slope, 1e-3 * (1 + std::abs(slope))) << "input [" << i << "]";
  }
}

}  // namespace jury
