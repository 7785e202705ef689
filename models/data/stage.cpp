#include "models/data/stage.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

void apply(const AffineStage& stage, const float* src, std::size_t width, float* dst) noexcept {
  for (std::size_t j = 0; j < width; ++j) dst[j] = static_cast<float>(stage.maps[j](static_cast<double>(src[j])));
}

float level_of(float x, const float* knots, const std::vector<float>& levels) noexcept {
  if (std::isnan(x)) return x;
  const float* const end = knots + levels.size();
  const float* const lower = std::lower_bound(knots, end, x);
  const float* const upper = std::upper_bound(lower, end, x);
  if (upper == knots) return levels.front();
  if (lower == end) return levels.back();
  const auto at = [&](const float* knot) { return static_cast<std::size_t>(knot - knots); };
  if (upper > lower) return 0.5F * (levels[at(lower)] + levels[at(upper) - 1]);  // equal to one knot or several
  const float share = (x - lower[-1]) / (*lower - lower[-1]);
  return levels[at(lower) - 1] + share * (levels[at(lower)] - levels[at(lower) - 1]);
}

void apply(const QuantileStage& stage, const float* src, std::size_t width, float* dst) noexcept {
  std::memcpy(dst, src, width * sizeof(float));
  for (std::size_t i = 0; i < stage.columns.size(); ++i)
    dst[stage.columns[i]] = level_of(src[stage.columns[i]], stage.knots.data() + i * stage.levels.size(), stage.levels);
}

void apply(const PcaStage& stage, const float* src, std::size_t, float* dst) noexcept {
  for (const std::uint32_t position : stage.kept) *dst++ = src[position];
  const std::size_t count = stage.columns.size();
  for (std::size_t k = 0; k < stage.num_components(); ++k) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i)
      sum += static_cast<double>(src[stage.columns[i]] - stage.mean[i]) *
             static_cast<double>(stage.components[k * count + i]);
    *dst++ = static_cast<float>(sum);
  }
}

void save(const AffineStage& stage, ByteWriter& writer) {
  writer.add(std::uint64_t{stage.maps.size()});
  for (const ColumnMap& map : stage.maps) map.save(writer);
}
void save(const QuantileStage& stage, ByteWriter& writer) {
  writer.add(stage.columns).add(stage.levels).add(stage.knots);
}
void save(const PcaStage& stage, ByteWriter& writer) {
  writer.add(stage.kept).add(stage.columns).add(stage.mean).add(stage.components);
}

void require(bool good) {
  if (!good) throw DataError("preprocessing record is damaged (a stage does not fit its row)");
}

bool all_below(const std::vector<std::uint32_t>& positions, std::size_t width) noexcept {
  return std::all_of(positions.begin(), positions.end(), [width](std::uint32_t p) { return p < width; });
}

}  // namespace

std::size_t stage_width(const Stage& stage, std::size_t width) noexcept {
  const auto* pca = std::get_if<PcaStage>(&stage);
  return pca == nullptr ? width : pca->kept.size() + pca->num_components();
}

void apply_stage(const Stage& stage, const float* src, std::size_t width, float* dst) noexcept {
  std::visit([&](const auto& one) { apply(one, src, width, dst); }, stage);
}

void save_stage(const Stage& stage, ByteWriter& writer) {
  writer.add(static_cast<std::uint32_t>(stage.index()));
  std::visit([&](const auto& one) { save(one, writer); }, stage);
}

Stage load_stage(ByteReader& reader, std::size_t width) {
  const auto index = reader.read<std::uint32_t>();
  require(index < std::variant_size_v<Stage>);
  if (index == 0) {
    AffineStage stage;
    require(reader.read<std::uint64_t>() == width);
    for (std::size_t j = 0; j < width; ++j) stage.maps.push_back(ColumnMap::load(reader));
    return stage;
  }
  if (index == 1) {
    QuantileStage stage{
        .columns = reader.vector<std::uint32_t>(), .levels = reader.vector<float>(), .knots = reader.vector<float>()};
    require(all_below(stage.columns, width) && stage.levels.size() >= 2);
    require(stage.knots.size() / stage.levels.size() == stage.columns.size() &&
            stage.knots.size() % stage.levels.size() == 0);
    return stage;
  }
  PcaStage stage{.kept = reader.vector<std::uint32_t>(),
                 .columns = reader.vector<std::uint32_t>(),
                 .mean = reader.vector<float>(),
                 .components = reader.vector<float>()};
  require(all_below(stage.kept, width) && all_below(stage.columns, width) && !stage.columns.empty());
  require(stage.kept.size() + stage.columns.size() == width && stage.mean.size() == stage.columns.size());
  require(stage.components.size() % stage.columns.size() == 0);
  return stage;
}

}  // namespace jury
