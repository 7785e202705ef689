// Hashes and checksums that end up in file names and files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jury {

/// XXH3, 64 bits, over everything added (numbers as 8 little-endian bytes, text with its length).
/// Not cryptographic.
class Hasher {
 public:
  Hasher& add(std::uint64_t number);
  Hasher& add(std::string_view text);
  Hasher& add(std::span<const std::byte> bytes);
  std::uint64_t digest() const noexcept;

 private:
  std::vector<std::byte> bytes_;
};

/// XXH3, 64 bits, of one block.
std::uint64_t hash_bytes(std::span<const std::byte> bytes) noexcept;

/// CRC-32C (Castagnoli), as in iSCSI: crc32c("123456789") == 0xE3069283. Continues from `crc`.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc = 0) noexcept;

/// Lower-case, 16 digits.
std::string hex(std::uint64_t number);

}  // namespace jury
