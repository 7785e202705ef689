#include "runtime/base/hash.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <string>

namespace jury {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// RFC 3720, appendix B.4.
TEST(Crc32c, GivesThePublishedChecksums) {
  EXPECT_EQ(crc32c(bytes_of("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32c(bytes_of(std::string(32, '\0'))), 0x8A9136AAU);
  EXPECT_EQ(crc32c(bytes_of(std::string(32, '\xFF'))), 0x62A8AB43U);
  std::string ascending(32, ' ');
  std::iota(ascending.begin(), ascending.end(), '\0');
  EXPECT_EQ(crc32c(bytes_of(ascending)), 0x46DD794EU);
  EXPECT_EQ(crc32c(bytes_of(std::string(ascending.rbegin(), ascending.rend()))), 0x113FDB5CU);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, ContinuesOverPieces) {
  const std::string text = "a text that is cut into two pieces at every place";
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    EXPECT_EQ(crc32c(bytes_of(text).subspan(cut), crc32c(bytes_of(text).first(cut))), crc32c(bytes_of(text)));
}

TEST(Crc32c, NoticesEveryFlippedBit) {
  const std::string text = "some bytes";
  for (std::size_t bit = 0; bit < 8 * text.size(); ++bit) {
    std::string other = text;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(crc32c(bytes_of(other)), crc32c(bytes_of(text)));
  }
}

// The reference value of xxHash for no input.
TEST(HashBytes, IsXxh3) { EXPECT_EQ(hash_bytes({}), 0x2D06800538D394C2U); }

TEST(Hasher, NumbersAreEightLittleEndianBytes) {
  Hasher hasher;
  hasher.add(std::uint64_t{0x3837363534333231});
  EXPECT_EQ(hasher.digest(), hash_bytes(bytes_of("12345678")));
}

TEST(Hasher, TextsThatAreCutElsewhereDiffer) {
  std::set<std::uint64_t> digests;
  for (const auto& [first, second] :
       {std::pair<std::string, std::string>{"ab", "c"}, {"a", "bc"}, {"abc", ""}, {"", "abc"}}) {
    Hasher hasher;
    hasher.add(first).add(second);
    digests.insert(hasher.digest());
  }
  EXPECT_EQ(digests.size(), 4U);
}

TEST(Hex, HasSixteenLowerCaseDigits) {
  EXPECT_EQ(hex(0), "0000000000000000");
  EXPECT_EQ(hex(0x0123456789ABCDEFULL), "0123456789abcdef");
  EXPECT_EQ(hex(~0ULL), "ffffffffffffffff");
}

}  // namespace
}  // namespace jury
