#include "runtime/store/hdf5_stream.hpp"

#include <limits>

#include "runtime/base/error.hpp"

namespace jury::hdf5_stream {
namespace {

constexpr std::uint64_t kNoIndex = std::numeric_limits<std::uint64_t>::max();

}  // namespace

Bytes to_bytes(const Attributes& attributes) {
  ByteWriter out;
  out.add(std::uint64_t{attributes.size()});
  for (const auto& [name, value] : attributes) {
    out.add(std::string_view(name)).add(static_cast<std::uint8_t>(value.index()));
    if (const auto* whole = std::get_if<std::int64_t>(&value)) out.add(*whole);
    if (const auto* number = std::get_if<double>(&value)) out.add(*number);
    if (const auto* text = std::get_if<std::string>(&value)) out.add(std::string_view(*text));
  }
  return out.take();
}

Attributes attributes_from(ByteReader& in) {
  Attributes attributes;
  for (auto count = in.read<std::uint64_t>(); count > 0; --count) {
    std::string name = in.text();
    switch (in.read<std::uint8_t>()) {
      case 0:
        attributes.emplace_back(std::move(name), in.read<std::int64_t>());
        break;
      case 1:
        attributes.emplace_back(std::move(name), in.read<double>());
        break;
      case 2:
        attributes.emplace_back(std::move(name), in.text());
        break;
      default:
        throw DataError("an attribute of an unknown kind");
    }
  }
  return attributes;
}

Bytes to_bytes(const Hdf5Array& array) {
  ByteWriter out;
  out.add(std::string_view(array.path)).add(array.type).add(array.dims).raw(to_bytes(array.attributes));
  return out.take();
}

Hdf5Array array_from(ByteReader& in) {
  Hdf5Array array;
  array.path = in.text();
  array.type = in.read<ElementType>();
  if (array.type < ElementType::int8 || array.type > ElementType::text) throw DataError("an array of an unknown type");
  array.dims = in.vector<std::uint64_t>();
  array.attributes = attributes_from(in);
  return array;
}

Bytes to_bytes(const Hdf5Difference& difference) {
  ByteWriter out;
  out.add(std::string_view(difference.path))
      .add(difference.index.value_or(kNoIndex))
      .add(std::string_view(difference.text));
  return out.take();
}

Hdf5Difference difference_from(ByteReader& in) {
  Hdf5Difference difference;
  difference.path = in.text();
  if (const auto index = in.read<std::uint64_t>(); index != kNoIndex) difference.index = index;
  difference.text = in.text();
  return difference;
}

}  // namespace jury::hdf5_stream
