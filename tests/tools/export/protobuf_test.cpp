// The wire format against the examples of its description.
#include "tools/export/protobuf.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace jury {
namespace {

using namespace std::string_literals;

TEST(ProtoMessage, NumbersAreVarints) {
  EXPECT_EQ(ProtoMessage().number(1, 150).bytes(), "\x08\x96\x01"s);
  EXPECT_EQ(ProtoMessage().number(1, 0).bytes(), "\x08\x00"s);
  EXPECT_EQ(ProtoMessage().number(1, 127).bytes(), "\x08\x7f"s);
  EXPECT_EQ(ProtoMessage().number(1, 128).bytes(), "\x08\x80\x01"s);
}

TEST(ProtoMessage, NegativeNumbersTakeTenBytes) {
  EXPECT_EQ(ProtoMessage().number(1, -2).bytes(), "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"s);
}

TEST(ProtoMessage, FieldNumbersAboveFifteenTakeTwoBytes) {
  EXPECT_EQ(ProtoMessage().number(20, 1).bytes(), "\xa0\x01\x01"s);
}

TEST(ProtoMessage, TextsHaveTheirLengthInFront) {
  EXPECT_EQ(ProtoMessage().text(2, "testing").bytes(), "\x12\x07testing"s);
}

TEST(ProtoMessage, RealNumbersAreLittleEndian) {
  EXPECT_EQ(ProtoMessage().real(1, 1.0F).bytes(), "\x0d\x00\x00\x80\x3f"s);
  EXPECT_EQ(ProtoMessage().real(1, -2.0).bytes(), "\x09\x00\x00\x00\x00\x00\x00\x00\xc0"s);
}

TEST(ProtoMessage, MessagesAreTextsOfTheirBytes) {
  EXPECT_EQ(ProtoMessage().message(3, ProtoMessage().number(1, 150)).bytes(), "\x1a\x03\x08\x96\x01"s);
  EXPECT_EQ(ProtoMessage().number(1, 1).append(ProtoMessage().number(2, 2)).bytes(), "\x08\x01\x10\x02"s);
}

}  // namespace
}  // namespace jury
