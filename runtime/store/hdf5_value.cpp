#include "runtime/store/hdf5_value.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

// Calls `visit` with element i in its own type. Expects numbers.
template <class Visit>
auto with_number(const Hdf5Array& array, std::size_t i, const Visit& visit) {
  const auto as = [&]<class T>(T value) {
    JURY_EXPECTS((i + 1) * sizeof value <= array.data.size());
    std::memcpy(&value, array.data.data() + i * sizeof value, sizeof value);
    return visit(value);
  };
  switch (array.type) {
    case ElementType::int8:
      return as(std::int8_t{});
    case ElementType::int16:
      return as(std::int16_t{});
    case ElementType::int32:
      return as(std::int32_t{});
    case ElementType::int64:
      return as(std::int64_t{});
    case ElementType::uint8:
      return as(std::uint8_t{});
    case ElementType::uint16:
      return as(std::uint16_t{});
    case ElementType::uint32:
      return as(std::uint32_t{});
    case ElementType::uint64:
      return as(std::uint64_t{});
    case ElementType::float32:
      return as(float{});
    case ElementType::float64:
    case ElementType::text:
      break;
  }
  JURY_EXPECTS(array.type != ElementType::text);
  return as(double{});
}

}  // namespace

std::size_t element_bytes(ElementType type) noexcept {
  switch (type) {
    case ElementType::int8:
    case ElementType::uint8:
      return 1;
    case ElementType::int16:
    case ElementType::uint16:
      return 2;
    case ElementType::int32:
    case ElementType::uint32:
    case ElementType::float32:
      return 4;
    case ElementType::int64:
    case ElementType::uint64:
    case ElementType::float64:
      return 8;
    case ElementType::text:
      break;
  }
  return 0;
}

std::string_view to_string(ElementType type) noexcept {
  static constexpr std::string_view names[] = {"?",      "int8",   "int16",  "int32",   "int64",   "uint8",
                                               "uint16", "uint32", "uint64", "float32", "float64", "text"};
  const auto index = static_cast<std::size_t>(type);
  return index < std::size(names) ? names[index] : names[0];
}

std::size_t Hdf5Array::size() const noexcept {
  std::size_t count = 1;
  for (const std::uint64_t dim : dims) count *= static_cast<std::size_t>(dim);
  return count;
}

bool Hdf5Array::is_bool() const noexcept {
  const AttributeValue* kind = find_attribute(attributes, "dtype");
  return type == ElementType::int8 && kind != nullptr && *kind == AttributeValue(std::string("bool"));
}

bool Hdf5Array::is_dimension() const noexcept { return find_attribute(attributes, "index") != nullptr; }

double Hdf5Array::number(std::size_t i) const {
  return with_number(*this, i, [](auto value) { return static_cast<double>(value); });
}

std::string Hdf5Array::cell(std::size_t i) const {
  JURY_EXPECTS(i < size());
  if (type == ElementType::text) return texts[i];
  if (is_bool()) return data[i] == std::byte{0} ? "false" : "true";
  return with_number(*this, i, [](auto value) -> std::string {
    if constexpr (std::is_floating_point_v<decltype(value)>)
      if (std::isnan(value)) return "";
    return fmt::format("{}", value);
  });
}

const AttributeValue* find_attribute(const Attributes& attributes, std::string_view name) noexcept {
  for (const auto& [key, value] : attributes)
    if (key == name) return &value;
  return nullptr;
}

std::vector<double> as_doubles(const Hdf5Array& array) {
  if (array.type == ElementType::text) throw DataError("'" + array.path + "' holds text (numbers are needed here)");
  std::vector<double> numbers(array.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = array.number(i);
  return numbers;
}

}  // namespace jury
