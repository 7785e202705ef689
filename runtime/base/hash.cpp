#include "runtime/base/hash.hpp"

#include <xxhash.h>

#include <array>
#include <bit>
#include <cstring>

namespace jury {
namespace {

static_assert(std::endian::native == std::endian::little, "files are little-endian");

constexpr auto make_crc_table() {
  std::array<std::array<std::uint32_t, 256>, 8> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
    table[0][i] = crc;
  }
  for (std::size_t slice = 1; slice < 8; ++slice)
    for (std::size_t i = 0; i < 256; ++i)
      table[slice][i] = (table[slice - 1][i] >> 8) ^ table[0][table[slice - 1][i] & 0xFFU];
  return table;
}
constexpr auto kCrc = make_crc_table();

}  // namespace

Hasher& Hasher::add(std::uint64_t number) { return add(std::as_bytes(std::span(&number, 1))); }
Hasher& Hasher::add(std::string_view text) {
  add(std::uint64_t{text.size()});
  return add(std::as_bytes(std::span(text)));
}
Hasher& Hasher::add(std::span<const std::byte> bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}
std::uint64_t Hasher::digest() const noexcept { return hash_bytes(bytes_); }

std::uint64_t hash_bytes(std::span<const std::byte> bytes) noexcept { return XXH3_64bits(bytes.data(), bytes.size()); }

// Slicing by eight (Kounavis and Berry 2005): eight table look-ups a 64-bit word.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc) noexcept {
  crc = ~crc;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, 8);
    word ^= crc;
    crc = 0;
    for (std::size_t slice = 0; slice < 8; ++slice) crc ^= kCrc[7 - slice][(word >> (8 * slice)) & 0xFFU];
  }
  for (; i < bytes.size(); ++i) crc = (crc >> 8) ^ kCrc[0][(crc ^ std::to_integer<std::uint32_t>(bytes[i])) & 0xFFU];
  return ~crc;
}

std::string hex(std::uint64_t number) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; number >>= 4) text[i] = digits[number & 0xFU];
  return text;
}

}  // namespace jury
