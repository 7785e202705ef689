#include "models/nn/predict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "models/data/dataset.hpp"
#include "models/data/pipeline.hpp"
#include "models/nn/aligned_block.hpp"
#include "models/nn/apply_head.hpp"
#include "models/nn/flush_denormals.hpp"
#include "models/nn/input_gather.hpp"
#include "models/nn/layer.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

// The positions in `rows`, ordered by the row they name.
std::vector<std::size_t> by_row(std::span<const std::uint32_t> rows) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!std::is_sorted(rows.begin(), rows.end()))
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return rows[a] != rows[b] ? rows[a] < rows[b] : a < b; });
  return order;
}

// Rows of one block in their places; a place that is not asked for repeats a row that is.
std::array<std::uint32_t, kPredictBlock> places(std::span<const std::uint32_t> rows,
                                                std::span<const std::size_t> asked) {
  std::array<std::uint32_t, kPredictBlock> block;
  block.fill(rows[asked.front()]);
  for (const std::size_t i : asked) block[rows[i] % kPredictBlock] = rows[i];
  return block;
}

// Where block `block` is in the random streams of a pass. Rows are 32 bits wide, and blocks fewer.
Plan::Draw draw_of(const std::optional<DropoutPass>& dropout, std::size_t block) {
  if (!dropout) return {0, 0};
  return {.dropout_key = dropout->key, .number = std::uint64_t{dropout->pass} << 32 | (dropout->first_block + block)};
}

}  // namespace

bool has_dropout(const NetworkSpec& spec) {
  return std::ranges::any_of(
      spec.layers, [](const LayerSpec& layer) { return make_layer(layer)->runs() == Layer::Runs::with_dropout; });
}

void predict(const TrainedNetwork& network, const Dataset& dataset, std::span<const std::uint32_t> rows,
             PlanCache& plans, std::span<float> out) {
  const auto outputs = static_cast<std::size_t>(network.spec.outputs);
  JURY_EXPECTS(out.size() == rows.size() * outputs);
  const ScopedFlushDenormals flush;
  if (network.dropout && !has_dropout(network.spec))
    throw ConfigError(
        fmt::format("Monte-Carlo dropout needs a layer that drops (the network {} has none) set model.dropout",
                    network.spec.architecture));
  const auto plan = plans.get(network.spec, {.batch = kPredictBlock, .dropout = network.dropout.has_value()});
  const AlignedBlock weights(network.weights.size());  // bits may depend on alignment: always the same
  std::copy(network.weights.begin(), network.weights.end(), weights.data());
  plan->bind(weights.span());
  const AlignedBlock predictions(kPredictBlock * outputs);
  const InputGather inputs(network.pipeline, network.spec, kPredictBlock);

  const std::vector<std::size_t> order = by_row(rows);
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    const std::size_t block = rows[order[begin]] / kPredictBlock;
    while (end < order.size() && rows[order[end]] / kPredictBlock == block) ++end;
    const auto asked = std::span(order).subspan(begin, end - begin);
    inputs.gather(dataset, places(rows, asked), plan->input().data());
    plan->run(draw_of(network.dropout, block));
    const std::span<float> values = predictions.span().first(kPredictBlock * outputs);
    apply_head(network.spec, network.target_scaler, plan->output(), values);
    for (const std::size_t i : asked)
      for (std::size_t k = 0; k < outputs; ++k) out[i * outputs + k] = values[rows[i] % kPredictBlock * outputs + k];
  }
}

}  // namespace jury
