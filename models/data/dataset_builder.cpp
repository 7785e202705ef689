#include "models/data/dataset_builder.hpp"

#include <cmath>
#include <cstring>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"

namespace jury {
namespace {

constexpr std::uint64_t kSectionAlignment = 64;  // a cache line, and enough for every vector unit

bool has(Extra extras, Extra which) noexcept {
  return (static_cast<std::uint32_t>(extras) & static_cast<std::uint32_t>(which)) != 0;
}

// Where everything goes. The schema's size does not depend on the counts filled in at the end.
BlockHeader lay_out(const DataSchema& schema, const DatasetSize& size) {
  const std::uint64_t rows = std::uint64_t{size.num_train} + size.num_test;
  const std::uint64_t cells = rows * count_features(schema, FeatureKind::numeric);
  const bool labelled = schema.task == TaskKind::classification;
  const auto extra = [&](Extra which, std::uint64_t bytes) { return has(size.extras, which) ? bytes : 0; };

  BlockHeader header;
  header.storage = size.storage;
  header.num_train = size.num_train;
  header.num_test = size.num_test;
  header.num_validation = size.num_validation;
  using S = BlockSection;
  header[S::schema].size_bytes = save_schema(schema).size();
  header[S::numeric].size_bytes = size.storage == Storage::f32 ? cells * sizeof(float) : 0;
  header[S::bytes].size_bytes = size.storage == Storage::u8 ? cells : 0;
  header[S::codes].size_bytes = rows * count_features(schema, FeatureKind::categorical) * sizeof(std::uint32_t);
  header[S::labels].size_bytes = labelled ? rows * sizeof(std::int32_t) : 0;
  header[S::targets].size_bytes = labelled ? 0 : rows * schema.targets.size() * sizeof(double);
  header[S::weight].size_bytes = extra(Extra::weight, rows * sizeof(float));
  header[S::group].size_bytes = extra(Extra::group, rows * sizeof(std::int32_t));
  header[S::time].size_bytes = extra(Extra::time, rows * sizeof(double));
  header[S::truth].size_bytes = extra(Extra::truth, rows * schema.targets.size() * sizeof(double));
  header[S::posterior].size_bytes = extra(Extra::posterior, rows * schema.classes.size() * sizeof(double));
  header[S::fold].size_bytes = extra(Extra::fold, size.num_train * sizeof(std::int32_t));
  header[S::parts].size_bytes = std::uint64_t{size.num_splits} * size.num_train;
  std::uint64_t at = sizeof(BlockHeader);
  for (auto& section : header.sections) {
    at = (at + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment;
    section.offset = at;
    at += section.size_bytes;
  }
  header.size_bytes = at + kBlockPadding;
  return header;
}

DataSchema numbered(DataSchema schema) {
  std::uint32_t next[2] = {0, 0};
  for (Feature& feature : schema.features) feature.index = next[static_cast<std::size_t>(feature.kind)]++;
  return schema;
}

}  // namespace

std::uint64_t dataset_bytes(const DataSchema& schema, const DatasetSize& size) {
  return lay_out(schema, size).size_bytes;
}

DatasetBuilder::DatasetBuilder(DataSchema schema, const DatasetSize& size) : schema_(numbered(std::move(schema))) {
  JURY_EXPECTS(size.num_validation <= size.num_train);
  const BlockHeader header = lay_out(schema_, size);
  block_.resize(header.size_bytes);
  std::memcpy(block_.data(), &header, sizeof(header));
}

template <class T>
std::span<T> DatasetBuilder::section(BlockSection which) noexcept {
  BlockHeader header;
  std::memcpy(&header, block_.data(), sizeof(header));
  return {reinterpret_cast<T*>(block_.data() + header[which].offset), header[which].size_bytes / sizeof(T)};
}

std::span<float> DatasetBuilder::numeric() noexcept { return section<float>(BlockSection::numeric); }
std::span<std::uint8_t> DatasetBuilder::bytes() noexcept { return section<std::uint8_t>(BlockSection::bytes); }
std::span<std::uint32_t> DatasetBuilder::codes() noexcept { return section<std::uint32_t>(BlockSection::codes); }
std::span<std::int32_t> DatasetBuilder::labels() noexcept { return section<std::int32_t>(BlockSection::labels); }
std::span<double> DatasetBuilder::targets() noexcept { return section<double>(BlockSection::targets); }
std::span<float> DatasetBuilder::weight() noexcept { return section<float>(BlockSection::weight); }
std::span<std::int32_t> DatasetBuilder::group() noexcept { return section<std::int32_t>(BlockSection::group); }
std::span<double> DatasetBuilder::time() noexcept { return section<double>(BlockSection::time); }
std::span<double> DatasetBuilder::truth() noexcept { return section<double>(BlockSection::truth); }
std::span<double> DatasetBuilder::posterior() noexcept { return section<double>(BlockSection::posterior); }
std::span<std::int32_t> DatasetBuilder::fold() noexcept { return section<std::int32_t>(BlockSection::fold); }
std::span<SplitPart> DatasetBuilder::parts() noexcept { return section<SplitPart>(BlockSection::parts); }

Bytes DatasetBuilder::finish() && {
  const std::size_t num_numeric = count_features(schema_, FeatureKind::numeric);
  const std::size_t num_categorical = count_features(schema_, FeatureKind::categorical);
  std::vector<std::uint64_t> no_number(num_numeric), no_code(num_categorical);
  const auto cells = numeric();
  for (std::size_t i = 0; i < cells.size(); ++i) no_number[i % num_numeric] += std::isnan(cells[i]) ? 1U : 0U;
  const auto all_codes = codes();
  for (std::size_t i = 0; i < all_codes.size(); ++i)
    no_code[i % num_categorical] += all_codes[i] == kMissingCode ? 1U : 0U;
  for (Feature& feature : schema_.features)
    feature.num_missing = (feature.kind == FeatureKind::numeric ? no_number : no_code)[feature.index];

  const Bytes schema = save_schema(schema_);
  const auto place = section<std::byte>(BlockSection::schema);
  JURY_EXPECTS(place.size() == schema.size());
  std::memcpy(place.data(), schema.data(), schema.size());
  const std::uint64_t hash = hash_bytes(block_);  // the header's hash is still zero
  std::memcpy(block_.data() + offsetof(BlockHeader, hash), &hash, sizeof(hash));
  return std::move(block_);
}

}  // namespace jury
