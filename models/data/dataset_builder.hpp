// Fills the block a Dataset views.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/data/block.hpp"
#include "models/data/dataset.hpp"

namespace jury {

/// Which optional columns a block has.
enum class Extra : std::uint32_t { none = 0, weight = 1, group = 2, time = 4, truth = 8, posterior = 16, fold = 32 };
constexpr Extra operator|(Extra a, Extra b) noexcept {
  return static_cast<Extra>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

/// How many rows a block has, and which columns beside those of its schema.
struct DatasetSize {
  std::size_t num_train = 0;
  std::size_t num_test = 0;
  std::size_t num_validation = 0;  ///< the last of the training rows that are the file's validation part
  Storage storage = Storage::f32;
  Extra extras = Extra::none;
  std::size_t num_splits = 0;  ///< of index files
};

/// Bytes of the block, exactly, before anything is allocated for it.
std::uint64_t dataset_bytes(const DataSchema& schema, const DatasetSize& size);

/// Allocates the block, hands out its columns to be written, and seals it.
///
///   DatasetBuilder builder(schema, {.num_train = 2});
///   builder.numeric()[0] = 1.5F; ...
///   const Dataset dataset = Dataset::own(std::move(builder).finish());
class DatasetBuilder {
 public:
  /// Features are numbered (Feature::index) in their order. Columns start as zeros.
  DatasetBuilder(DataSchema schema, const DatasetSize& size);

  std::span<float> numeric() noexcept;        ///< (rows, numeric features), NaN = missing
  std::span<std::uint8_t> bytes() noexcept;   ///< the same for Storage::u8
  std::span<std::uint32_t> codes() noexcept;  ///< (rows, categorical features)
  std::span<std::int32_t> labels() noexcept;  ///< (rows)
  std::span<double> targets() noexcept;       ///< (rows, targets)
  std::span<float> weight() noexcept;         ///< (rows), with Extra::weight
  std::span<std::int32_t> group() noexcept;   ///< (rows), with Extra::group
  std::span<double> time() noexcept;          ///< (rows), with Extra::time
  std::span<double> truth() noexcept;         ///< (rows, targets), with Extra::truth
  std::span<double> posterior() noexcept;     ///< (rows, classes), with Extra::posterior

  std::span<std::int32_t> fold() noexcept;  ///< (num_train), with Extra::fold
  std::span<SplitPart> parts() noexcept;    ///< (num_splits, num_train)

  /// Counts missing cells, writes schema and hash. O(bytes).
  Bytes finish() &&;

 private:
  template <class T>
  std::span<T> section(BlockSection which) noexcept;

  DataSchema schema_;
  Bytes block_;
};

}  // namespace jury
