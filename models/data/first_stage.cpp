#include "models/data/first_stage.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "models/data/gather_kernel.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr std::uint32_t kMostCodes = 1U << 24;  // floats count up to here
constexpr std::size_t kVectorPadding = 16;      // numbers the kernel may read past the last parameter

bool same(double a, double b) noexcept { return a == b || (std::isnan(a) && std::isnan(b)); }

bool is_plain(const ColumnMap& map) noexcept { return map == ColumnMap{}; }

}  // namespace

double ColumnMap::operator()(double x) const noexcept {
  return std::isnan(x) ? fill : std::min(std::max((x - center) * scale + offset, low), high);
}

void ColumnMap::then_affine(double shift, double factor, double add) noexcept {
  const auto image = [&](double y) { return (y - shift) * factor + add; };
  // An infinite bound stays one, whatever is added to it.
  low = std::isinf(low) ? (factor < 0 ? -low : low) : image(low);
  high = std::isinf(high) ? (factor < 0 ? -high : high) : image(high);
  if (factor < 0) std::swap(low, high);
  fill = image(fill);
  if (scale == 1 && offset == 0) {  // keep x - center exact for numbers near the center
    center += shift;
    scale = factor;
    offset = add;
    return;
  }
  scale *= factor;
  offset = image(offset);
}

void ColumnMap::then_clip(double lower, double upper) noexcept {
  low = std::min(std::max(low, lower), upper);
  high = std::min(std::max(high, lower), upper);
  if (!std::isnan(fill)) fill = std::min(std::max(fill, lower), upper);
}

void ColumnMap::then_fill(double value) noexcept {
  if (std::isnan(fill)) fill = value;
}

bool ColumnMap::operator==(const ColumnMap& other) const noexcept {
  return center == other.center && scale == other.scale && offset == other.offset && low == other.low &&
         high == other.high && same(fill, other.fill);
}

void ColumnMap::save(ByteWriter& writer) const {
  writer.add(center).add(scale).add(offset).add(low).add(high).add(fill);
}

ColumnMap ColumnMap::load(ByteReader& reader) {
  ColumnMap map;
  for (double* value : {&map.center, &map.scale, &map.offset, &map.low, &map.high, &map.fill})
    *value = reader.read<double>();
  return map;
}

FirstStage::FirstStage(std::vector<FeatureMap> features, std::size_t num_numeric,
                       std::vector<std::uint32_t> cardinality)
    : features_(std::move(features)), cardinality_(std::move(cardinality)), num_numeric_(num_numeric) {
  for (auto* column : {&affine_.fill, &affine_.center, &affine_.scale, &affine_.offset, &affine_.low, &affine_.high})
    column->resize(num_numeric + kVectorPadding);
  for (const FeatureMap& feature : features_) {
    if (feature.maps.empty()) continue;
    const std::size_t column = feature.index;
    if (feature.kind == FeatureMap::Kind::number) {
      const ColumnMap& map = feature.maps[0];
      affine_.fill[column] = static_cast<float>(map.fill);
      affine_.center[column] = static_cast<float>(map.center);
      affine_.scale[column] = static_cast<float>(map.scale);
      // What the float of the center leaves out, the offset makes good: else the mean is off by center / 2^24.
      const double left_out = static_cast<double>(affine_.center[column]) - map.center;
      affine_.offset[column] = static_cast<float>(map.offset + left_out * map.scale);
      affine_.low[column] = static_cast<float>(map.low);
      affine_.high[column] = static_cast<float>(map.high);
      const bool joins = !runs_.empty() && runs_.back().column + runs_.back().count == column &&
                         runs_.back().out + runs_.back().count == width_;
      if (!joins) runs_.push_back({.column = column, .count = 0, .out = width_});
      ++runs_.back().count;
      runs_.back().plain = runs_.back().plain && is_plain(map);
    } else {
      const bool one_hot = feature.kind == FeatureMap::Kind::one_hot;
      coded_.push_back({.column = column,
                        .out = width_,
                        .step = one_hot ? 1U : 0U,
                        .cardinality = cardinality_[column],
                        .fill_code = feature.fill_code,
                        .table = values_.size()});
      for (std::uint32_t code = 0; code < cardinality_[column]; ++code)
        values_.push_back(static_cast<float>(one_hot ? feature.maps[code](1) : feature.maps[0](code)));
    }
    const bool ordinal = feature.kind == FeatureMap::Kind::ordinal;
    for (const ColumnMap& map : feature.maps) blank_row_.push_back(static_cast<float>(ordinal ? map.fill : map(0)));
    width_ += feature.maps.size();
  }
}

void FirstStage::gather(const Dataset& dataset, std::span<const std::uint32_t> rows, float* out,
                        std::size_t stride) const noexcept {
  JURY_EXPECTS(dataset.num_numeric() == num_numeric_ && dataset.num_categorical() == cardinality_.size());
  if (!coded_.empty())
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::memcpy(out + i * stride, blank_row_.data(), width_ * sizeof(float));
  for (const Run& run : runs_) {
    const auto job = [&](auto* src) {
      using T = std::remove_const_t<std::remove_pointer_t<decltype(src)>>;
      return GatherJob<T>{.src = src + run.column,
                          .src_stride = num_numeric_,
                          .rows = rows.data(),
                          .num_rows = rows.size(),
                          .num_columns = run.count,
                          .dst = out + run.out,
                          .dst_stride = stride,
                          .fill = affine_.fill.data() + run.column,
                          .center = affine_.center.data() + run.column,
                          .scale = affine_.scale.data() + run.column,
                          .offset = affine_.offset.data() + run.column,
                          .low = affine_.low.data() + run.column,
                          .high = affine_.high.data() + run.column};
    };
    if (dataset.storage() == Storage::u8) {
      run_gather(job(dataset.bytes().data()));
    } else if (!run.plain) {
      run_gather(job(dataset.numeric().data()));
    } else {
      for (std::size_t i = 0; i < rows.size(); ++i)
        std::memcpy(out + i * stride + run.out, dataset.numeric().data() + rows[i] * num_numeric_ + run.column,
                    run.count * sizeof(float));
    }
  }
  const std::span<const std::uint32_t> codes = dataset.codes();
  for (const Coded& coded : coded_) {
    const float* const values = values_.data() + coded.table;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::uint32_t code = codes[rows[i] * cardinality_.size() + coded.column];
      if (code >= coded.cardinality) code = coded.fill_code;
      if (code < coded.cardinality) out[i * stride + coded.out + code * coded.step] = values[code];
    }
  }
}

void FirstStage::save(ByteWriter& writer) const {
  writer.add(std::uint64_t{num_numeric_}).add(cardinality_).add(std::uint64_t{features_.size()});
  for (const FeatureMap& feature : features_) {
    writer.add(feature.kind).add(feature.index).add(feature.fill_code).add(std::uint64_t{feature.maps.size()});
    for (const ColumnMap& map : feature.maps) map.save(writer);
  }
}

FirstStage FirstStage::load(ByteReader& reader) {
  const auto bad = [](bool wrong) {
    if (wrong) throw DataError("preprocessing record is damaged (its feature maps do not fit together)");
  };
  const auto num_numeric = reader.read<std::uint64_t>();
  auto cardinality = reader.vector<std::uint32_t>();
  const auto num_features = reader.read<std::uint64_t>();
  bad(num_features != num_numeric + cardinality.size());
  std::vector<FeatureMap> features;
  std::size_t next[2] = {0, 0};
  for (std::uint64_t i = 0; i < num_features; ++i) {
    FeatureMap& feature = features.emplace_back();
    feature.kind = reader.read<FeatureMap::Kind>();
    feature.index = reader.read<std::uint32_t>();
    feature.fill_code = reader.read<std::uint32_t>();
    const auto num_maps = reader.read<std::uint64_t>();
    const bool coded = feature.kind != FeatureMap::Kind::number;
    bad(feature.kind > FeatureMap::Kind::one_hot || feature.index != next[coded ? 1 : 0]++);
    bad(coded && (feature.index >= cardinality.size() || cardinality[feature.index] > kMostCodes));
    bad(num_maps != 0 && num_maps != (feature.kind == FeatureMap::Kind::one_hot ? cardinality[feature.index] : 1U));
    for (std::uint64_t m = 0; m < num_maps; ++m) feature.maps.push_back(ColumnMap::load(reader));
  }
  bad(next[0] != num_numeric);
  return FirstStage(std::move(features), num_numeric, std::move(cardinality));
}

bool FirstStage::operator==(const FirstStage& other) const noexcept {
  return num_numeric_ == other.num_numeric_ && cardinality_ == other.cardinality_ && features_ == other.features_;
}

}  // namespace jury
