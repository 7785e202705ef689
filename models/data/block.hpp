// The layout of a dataset's block: a header of fixed size, then sections at 64-byte offsets.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "models/data/dataset.hpp"

namespace jury {

/// Sections of a block, in the order they lie in it. An absent one has size 0.
enum class BlockSection : std::uint32_t {
  schema,
  numeric,
  bytes,
  codes,
  labels,
  targets,
  weight,
  group,
  time,
  truth,
  posterior,
  fold,
  parts
};
inline constexpr std::size_t kNumBlockSections = 13;
inline constexpr std::uint64_t kBlockMagic = 0x3141544144595255;  // "URYDATA1"
inline constexpr std::uint32_t kBlockVersion = 2;
/// Bytes behind the last section: kernels load whole vectors and may look past a matrix's last row.
inline constexpr std::uint64_t kBlockPadding = 64;

/// First bytes of a block, little-endian, without padding.
struct BlockHeader {
  struct Section {
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
  };
  std::uint64_t magic = kBlockMagic;
  std::uint32_t version = kBlockVersion;
  Storage storage = Storage::f32;
  std::uint64_t size_bytes = 0;
  std::uint64_t hash = 0;  ///< XXH3 of the block with this field zero
  std::uint64_t num_train = 0;
  std::uint64_t num_test = 0;
  std::uint64_t num_validation = 0;
  std::array<Section, kNumBlockSections> sections{};

  Section& operator[](BlockSection which) noexcept { return sections[static_cast<std::size_t>(which)]; }
  const Section& operator[](BlockSection which) const noexcept { return sections[static_cast<std::size_t>(which)]; }
};

Bytes save_schema(const DataSchema& schema);
/// Throws DataError when the bytes are no schema.
DataSchema load_schema(std::span<const std::byte> bytes);

/// Number of features of a kind.
std::size_t count_features(const DataSchema& schema, FeatureKind kind) noexcept;

}  // namespace jury
