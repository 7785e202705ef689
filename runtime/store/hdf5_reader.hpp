// Reads HDF5 files in this process: our own results, and arrays of foreign files.
//
// A damaged or hostile file can crash the HDF5 library. Whoever has not just written the file reads
// it through hdf5_child.hpp, which runs this code in a process of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/store/hdf5_value.hpp"

namespace jury {

/// A name in a group.
struct Hdf5Entry {
  enum class Kind { group, array, other };
  std::string path = {};  ///< "/trials/value"
  Kind kind = Kind::other;
};

/// Bounds on what is read, whatever a file claims.
struct Hdf5Limits {
  std::uint64_t max_bytes = std::uint64_t{4} << 30;  ///< of one array
};

/// Rows of an array: places in its first dimension. Those that it does not have are left out.
struct RowRange {
  std::uint64_t first = 0;
  std::uint64_t count = std::uint64_t{1} << 62;
};

/// An open file. Follows hard links only; never loads a plugin. Throws IoError when the file cannot
/// be opened as a file, DataError for everything wrong with its content.
class Hdf5Reader {
 public:
  explicit Hdf5Reader(const std::string& path, Hdf5Limits limits = {});
  ~Hdf5Reader();
  Hdf5Reader(Hdf5Reader&&) noexcept;

  /// Names directly in a group ("/" or "/trials"), in the order they were written where the file
  /// knows it, else by name.
  std::vector<Hdf5Entry> list(const std::string& group) const;
  /// Everything below a group, each group before what it holds.
  std::vector<Hdf5Entry> list_all(const std::string& group) const;
  bool has(const std::string& path) const;

  /// An array of a results file: any number type, or variable-length text.
  Hdf5Array read(const std::string& path) const;

  /// An array of a foreign file, of the kinds that are safe to read: numbers or fixed-length text, at
  /// most three dimensions, contiguous or chunked, no filters but HDF5's own deflate, shuffle and
  /// fletcher32, no external storage, no links but hard ones. The limits are on what is read of it.
  Hdf5Array read_foreign(const std::string& path, RowRange rows = {}) const;

  Attributes attributes(const std::string& path) const;
  /// Dimensions of an array, without reading it.
  std::size_t num_dimensions(const std::string& path) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jury
