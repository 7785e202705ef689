#include "models/data/decimal.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cstdio>
#include <string>
#include <vector>

#include "models/data/text_columns.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

// What is behind a number must not matter, nor whether there is anything: the last number of a file has no eight
// characters behind it.
void expect_as_from_chars(const std::string& text) {
  double expected = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), expected);
  for (const char* behind : {"", ",", ",12345678", "\n-1.5,77777777"}) {
    const std::string all = text + behind;
    double value = 0;
    const char* const read = read_decimal(all.data(), all.data() + all.size(), value);
    if (read == nullptr) continue;  // left to number_of()
    EXPECT_EQ(read - all.data(), static_cast<std::ptrdiff_t>(text.size())) << all;
    EXPECT_EQ(error, std::errc{}) << text;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(value), std::bit_cast<std::uint64_t>(expected)) << text;
  }
  const CellNumber number = number_of(text);
  ASSERT_TRUE(number.is_number == (error == std::errc{} && end == text.data() + text.size())) << text;
  if (!number.is_number) return;
  EXPECT_EQ(std::bit_cast<std::uint64_t>(number.value), std::bit_cast<std::uint64_t>(expected)) << text;
}

TEST(Decimal, FewDigitsAreReadUpToTheirStop) {
  double value = -1;
  const auto read = [&](const std::string& text, char stop = ',') {
    const char* const behind = read_few_digits(text.data(), text.data() + text.size(), stop, value);
    return behind == nullptr ? -1 : behind - text.data();
  };
  for (const char* digits : {"0", "7", "10", "255", "0042", "65535", "999999", "1234567", "9999999"}) {
    const std::string text(digits);
    EXPECT_EQ(read(text + ",12345678"), static_cast<std::ptrdiff_t>(text.size()));
    EXPECT_EQ(value, std::stod(text));
    EXPECT_EQ(read(text + "\n-1.5,8\n9", '\n'), static_cast<std::ptrdiff_t>(text.size()));
  }
  for (const char* other : {"12345678,1", ",1234567", "-1,234567", "+1,234567", "1.5,23456", "1e5,23456", " 1,234567",
                            "1 ,234567", "1;2345678", "1\n2345678", "12,", "/1,234567", ":1,234567", "1:,234567"})
    EXPECT_EQ(read(other), -1) << other;
}

TEST(Decimal, HasTheBitsOfFromCharsForHardNumbers) {
  for (const char* text : {"0",
                           "-0",
                           "0.0",
                           "-0.000",
                           "1",
                           "9007199254740992",
                           "9007199254740993",
                           "9007199254740995",
                           "123456789012345678",
                           "1234567890123456789",
                           "12345678901234567890",
                           "0.1",
                           "1e22",
                           "1e23",
                           "8.5e22",
                           "9007199254740993e22",
                           "1.7976931348623157e308",
                           "2.2250738585072014e-308",
                           "4.9e-324",
                           "5e-324",
                           "2.4703282292062328e-324",
                           "0.30000000000000004",
                           "1.",
                           ".5",
                           "-.5e-3",
                           "5.e3",
                           "6.02214076e+23",
                           "1e-22",
                           "3e-23",
                           "00000000000000000000001",
                           "0.00000000000000000000001",
                           "1e0000",
                           "179769313486231580793728971405301e276",
                           "1.00000005",
                           "12345678.87654321"})
    expect_as_from_chars(text);
}

TEST(Decimal, HasTheBitsOfFromCharsForRandomNumbers) {
  Rng rng(20261122);
  for (int i = 0; i < 20000; ++i) {
    char text[64];
    const int digits = static_cast<int>(rng.below(20));
    const double value = std::bit_cast<double>(rng.bits64());
    if (i % 2 == 0)
      std::snprintf(text, sizeof text, "%.*f", digits, rng.normal() * static_cast<double>(rng.below(1000000)));
    else
      std::snprintf(text, sizeof text, "%.*g", digits, value);
    expect_as_from_chars(text);
  }
}

TEST(Decimal, StopsWhereTheNumberDoes) {
  const auto rest = [](std::string_view text) -> std::string {
    double value = 0;
    const char* const end = read_decimal(text.data(), text.data() + text.size(), value);
    return end == nullptr ? "none" : std::string(end, text.data() + text.size());
  };
  EXPECT_EQ(rest("1.5,2"), ",2");
  EXPECT_EQ(rest("12345678x"), "x");
  EXPECT_EQ(rest("1234567:"), ":");
  EXPECT_EQ(rest("12/5678901"), "/5678901");
  EXPECT_EQ(rest("1.2.3"), ".3");
  EXPECT_EQ(rest("+7"), "");
  for (const char* text :
       {"", "-", "+", ".", "-.", "e5", "1e", "1e+", "1e400", "1e99999", "x", "--1", "+-1", "nan", "inf", "\xB1"})
    EXPECT_EQ(rest(text), "none") << text;
}

}  // namespace
}  // namespace jury
