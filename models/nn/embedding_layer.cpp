#include "models/nn/embedding_layer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/nn/plan_builder.hpp"

namespace jury {
namespace {

std::size_t extent(std::int32_t value) noexcept { return static_cast<std::size_t>(value); }

// Where the numbers of a row go: src (rows, inputs), dst (rows, outputs).
struct RowMap {
  std::size_t rows = 0, inputs = 0, dim = 0;
  std::vector<std::size_t> plain;  // inputs that pass through
  struct Table {
    std::size_t column = 0, size = 0;
    Buffer values;
  };
  std::vector<Table> tables;

  std::size_t outputs() const noexcept { return plain.size() + tables.size() * dim; }

  // The table's row for a sample, or null where the code has none.
  float* find(Step& step, const Table& table, const float* sample) const noexcept {
    const float code = sample[table.column];
    if (!(code >= 0 && code < static_cast<float>(table.size))) return nullptr;  // NaN too
    return step.at(table.values) + static_cast<std::size_t>(code) * dim;
  }
};

void look_up(const RowMap& map, Step& step, const float* src, float* dst) noexcept {
  for (std::size_t i = 0; i < map.rows; ++i, src += map.inputs) {
    for (const std::size_t column : map.plain) *dst++ = src[column];
    for (const RowMap::Table& table : map.tables) {
      if (const float* values = map.find(step, table, src))
        std::copy_n(values, map.dim, dst);
      else
        std::fill_n(dst, map.dim, 0.0F);
      dst += map.dim;
    }
  }
}

// The tables of `map` are the gradients.
void add_up(const RowMap& map, Step& step, const float* src, const float* d_dst) noexcept {
  for (const RowMap::Table& table : map.tables) std::fill_n(step.at(table.values), table.size * map.dim, 0.0F);
  for (std::size_t i = 0; i < map.rows; ++i, src += map.inputs) {
    d_dst += map.plain.size();
    for (const RowMap::Table& table : map.tables) {
      if (float* sums = map.find(step, table, src))
        for (std::size_t k = 0; k < map.dim; ++k) sums[k] += d_dst[k];
      d_dst += map.dim;
    }
  }
}

}  // namespace

EmbeddingLayer::EmbeddingLayer(const EmbeddingOptions& options)
    : columns_(options.columns), sizes_(options.sizes), dim_(options.dim) {
  if (columns_.empty()) throw ConfigError("embedding needs columns (the inputs that hold codes, say columns = [0, 3])");
  if (columns_.size() != sizes_.size())
    throw ConfigError(fmt::format("embedding has {} columns and {} sizes (each column needs its number of codes)",
                                  columns_.size(), sizes_.size()));
  std::vector<std::int32_t> sorted = columns_;
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
    throw ConfigError(fmt::format("embedding names column {} twice (each is embedded once)", *twice));
}

Shape EmbeddingLayer::output(std::span<const Shape> srcs) const {
  const Shape& src = only(srcs);
  if (src.size() != 1) throw ConfigError("needs flat samples, is given " + to_string(src));
  if (const auto last = *std::max_element(columns_.begin(), columns_.end()); last >= src[0])
    throw ConfigError(fmt::format("needs the input {} (columns count from 0), is given {}", last, src[0]));
  const auto codes = static_cast<std::int64_t>(columns_.size());
  const std::int64_t outputs = src[0] + codes * (dim_ - 1);
  if (outputs > 1 << 24)
    throw ConfigError(fmt::format("needs {} numbers a sample (at most 2^24) choose a smaller dim", outputs));
  return {static_cast<std::int32_t>(outputs)};
}

std::vector<Tensor> EmbeddingLayer::tensors(const Shape&) const {
  std::vector<Tensor> tables;
  for (std::size_t k = 0; k < sizes_.size(); ++k)
    tables.push_back({.name = fmt::format("table{}", k), .shape = {sizes_[k], dim_}});
  return tables;
}

void EmbeddingLayer::initialise(const Tensor&, std::span<float> values, Rng& rng) const {
  const double deviation = 1 / std::sqrt(static_cast<double>(dim_));
  for (float& value : values) value = static_cast<float>(deviation * rng.normal());
}

void EmbeddingLayer::compile(PlanBuilder& builder, const LayerNode& node) const {
  RowMap map{
      .rows = extent(node.batch), .inputs = volume(node.src_shape), .dim = extent(dim_), .plain = {}, .tables = {}};
  for (std::int32_t i = 0; i < node.src_shape[0]; ++i)
    if (std::find(columns_.begin(), columns_.end(), i) == columns_.end()) map.plain.push_back(extent(i));
  for (std::size_t k = 0; k < columns_.size(); ++k)
    map.tables.push_back({.column = extent(columns_[k]), .size = extent(sizes_[k]), .values = node.params[k]});
  builder.forward(
      [map, src = node.src, dst = node.dst](Step& step) { look_up(map, step, step.at(src), step.at(dst)); });
  if (node.kind == PlanKind::inference || !node.runs_backward) return;

  if (node.d_src)
    builder.backward([map, d_dst = node.d_dst, d_src = *node.d_src](Step& step) {
      std::fill_n(step.at(d_src), map.rows * map.inputs, 0.0F);
      for (std::size_t i = 0; i < map.rows; ++i)
        for (std::size_t k = 0; k < map.plain.size(); ++k)
          step.at(d_src)[i * map.inputs + map.plain[k]] = step.at(d_dst)[i * map.outputs() + k];
    });
  if (!node.trains) return;
  RowMap grads = map;
  for (std::size_t k = 0; k < grads.tables.size(); ++k) grads.tables[k].values = node.grads[k];
  builder.backward(
      [grads, src = node.src, d_dst = node.d_dst](Step& step) { add_up(grads, step, step.at(src), step.at(d_dst)); });
}

}  // namespace jury
