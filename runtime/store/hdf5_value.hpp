// Arrays and attributes as they are in a results file: what the reader gives and the child streams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/base/bytes.hpp"

namespace jury {

/// Type of an array's elements. The numbers are part of the child's stream.
enum class ElementType : std::uint8_t {
  int8 = 1,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float32,
  float64,
  text,
};

/// Bytes of one element in memory; 0 for text.
std::size_t element_bytes(ElementType type) noexcept;
std::string_view to_string(ElementType type) noexcept;

using AttributeValue = std::variant<std::int64_t, double, std::string>;
using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

/// One dataset in memory, row-major. dims is empty for a scalar.
struct Hdf5Array {
  std::string path = {};  ///< "/trials/value"
  ElementType type = ElementType::float64;
  std::vector<std::uint64_t> dims = {};
  Attributes attributes = {};           ///< those that are one number or one text
  Bytes data = {};                      ///< numbers, native byte order; empty for text
  std::vector<std::string> texts = {};  ///< for text

  std::size_t size() const noexcept;  ///< number of elements
  bool is_bool() const noexcept;      ///< int8 that stands for true and false
  /// The running index of a dimension, which Hdf5Writer makes by itself; no column of its own.
  bool is_dimension() const noexcept;
  /// Element i as a number. Expects a numeric type.
  double number(std::size_t i) const;
  /// Element i as people read it: shortest decimal that reads back, true, false, text; "" for NaN.
  std::string cell(std::size_t i) const;
};

/// Attributes by name, or null.
const AttributeValue* find_attribute(const Attributes& attributes, std::string_view name) noexcept;

/// All numbers, converted. Throws DataError when the array holds text.
std::vector<double> as_doubles(const Hdf5Array& array);

}  // namespace jury
