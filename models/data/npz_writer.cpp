#include "models/data/npz_writer.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "models/data/npy_format.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

static_assert(std::endian::native == std::endian::little);

// Little-endian numbers one after the other.
template <class... Numbers>
std::string fields(Numbers... numbers) {
  std::string out;
  const auto add = [&](auto number) {
    for (std::size_t i = 0; i < sizeof number; ++i) out.push_back(static_cast<char>((number >> (8 * i)) & 0xFF));
  };
  (add(numbers), ...);
  return out;
}

std::uint16_t short_of(std::size_t number) { return static_cast<std::uint16_t>(number); }

// What goes for a file, in front of it and in the archive's list: version 2.0, names in UTF-8, stored, of 1 January
// 1980.
std::string common_fields(std::uint32_t crc, std::uint32_t size, std::size_t name_size) {
  constexpr std::uint16_t kVersion = 20, kUtf8 = 1U << 11, kStored = 0, kTime = 0, kDate = (1U << 5) | 1U, kExtra = 0;
  return fields(kVersion, kUtf8, kStored, kTime, kDate, crc, size, size, short_of(name_size), kExtra);
}

std::uint64_t product(const NpzWriter::Dims& dims) {
  std::uint64_t all = 1;
  for (const std::uint64_t dim : dims) all *= dim;
  return all;
}

template <class T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

// UTF-8 to code points; a byte that is none of it stands for itself.
std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    char32_t point = more == 0 ? lead : lead & (0x3FU >> more);
    std::size_t read = 1;
    while (read <= more && i + read < text.size() && (static_cast<unsigned char>(text[i + read]) & 0xC0U) == 0x80U)
      point = (point << 6) | (static_cast<unsigned char>(text[i + read++]) & 0x3FU);
    const bool whole = read == more + 1;
    out.push_back(whole ? point : lead);
    i += whole ? read : 1;
  }
  return out;
}

}  // namespace

void NpzWriter::add(const std::string& name, const Dims& dims, std::span<const float> values) {
  JURY_EXPECTS(values.size() == product(dims));
  add_file(name, npy_header("<f4", dims), bytes_of(values));
}

void NpzWriter::add(const std::string& name, const Dims& dims, std::span<const double> values) {
  JURY_EXPECTS(values.size() == product(dims));
  add_file(name, npy_header("<f8", dims), bytes_of(values));
}

void NpzWriter::add(const std::string& name, const Dims& dims, std::span<const std::int64_t> values) {
  JURY_EXPECTS(values.size() == product(dims));
  add_file(name, npy_header("<i8", dims), bytes_of(values));
}

void NpzWriter::add(const std::string& name, const Dims& dims, std::span<const std::uint8_t> values) {
  JURY_EXPECTS(values.size() == product(dims));
  add_file(name, npy_header("|u1", dims), bytes_of(values));
}

void NpzWriter::add(const std::string& name, std::span<const std::string> values) {
  std::vector<std::u32string> texts;
  std::size_t longest = 1;
  for (const std::string& value : values) longest = std::max(longest, texts.emplace_back(code_points(value)).size());
  std::u32string all;
  for (std::u32string& text : texts) {
    text.resize(longest);
    all += text;
  }
  add_file(name, npy_header(fmt::format("<U{}", longest), {values.size()}), bytes_of(std::span<const char32_t>(all)));
}

void NpzWriter::add_file(const std::string& name, std::string_view header, std::string_view data) {
  constexpr std::uint32_t kLocalHeader = 0x04034b50;
  constexpr std::size_t kMost =
      std::numeric_limits<std::uint32_t>::max() - (std::size_t{1} << 24);  // less the archive's list
  const std::string path = name + ".npy";
  const std::size_t size = header.size() + data.size();
  if (bytes_.size() + size > kMost || entries_.size() >= std::numeric_limits<std::uint16_t>::max())
    throw DataError(fmt::format("'{}' does not fit into the .npz (it holds 4 GiB and 65,535 arrays)", name));
  const auto part = [](uLong crc, std::string_view bytes) {
    return crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  };
  const auto crc = static_cast<std::uint32_t>(part(part(0, header), data));
  const Entry entry{.name = path,
                    .crc = crc,
                    .size = static_cast<std::uint32_t>(size),
                    .offset = static_cast<std::uint32_t>(bytes_.size())};
  bytes_ += fields(kLocalHeader) + common_fields(crc, entry.size, path.size()) + path;
  bytes_.append(header).append(data);
  entries_.push_back(entry);
}

std::string NpzWriter::take() {
  constexpr std::uint32_t kCentralHeader = 0x02014b50, kEnd = 0x06054b50;
  constexpr std::uint16_t kMadeBy = 20, kNone = 0;
  const auto start = static_cast<std::uint32_t>(bytes_.size());
  for (const Entry& entry : entries_)
    bytes_ += fields(kCentralHeader, kMadeBy) + common_fields(entry.crc, entry.size, entry.name.size()) +
              fields(kNone, kNone, kNone, std::uint32_t{0}, entry.offset) + entry.name;
  const auto size = static_cast<std::uint32_t>(bytes_.size()) - start;
  bytes_ += fields(kEnd, kNone, kNone, short_of(entries_.size()), short_of(entries_.size()), size, start, kNone);
  return std::move(bytes_);
}

}  // namespace jury
