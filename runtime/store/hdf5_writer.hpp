// Writes results files: one group a table, one dataset a column, dimension scales attached.
//
// The files open in h5py, pandas and in xarray through netcdf4 and h5netcdf, e.g.
// xarray.open_dataset("results.h5", group="trials").to_dataframe(). The same calls give the same
// bytes, at any time and on any machine.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/store/file.hpp"
#include "runtime/store/hdf5_value.hpp"

namespace jury {

/// Numbers that a results file can hold.
template <class T>
concept Hdf5Number = std::is_same_v<T, std::int8_t> || std::is_same_v<T, std::int16_t> ||
    std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::uint8_t> ||
    std::is_same_v<T, std::uint16_t> || std::is_same_v<T, std::uint32_t> || std::is_same_v<T, std::uint64_t> ||
    std::is_same_v<T, float> || std::is_same_v<T, double>;

template <Hdf5Number T>
constexpr ElementType element_type_of() noexcept {
  if constexpr (std::is_same_v<T, float>) return ElementType::float32;
  if constexpr (std::is_same_v<T, double>) return ElementType::float64;
  constexpr int first = std::is_signed_v<T> ? 1 : 5;
  constexpr int size = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
  return static_cast<ElementType>(first + size);
}

/// Names of an array's axes with their lengths, outermost first: {{"member", 25}, {"row", 1797}}.
struct Dimension {
  std::string name = {};
  std::uint64_t size = 0;
};

/// What is recorded beside an array.
struct About {
  std::string units = {};  ///< "s", "B"; never "seconds", which readers turn into another type
  std::string help = {};   ///< one sentence, recorded as long_name
};

class Hdf5Writer;

/// A group of the file under construction. A light name: copy it freely, within the writer's life.
/// All arrays of a group that name the same dimension share it, and must agree on its size. An array
/// with the name of its only dimension, added before any other uses it, gives the dimension's labels;
/// without one a dimension is numbered from 0.
class Hdf5Group {
 public:
  /// The group below this one, made at first use; "a/b" makes both.
  Hdf5Group group(std::string_view name) const;

  void attribute(std::string_view name, std::string_view text) const;
  void attribute(std::string_view name, std::int64_t number) const;
  void attribute(std::string_view name, double number) const;

  /// An array of numbers, row-major, one value for each combination of the dimensions; no dimension:
  /// a scalar. Expects values.size() to be the product of the sizes. Throws IoError.
  template <Hdf5Number T>
  void array(std::string_view name, std::span<const T> values, const std::vector<Dimension>& dims,
             const About& about = {}) const {
    raw_array(name, element_type_of<T>(), std::as_bytes(values), dims, about);
  }
  template <Hdf5Number T>
  void array(std::string_view name, const std::vector<T>& values, const std::vector<Dimension>& dims,
             const About& about = {}) const {
    array(name, std::span<const T>(values), dims, about);
  }
  /// An array of texts, UTF-8 (bytes that are not become U+FFFD). Missing is "".
  void texts(std::string_view name, std::span<const std::string> values, const std::vector<Dimension>& dims,
             const About& about = {}) const;
  /// One text, as a scalar dataset.
  void text(std::string_view name, std::string_view value, const About& about = {}) const;
  /// True and false, kept as int8 with the attribute dtype = "bool".
  void bools(std::string_view name, const std::vector<bool>& values, const std::vector<Dimension>& dims,
             const About& about = {}) const;

 private:
  friend class Hdf5Writer;
  Hdf5Group(Hdf5Writer& writer, std::string path) : writer_(&writer), path_(std::move(path)) {}
  void raw_array(std::string_view name, ElementType type, std::span<const std::byte> values,
                 const std::vector<Dimension>& dims, const About& about) const;

  Hdf5Writer* writer_;
  std::string path_;
};

/// A table: columns of one length, in the order in which they are added.
///
///   TableWriter(file.root().group("trials"), "row", n)
///       .column("trial", trials).column("value", values).column("state", states);
class TableWriter {
 public:
  /// The index `dimension` counts the rows from 0.
  TableWriter(Hdf5Group group, std::string dimension, std::size_t num_rows)
      : group_(group), dims_{{std::move(dimension), num_rows}} {}

  /// Expects one value a row.
  template <Hdf5Number T>
  TableWriter& column(std::string_view name, std::span<const T> values, const About& about = {}) {
    group_.array(name, values, dims_, about);
    return *this;
  }
  template <Hdf5Number T>
  TableWriter& column(std::string_view name, const std::vector<T>& values, const About& about = {}) {
    return column(name, std::span<const T>(values), about);
  }
  TableWriter& column(std::string_view name, const std::vector<std::string>& values, const About& about = {}) {
    group_.texts(name, values, dims_, about);
    return *this;
  }
  TableWriter& column(std::string_view name, const std::vector<bool>& values, const About& about = {}) {
    group_.bools(name, values, dims_, about);
    return *this;
  }

 private:
  Hdf5Group group_;
  std::vector<Dimension> dims_;
};

/// An HDF5 file under construction. Numbers over 1 MiB are chunked and compressed (shuffle, deflate),
/// everything else is contiguous. Every failure is an IoError with HDF5's own text.
class Hdf5Writer {
 public:
  /// Creates the file, or empties the one that is there.
  explicit Hdf5Writer(const std::string& path);
  Hdf5Writer(const Hdf5Writer&) = delete;
  Hdf5Writer& operator=(const Hdf5Writer&) = delete;
  ~Hdf5Writer();

  Hdf5Group root() { return {*this, ""}; }
  /// The group at "a/b/c", made at first use with those above it.
  Hdf5Group group(std::string_view path) { return root().group(path); }

  /// Completes the dimension scales, flushes and closes. Without it the file is incomplete.
  void close();

 private:
  friend class Hdf5Group;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Writes a whole HDF5 file aside through `fill`, closes it and puts it in place: at `path` is either
/// the old file or the whole new one. Throws what `fill` throws, and IoError.
void write_hdf5_aside(const std::string& path, const std::function<void(Hdf5Writer&)>& fill,
                      FileSystem& files = system_files());

}  // namespace jury
