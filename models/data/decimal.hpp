// Decimal numbers out of text, exactly and without a second look at most of them.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace jury {

namespace decimal {

inline constexpr std::array<double, 23> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
inline constexpr std::array<std::uint64_t, 9> kWholePowers = {1,       10,        100,        1000,       10'000,
                                                              100'000, 1'000'000, 10'000'000, 100'000'000};
inline constexpr std::int64_t kMostDigits = 19;  // 10^19 fits into 64 bits
inline constexpr std::uint64_t kMostExact = std::uint64_t{1} << 53;

/// std::from_chars of the characters of one number; null unless it takes them all.
const char* read_slowly(const char* begin, const char* end, double& value) noexcept;

/// The number of eight digits, one a byte, the first in the lowest: neighbours joined to pairs, pairs to fours, fours
/// to eight.
inline std::uint64_t joined(std::uint64_t digits) noexcept {
  digits = digits * 10 + (digits >> 8);
  const std::uint64_t low = (digits & 0x000000ff000000ffU) * 0x000f424000000064U;         // 100 + (10^6 << 32)
  const std::uint64_t high = (digits >> 16 & 0x000000ff000000ffU) * 0x0000271000000001U;  // 1 + (10^4 << 32)
  return (low + high) >> 32;
}

/// A digit becomes its value under exclusive or, anything else more than 9.
inline constexpr std::uint64_t kZeros = 0x3030303030303030U;

/// The highest bit of each byte that is no digit once kZeros is taken off; only the first such byte is sure.
inline std::uint64_t not_digits(std::uint64_t word) noexcept {
  return ((word + 0x7676767676767676U) | word) & 0x8080808080808080U;
}

/// Appends the digits at `at` to `number`, modulo 2^64; the first character that is none. Whatever their count, eight
/// characters are one step without a loop: lengths of numbers are what a processor cannot predict.
inline const char* take_digits(const char* at, const char* end, std::uint64_t& number) noexcept {
  while (end - at >= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    word ^= kZeros;
    const std::uint64_t others = not_digits(word);
    if (others == 0) {
      number = number * kWholePowers[8] + joined(word);
      at += 8;
      continue;
    }
    const auto count = static_cast<unsigned>(std::countr_zero(others)) / 8;
    number = number * kWholePowers[count] + joined(word << (56 - 8 * count) << 8);  // zeros in front
    return at + count;
  }
  for (; at != end && static_cast<unsigned char>(*at - '0') < 10; ++at)
    number = number * 10 + static_cast<std::uint64_t>(*at - '0');
  return at;
}

/// The exponent behind 'e'; null where there is none or a huge one.
inline const char* take_exponent(const char* at, const char* end, std::int64_t& exponent) noexcept {
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+')) ++at;
  std::uint64_t digits = 0;
  const char* const behind = take_digits(at, end, digits);
  if (behind == at || behind - at > 4) return nullptr;
  exponent += negative ? -static_cast<std::int64_t>(digits) : static_cast<std::int64_t>(digits);
  return behind;
}

}  // namespace decimal

/// The number that one to seven digits with `stop` behind them are, and where `stop` is: most cells of codes, counts
/// and pixels, with fewer steps than read_decimal() takes. Null for anything else, and for the last eight characters.
inline const char* read_few_digits(const char* at, const char* end, char stop, double& value) noexcept {
  if (end - at < 8) return nullptr;
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  word ^= decimal::kZeros;
  const std::uint64_t others = decimal::not_digits(word);
  const auto count = static_cast<unsigned>(std::countr_zero(others)) / 8;
  if (count - 1 >= 7 || at[count] != stop) return nullptr;
  value = static_cast<double>(decimal::joined(word << (64 - 8 * count)));
  return at + count;
}

/// Reads the longest decimal number at the front of [begin, end): an optional sign, digits with or without a point, an
/// optional exponent. Returns its end, and the nearest double as std::from_chars gives it, bit by bit; null where there
/// is none, or one that is too large, too small or too long for the fast way (number_of() reads these).
///
/// The digits are gathered as one whole number w, eight at a time, and the value is w x 10^e. With w <= 2^53 and |e| <=
/// 22 both factors are doubles, so one multiplication or division rounds correctly (Clinger 1990, "How to read floating
/// point numbers accurately"); otherwise std::from_chars reads the digits again.
inline const char* read_decimal(const char* begin, const char* end, double& value) noexcept {
  if (begin == end) return nullptr;
  // Signs are as good as random, so nothing branches on them.
  const bool negative = *begin == '-', positive = *begin == '+';
  const char* at = begin + static_cast<int>(negative | positive);
  const char* const digits = at;
  std::uint64_t whole = 0;
  at = decimal::take_digits(at, end, whole);
  std::int64_t count = at - digits, exponent = 0;
  if (at != end && *at == '.') {
    const char* const fraction = ++at;
    at = decimal::take_digits(at, end, whole);
    exponent = fraction - at;
    count -= exponent;
  }
  if (count == 0 || count > decimal::kMostDigits) return nullptr;
  if (at != end && (*at == 'e' || *at == 'E')) {
    at = decimal::take_exponent(at + 1, end, exponent);
    if (at == nullptr) return nullptr;
  }
  if (whole > decimal::kMostExact || exponent < -22 || exponent > 22) return decimal::read_slowly(begin, at, value);
  const auto exact = static_cast<double>(whole);
  const double size = exponent < 0 ? exact / decimal::kPowers[static_cast<std::size_t>(-exponent)]
                                   : exact * decimal::kPowers[static_cast<std::size_t>(exponent)];
  value = std::bit_cast<double>(std::bit_cast<std::uint64_t>(size) | static_cast<std::uint64_t>(negative) << 63);
  return at;
}

}  // namespace jury
