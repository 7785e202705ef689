#include "runtime/store/utf8.hpp"

#include <gtest/gtest.h>

namespace jury {
namespace {

#define REPLACED "\xEF\xBF\xBD"

TEST(Utf8, ValidTextStaysAsItIs) {
  for (const std::string text :
       {"", "plain", "Gr\xC3\xBC\xC3\x9F", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"})
    EXPECT_EQ(valid_utf8(text), text);
}

TEST(Utf8, WhatIsNoneIsReplacedByteByByte) {
  EXPECT_EQ(valid_utf8("caf\xE9!"), "caf" REPLACED "!");
  EXPECT_EQ(valid_utf8("\x80"), REPLACED);
  EXPECT_EQ(valid_utf8("\xC0\xAF"), REPLACED REPLACED);                            // overlong
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), REPLACED REPLACED REPLACED);               // surrogate
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), REPLACED REPLACED REPLACED REPLACED);  // beyond U+10FFFF
  EXPECT_EQ(valid_utf8("\xE2\x82"), REPLACED REPLACED);                            // cut
  EXPECT_EQ(valid_utf8(std::string_view("a\0b", 3)), "a" REPLACED "b");
}

}  // namespace
}  // namespace jury
