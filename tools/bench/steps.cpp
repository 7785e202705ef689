// A training step against the bare oneDNN products of its shapes, measured in turn in one run.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include "models/data/dataset_builder.hpp"
#include "models/data/pipeline.hpp"
#include "models/nn/matmul.hpp"
#include "models/nn/session.hpp"
#include "models/nn/train.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

struct Shapes {
  std::vector<std::int32_t> widths;  ///< inputs, hidden layers, outputs
  std::int32_t batch;
  std::int32_t steps;  ///< of one measurement
  Storage storage;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// Forward, weight gradient and, from the second layer on, data gradient of each layer, alone: no
/// bias, no activation, every operand in its place.
class BareProducts {
 public:
  explicit BareProducts(const Shapes& shapes) {
    using enum Matrix::Order;
    PlanBuilder builder;
    const std::int32_t n = shapes.batch;
    std::size_t size = 0;
    const auto place = [&](std::int32_t rows, std::int32_t cols) {
      const Buffer buffer{Region::arena, size};
      size += padded_size(static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols));
      return buffer;
    };
    for (std::size_t layer = 0; layer + 1 < shapes.widths.size(); ++layer) {
      const std::int32_t in = shapes.widths[layer], out = shapes.widths[layer + 1];
      const Buffer src = place(n, in), weights = place(out, in), dst = place(n, out);
      ops_.push_back(matmul(builder, Phase::forward, {.a = {src, n, in}, .b = {weights, in, out, transposed}, .dst = {dst, n, out}}));
      ops_.push_back(
          matmul(builder, Phase::forward, {.a = {dst, out, n, transposed}, .b = {src, n, in}, .dst = {place(out, in), out, in}}));
      if (layer > 0)
        ops_.push_back(matmul(builder, Phase::forward, {.a = {dst, n, out}, .b = {weights, out, in}, .dst = {place(n, in), n, in}}));
      flops_ += (layer > 0 ? 6.0 : 4.0) * n * in * out;
    }
    arena_ = AlignedBlock(size);
    Rng rng(1);
    for (float& x : arena_.span()) x = static_cast<float>(0.01 * rng.normal());
    step_.bases[0] = arena_.data();
    for (const Op& binder : builder.take_binders()) binder(step_);
  }
  double flops() const noexcept { return flops_; }
  double run(std::int32_t steps) {
    const auto start = std::chrono::steady_clock::now();
    for (std::int32_t i = 0; i < steps; ++i)
      for (const Op& op : ops_) op(step_);
    return seconds_since(start) / steps;
  }

 private:
  std::vector<Op> ops_;
  AlignedBlock arena_;
  Step step_;
  double flops_ = 0;
};

Dataset made_up(const Shapes& shapes) {
  DataSchema schema;
  for (std::int32_t i = 0; i < shapes.widths.front(); ++i)
    schema.features.emplace_back().name = "x" + std::to_string(i);
  for (std::int32_t i = 0; i < shapes.widths.back(); ++i) schema.classes.push_back(std::to_string(i));
  schema.targets = {"y"};
  const std::size_t rows = static_cast<std::size_t>(shapes.batch) * 64;
  DatasetBuilder builder(schema, {.num_train = rows, .storage = shapes.storage});
  Rng rng(2);
  for (float& x : builder.numeric()) x = static_cast<float>(rng.normal());
  for (std::uint8_t& x : builder.bytes()) x = static_cast<std::uint8_t>(rng.below(256));
  for (std::int32_t& y : builder.labels()) y = static_cast<std::int32_t>(rng.below(schema.classes.size()));
  return Dataset::own(std::move(builder).finish());
}

void measure(const Shapes& shapes) {
  const Dataset dataset = made_up(shapes);
  std::vector<std::uint32_t> rows(dataset.rows());
  std::iota(rows.begin(), rows.end(), 0U);
  const auto pipeline = fit_pipeline(dataset, default_steps(dataset), rows);
  const NetworkSpec spec = make_network({.hidden = {shapes.widths.begin() + 1, shapes.widths.end() - 1}},
                                        shapes.widths.front(), {TaskKind::classification, shapes.widths.back()});
  const TrainOptions options{.batch = shapes.batch, .epochs = 1 << 20, .max_steps = shapes.steps};
  PlanCache plans;
  const StopFlag never;
  const auto step_seconds = [&] {
    const auto start = std::chrono::steady_clock::now();
    train(spec, options, {.dataset = dataset, .pipeline = *pipeline, .rows = rows}, {1, 2, 3}, {plans, never});
    return seconds_since(start) / shapes.steps;
  };
  BareProducts products(shapes);
  step_seconds();
  products.run(shapes.steps);
  std::vector<double> steps, bare, ratios;
  for (int pair = 0; pair < 21; ++pair) {
    steps.push_back(step_seconds());
    bare.push_back(products.run(shapes.steps));
    ratios.push_back(steps.back() / bare.back());
  }
  std::printf("%-28s %5d %12.2f %12.2f %8.2f %9.1f %9.1f %7.0f %%\n", spec.architecture.c_str(), shapes.batch,
              1e6 * median(steps), 1e6 * median(bare), median(ratios), products.flops() / median(steps) / 1e9,
              products.flops() / median(bare) / 1e9, 100 / median(ratios));
}

}  // namespace
}  // namespace jury

int main() {
  jury::use_threads(1);
  std::printf("instruction set %s, one thread, medians of 21 pairs\n", jury::isa().c_str());
  std::printf("%-28s %5s %12s %12s %8s %9s %9s %9s\n", "network", "batch", "step us", "products us", "ratio", "GFLOP/s",
              "bare", "of bare");
  jury::measure({{13, 50, 2}, 32, 4000, jury::Storage::f32});
  jury::measure({{20, 64, 64, 2}, 64, 1000, jury::Storage::f32});
  jury::measure({{64, 100, 10}, 128, 500, jury::Storage::u8});
  jury::measure({{54, 256, 256, 7}, 512, 20, jury::Storage::f32});
  jury::measure({{784, 256, 10}, 256, 60, jury::Storage::u8});
}
