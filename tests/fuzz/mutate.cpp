// Changes that readers trip over.
#include <algorithm>
#include <array>
#include <bit>

#include "fuzz.hpp"

namespace jury {
namespace {

constexpr std::size_t kMaxInputBytes = std::size_t{1} << 20;

constexpr std::array<std::string_view, 22> kHostileTexts = {"-1",
                                                            "0",
                                                            "1",
                                                            "65536",
                                                            "-2147483648",
                                                            "2147483648",
                                                            "4294967295",
                                                            "-9223372036854775808",
                                                            "9223372036854775807",
                                                            "18446744073709551616",
                                                            "99999999999999999999999",
                                                            "1e308",
                                                            "-1e309",
                                                            "nan",
                                                            "inf",
                                                            "1e-400",
                                                            "",
                                                            "?",
                                                            "\xFF\xFE",
                                                            "\"",
                                                            "{",
                                                            "%s%n$(touch x);../../x\n"};
constexpr std::array<std::uint64_t, 14> kHostileNumbers = {0,
                                                           1,
                                                           2,
                                                           0x7F,
                                                           0x80,
                                                           0xFF,
                                                           0x7FFF,
                                                           0xFFFF,
                                                           0x7FFFFFFF,
                                                           0x80000000,
                                                           0xFFFFFFFF,
                                                           0x7FFFFFFFFFFFFFFF,
                                                           0x8000000000000000,
                                                           0xFFFFFFFFFFFFFFFF};

// A place in the bytes and how many there are from it, short ones most often.
struct Range {
  std::size_t begin = 0, size = 0;
};
Range some_range(const Bytes& bytes, Rng& rng) {
  const std::size_t begin = rng.below(bytes.size());
  const std::size_t most = std::size_t{1} << rng.below(12);
  return {begin, 1 + rng.below(std::min(most, bytes.size() - begin))};
}

bool is_number_part(std::byte byte) {
  const char c = static_cast<char>(byte);
  return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+';
}

// Puts a hostile text in the place of the number at or after a random place.
void replace_number(Bytes& bytes, Rng& rng) {
  const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(rng.below(bytes.size()));
  const auto begin = std::find_if(from, bytes.end(), is_number_part);
  const auto end = std::find_if_not(begin, bytes.end(), is_number_part);
  const Bytes text = fuzz_bytes(kHostileTexts[rng.below(kHostileTexts.size())]);
  const auto at = bytes.erase(begin, end);
  bytes.insert(at, text.begin(), text.end());
}

// Puts a hostile number of 1, 2, 4 or 8 bytes over what is there, in either byte order, or moves the number there a
// bit.
void overwrite_number(Bytes& bytes, Rng& rng) {
  const std::size_t width = std::min(std::size_t{1} << rng.below(4), bytes.size());
  const std::size_t at = rng.below(bytes.size() - width + 1);
  std::uint64_t value = kHostileNumbers[rng.below(kHostileNumbers.size())];
  if (rng.below(3) == 0) {
    std::memcpy(&value, bytes.data() + at, width);
    value += rng.below(33) - 16;
  }
  std::array<std::byte, 8> raw = std::bit_cast<std::array<std::byte, 8>>(value);
  if (rng.below(4) == 0) std::reverse(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(width));
  std::copy_n(raw.begin(), width, bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

void repeat(Bytes& bytes, Rng& rng) {
  const auto [begin, size] = some_range(bytes, rng);
  const Bytes part(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                   bytes.begin() + static_cast<std::ptrdiff_t>(begin + size));
  const std::uint64_t times = std::min<std::uint64_t>(std::uint64_t{1} << rng.below(13), 65536 / size + 1);
  Bytes all;
  for (std::uint64_t i = 0; i < times; ++i) all.insert(all.end(), part.begin(), part.end());
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(begin), all.begin(), all.end());
}

void splice(Bytes& bytes, const Bytes& other, Rng& rng) {
  if (other.empty()) return;
  const auto [begin, size] = some_range(other, rng);
  const auto from = other.begin() + static_cast<std::ptrdiff_t>(begin);
  bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(rng.below(bytes.size() + 1)), from,
               from + static_cast<std::ptrdiff_t>(size));
}

void change_once(Bytes& bytes, std::span<const Bytes> samples, Rng& rng) {
  const std::uint64_t kind = rng.below(9);
  if (bytes.empty() || kind == 0) return splice(bytes, samples[rng.below(samples.size())], rng);
  const auto [begin, size] = some_range(bytes, rng);
  const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(begin);
  switch (kind) {
    case 1:
      *at ^= static_cast<std::byte>(1U << rng.below(8));
      return;
    case 2:
      *at = static_cast<std::byte>(rng.below(256));
      return;
    case 3:
      bytes.erase(at, at + static_cast<std::ptrdiff_t>(size));
      return;
    case 4:
      bytes.insert(at, size, static_cast<std::byte>(rng.below(256)));
      return;
    case 5:
      return repeat(bytes, rng);
    case 6:
      return replace_number(bytes, rng);
    case 7:
      if (rng.below(3) == 0) bytes.resize(begin);
      return;
    default:
      return overwrite_number(bytes, rng);
  }
}

}  // namespace

Bytes mutate(std::span<const Bytes> samples, Rng& rng) {
  Bytes bytes = samples[rng.below(samples.size())];
  for (std::uint64_t left = 1 + rng.below(std::uint64_t{1} << rng.below(5)); left > 0; --left)
    change_once(bytes, samples, rng);
  bytes.resize(std::min(bytes.size(), kMaxInputBytes));
  return bytes;
}

}  // namespace jury
