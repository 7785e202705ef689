// Arrays as one .npz: a zip archive of .npy files, nothing compressed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jury {

/// Adds arrays one after the other; numpy.load() reads what take() gives. All of a file's bytes follow from its arrays:
/// there are no times in it. An archive is at most 4 GiB (zip without its 64 bit extension).
///
/// Formats: npy_header(); PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.16.
class NpzWriter {
 public:
  using Dims = std::vector<std::uint64_t>;

  /// Row-major arrays, little-endian. Names are those of the archive, without ".npy". Expect as many values as `dims`
  /// say. Throw DataError when the archive gets too large.
  void add(const std::string& name, const Dims& dims, std::span<const float> values);
  void add(const std::string& name, const Dims& dims, std::span<const double> values);
  void add(const std::string& name, const Dims& dims, std::span<const std::int64_t> values);
  void add(const std::string& name, const Dims& dims, std::span<const std::uint8_t> values);
  /// UTF-8 texts, one dimension, as numpy's unicode arrays: padded to the longest.
  void add(const std::string& name, std::span<const std::string> values);

  /// The archive. Nothing can be added then.
  std::string take();

 private:
  struct Entry {
    std::string name;
    std::uint32_t crc, size, offset;
  };
  void add_file(const std::string& name, std::string_view header, std::string_view data);

  std::string bytes_;
  std::vector<Entry> entries_;
};

}  // namespace jury
