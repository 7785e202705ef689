// Plain values to and from bytes, for records, messages and files. Little-endian, no padding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/base/error.hpp"

namespace jury {

using Bytes = std::vector<std::byte>;

/// Appends values to a block of bytes. Vectors and text carry their length (8 bytes) first.
class ByteWriter {
 public:
  template <class T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T> ByteWriter& add(T value) {
    return raw(std::as_bytes(std::span(&value, 1)));
  }
  ByteWriter& add(std::string_view text) {
    add(std::uint64_t{text.size()});
    return raw(std::as_bytes(std::span(text)));
  }
  template <class T>
  requires std::is_trivially_copyable_v<T> ByteWriter& add(std::span<const T> values) {
    add(std::uint64_t{values.size()});
    return raw(std::as_bytes(values));
  }
  template <class T>
  ByteWriter& add(const std::vector<T>& values) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      return add(std::span<const T>(values));
    } else {
      add(std::uint64_t{values.size()});
      for (const T& value : values) add(value);
      return *this;
    }
  }
  ByteWriter& raw(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  const Bytes& bytes() const noexcept { return bytes_; }
  Bytes take() noexcept { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// Reads what ByteWriter wrote. Never trusts a length: Throws DataError when the bytes end early,
/// before anything is allocated for them.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) noexcept : rest_(bytes) {}

  template <class T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T> T read() {
    T value{};
    const auto bytes = raw(sizeof(T));
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  std::string text() {
    const auto bytes = raw(length(1));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  template <class T>
  requires std::is_trivially_copyable_v<T> std::vector<T> vector() {
    const std::size_t count = length(sizeof(T));
    std::vector<T> values(count);
    const auto bytes = raw(count * sizeof(T));
    if (count > 0) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }
  std::vector<std::string> texts() {
    std::vector<std::string> values(length(8));
    for (auto& value : values) value = text();
    return values;
  }
  std::span<const std::byte> raw(std::size_t size) {
    if (size > rest_.size()) throw DataError("record ends early (damaged or of another version)");
    const auto bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return bytes;
  }
  bool empty() const noexcept { return rest_.empty(); }
  /// Bytes that are not read yet.
  std::size_t num_left() const noexcept { return rest_.size(); }

 private:
  std::size_t length(std::size_t element_size) {
    const auto count = read<std::uint64_t>();
    if (count > rest_.size() / element_size) throw DataError("record ends early (damaged or of another version)");
    return static_cast<std::size_t>(count);
  }

  std::span<const std::byte> rest_;
};

}  // namespace jury
