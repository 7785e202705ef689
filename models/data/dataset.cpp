#include "models/data/dataset.hpp"

#include <cstring>
#include <string>
#include <utility>

#include "models/data/block.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

[[noreturn]] void damaged(const std::string& why) { throw DataError("dataset block is damaged (" + why + ")"); }

// a * b of sizes out of an untrusted header.
std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) damaged("its sizes overflow");
  return result;
}

// The section as `count` values of T, or nothing when it is absent and may be.
enum class Presence { required, optional };
template <class T>
std::span<const T> section(std::span<const std::byte> block, const BlockHeader& header, BlockSection which,
                           std::uint64_t count, Presence presence) {
  const auto& [offset, size_bytes] = header[which];
  const std::string label = "section " + std::to_string(static_cast<int>(which));
  if (size_bytes == 0 && (presence == Presence::optional || count == 0)) return {};
  const std::uint64_t end = block.size() - kBlockPadding;
  if (offset % alignof(T) != 0 || offset > end || size_bytes > end - offset) damaged(label + " lies outside");
  if (size_bytes != product(count, sizeof(T))) damaged(label + " has the wrong size");
  return {reinterpret_cast<const T*>(block.data() + offset), static_cast<std::size_t>(count)};
}

// Each feature's place among its kind must be its own.
void check_features(const DataSchema& schema) {
  std::uint32_t next[2] = {0, 0};
  for (const Feature& feature : schema.features) {
    if (feature.kind != FeatureKind::numeric && feature.kind != FeatureKind::categorical)
      damaged("unknown kind of feature");
    if (feature.index != next[static_cast<std::size_t>(feature.kind)]++) damaged("features out of order");
  }
}

}  // namespace

Dataset Dataset::view(std::span<const std::byte> block) {
  JURY_EXPECTS(reinterpret_cast<std::uintptr_t>(block.data()) % alignof(double) == 0);
  BlockHeader header;
  if (block.size() < sizeof(header) + kBlockPadding) damaged("shorter than its header");
  std::memcpy(&header, block.data(), sizeof(header));
  if (header.magic != kBlockMagic || header.version != kBlockVersion) damaged("not a dataset of this version");
  if (header.size_bytes != block.size()) damaged("its size is not the declared one");
  if (header.num_train > kMissingCode || header.num_test > kMissingCode - header.num_train ||
      header.num_validation > header.num_train)
    damaged("too many rows");
  if (header.storage != Storage::f32 && header.storage != Storage::u8) damaged("unknown storage");

  const auto& [offset, size_bytes] = header[BlockSection::schema];
  if (offset > block.size() || size_bytes > block.size() - offset) damaged("the schema lies outside");
  auto schema = std::make_shared<DataSchema>(load_schema(block.subspan(offset, size_bytes)));
  check_features(*schema);

  Dataset data;
  data.block_ = block;
  data.hash_ = header.hash;
  data.num_train_ = header.num_train;
  data.num_test_ = header.num_test;
  data.num_validation_ = header.num_validation;
  data.storage_ = header.storage;
  data.num_numeric_ = count_features(*schema, FeatureKind::numeric);
  data.num_categorical_ = count_features(*schema, FeatureKind::categorical);
  data.schema_ = schema;

  const std::uint64_t rows = data.rows();
  const bool labelled = data.task() == TaskKind::classification;
  const std::uint64_t cells = product(rows, data.num_numeric_);
  const bool as_bytes = data.storage_ == Storage::u8;
  using S = BlockSection;
  using enum Presence;
  data.numeric_ = section<float>(block, header, S::numeric, as_bytes ? 0 : cells, required);
  data.bytes_ = section<std::uint8_t>(block, header, S::bytes, as_bytes ? cells : 0, required);
  data.codes_ = section<std::uint32_t>(block, header, S::codes, product(rows, data.num_categorical_), required);
  data.labels_ = section<std::int32_t>(block, header, S::labels, labelled ? rows : 0, required);
  data.targets_ =
      section<double>(block, header, S::targets, labelled ? 0 : product(rows, data.num_targets()), required);
  data.weight_ = section<float>(block, header, S::weight, rows, optional);
  data.group_ = section<std::int32_t>(block, header, S::group, rows, optional);
  data.time_ = section<double>(block, header, S::time, rows, optional);
  data.truth_ = section<double>(block, header, S::truth, product(rows, data.num_targets()), optional);
  data.posterior_ = section<double>(block, header, S::posterior, product(rows, data.num_classes()), optional);
  data.fold_ = section<std::int32_t>(block, header, S::fold, data.num_train_, optional);
  const std::uint64_t num_splits = data.num_train_ == 0 ? 0 : header[S::parts].size_bytes / data.num_train_;
  data.parts_ = section<SplitPart>(block, header, S::parts, num_splits * data.num_train_, optional);

  for (const std::int32_t label : data.labels_)
    if (label < 0 || static_cast<std::size_t>(label) >= data.num_classes()) damaged("a label names no class");
  for (const std::int32_t fold : data.fold_)
    if (fold < -1 || fold >= static_cast<std::int64_t>(data.num_train_)) damaged("a row names no fold");
  for (const SplitPart part : data.parts_)
    if (part > SplitPart::test) damaged("a row has no part in a split");
  std::vector<std::size_t> sizes;
  for (const Feature& feature : schema->features)
    if (feature.kind == FeatureKind::categorical) sizes.push_back(feature.vocabulary.size());
  for (std::size_t i = 0; i < data.codes_.size(); ++i)
    if (data.codes_[i] != kMissingCode && data.codes_[i] >= sizes[i % sizes.size()])
      damaged("a code names no category");
  return data;
}

Dataset Dataset::own(Bytes block) {
  auto owner = std::make_shared<const Bytes>(std::move(block));
  Dataset data = view(*owner);
  data.owner_ = std::move(owner);
  return data;
}

}  // namespace jury
