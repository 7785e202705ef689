// Sets of dataset rows: what a fitted object has seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/base/bytes.hpp"

namespace jury {

/// A set of rows of one dataset. Rows of different datasets (`domain`, see Dataset::domain()) are
/// never the same row, so a set drawn freshly from a generator shares nothing with another draw.
/// A bitset: n/8 bytes whatever is in it; every operation costs at most O(n/64 + rows given).
class RowSet {
 public:
  RowSet() = default;  ///< no row of no dataset
  /// The rows of a list in which rows may repeat.
  RowSet(std::uint64_t domain, std::span<const std::uint32_t> rows);

  std::uint64_t domain() const noexcept { return domain_; }
  bool contains(std::uint64_t domain, std::uint32_t row) const noexcept;
  /// Whether any row is in both.
  bool intersects(const RowSet& other) const noexcept;
  /// Number of different rows.
  std::size_t count() const noexcept;
  bool empty() const noexcept { return count() == 0; }

  void insert(std::uint32_t row);
  /// Adds the rows of another set. Expects the same domain, unless one of the sets is empty.
  void insert(const RowSet& other);

  void save(ByteWriter& writer) const;
  /// Throws DataError when the bytes end early.
  static RowSet load(ByteReader& reader);
  bool operator==(const RowSet& other) const noexcept;

 private:
  std::uint64_t domain_ = 0;
  std::vector<std::uint64_t> words_;  // the last word is never zero
};

}  // namespace jury
