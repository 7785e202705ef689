#include "models/data/pipeline.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

// Values pass through, whatever stands for missing ones.
bool keeps_values(ColumnMap map) noexcept {
  map.fill = ColumnMap{}.fill;
  return map == ColumnMap{};
}

// Where the stage puts a number of the row unchanged, if it does.
std::optional<std::uint32_t> behind(const Stage& stage, std::uint32_t position) {
  if (const auto* affine = std::get_if<AffineStage>(&stage))
    return keeps_values(affine->maps[position]) ? std::optional(position) : std::nullopt;
  const auto contains = [&](const std::vector<std::uint32_t>& columns) {
    return std::find(columns.begin(), columns.end(), position) != columns.end();
  };
  if (const auto* quantile = std::get_if<QuantileStage>(&stage))
    return contains(quantile->columns) ? std::nullopt : std::optional(position);
  const auto& kept = std::get<PcaStage>(stage).kept;
  if (!contains(kept)) return std::nullopt;
  return static_cast<std::uint32_t>(std::find(kept.begin(), kept.end(), position) - kept.begin());
}

}  // namespace

std::vector<Pipeline::Code> Pipeline::codes() const {
  std::vector<Code> codes;
  std::uint32_t next = 0;
  for (const FeatureMap& feature : first_.features()) {
    std::optional<std::uint32_t> position = next;
    next += static_cast<std::uint32_t>(feature.maps.size());
    if (feature.kind != FeatureMap::Kind::ordinal || feature.maps.empty() || !keeps_values(feature.maps[0])) continue;
    for (const Stage& stage : stages_)
      if (position) position = behind(stage, *position);
    if (position) codes.push_back({.output = *position, .size = std::max(first_.cardinality()[feature.index], 1U)});
  }
  return codes;
}

void Pipeline::gather(const Dataset& dataset, std::span<const std::uint32_t> rows, float* out) const noexcept {
  if (stages_.empty()) return first_.gather(dataset, rows, out, width());
  thread_local std::vector<float> before, after;  // one row each; grown once, then reused
  std::size_t widest = first_.width();
  for (std::size_t s = 0, width = widest; s < stages_.size(); ++s)
    widest = std::max(widest, width = stage_width(stages_[s], width));
  before.resize(std::max(before.size(), widest));
  after.resize(std::max(after.size(), widest));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    first_.gather(dataset, rows.subspan(i, 1), before.data(), first_.width());
    std::size_t current = first_.width();
    for (const Stage& stage : stages_) {
      apply_stage(stage, before.data(), current, after.data());
      current = stage_width(stage, current);
      std::swap(before, after);
    }
    std::copy_n(before.data(), current, out + i * current);
  }
}

bool Pipeline::fits(const DataSchema& schema) const noexcept {
  const auto features = first_.features();
  if (features.size() != schema.features.size()) return false;
  for (std::size_t i = 0; i < features.size(); ++i) {
    const Feature& given = schema.features[i];
    const bool coded = features[i].kind != FeatureMap::Kind::number;
    if (coded != (given.kind == FeatureKind::categorical) || features[i].index != given.index) return false;
    if (coded && first_.cardinality()[given.index] != given.vocabulary.size()) return false;
  }
  return true;
}

void Pipeline::save(ByteWriter& writer) const {
  first_.save(writer);
  writer.add(std::uint64_t{stages_.size()});
  for (const Stage& stage : stages_) save_stage(stage, writer);
  writer.add(names_);
}

Pipeline Pipeline::load(ByteReader& reader) {
  Pipeline pipeline;
  pipeline.first_ = FirstStage::load(reader);
  std::size_t width = pipeline.first_.width();
  for (auto left = reader.read<std::uint64_t>(); left > 0; --left) {
    pipeline.stages_.push_back(load_stage(reader, width));
    width = stage_width(pipeline.stages_.back(), width);
  }
  pipeline.names_ = reader.texts();
  if (pipeline.names_.size() != width)
    throw DataError("preprocessing record is damaged (it names other outputs than it has)");
  return pipeline;
}

bool Pipeline::operator==(const Pipeline& other) const {
  return first_ == other.first_ && stages_ == other.stages_ && names_ == other.names_;
}

}  // namespace jury
