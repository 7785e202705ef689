#include "runtime/base/bytes.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace jury {
namespace {

enum class Colour : std::uint8_t { red = 3 };

Bytes one_of_everything() {
  ByteWriter out;
  out.add(std::int32_t{-5}).add(1.5).add(Colour::red).add(std::string_view("text"));
  out.add(std::vector<float>{1, 2, 3}).add(std::vector<std::string>{"a", "", "ccc"}).add(std::uint8_t{7});
  return out.take();
}

TEST(Bytes, ValuesComeBack) {
  const Bytes bytes = one_of_everything();
  ByteReader in(bytes);
  EXPECT_EQ(in.read<std::int32_t>(), -5);
  EXPECT_EQ(in.read<double>(), 1.5);
  EXPECT_EQ(in.read<Colour>(), Colour::red);
  EXPECT_EQ(in.text(), "text");
  EXPECT_EQ(in.vector<float>(), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(in.texts(), (std::vector<std::string>{"a", "", "ccc"}));
  EXPECT_FALSE(in.empty());
  EXPECT_EQ(in.read<std::uint8_t>(), 7);
  EXPECT_TRUE(in.empty());
}

TEST(Bytes, AreLittleEndianWithoutPadding) {
  ByteWriter out;
  out.add(std::uint8_t{1}).add(std::uint32_t{0x05040302}).add(std::string_view("x"));
  Bytes expected;
  for (const int value : {1, 2, 3, 4, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0x78})
    expected.push_back(static_cast<std::byte>(value));
  EXPECT_EQ(out.bytes(), expected);
}

TEST(Bytes, EveryShorterBlockIsRefused) {
  const Bytes bytes = one_of_everything();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ByteReader in(std::span<const std::byte>(bytes).first(size));
    const auto read_all = [&] {
      in.read<std::int32_t>();
      in.read<double>();
      in.read<Colour>();
      in.text();
      in.vector<float>();
      in.texts();
      in.read<std::uint8_t>();
    };
    EXPECT_THROW(read_all(), DataError) << size;
  }
}

TEST(Bytes, AnImpossibleLengthIsRefusedBeforeAnythingIsAllocated) {
  for (const std::uint64_t length :
       {std::uint64_t{9}, std::uint64_t{1} << 61, std::numeric_limits<std::uint64_t>::max()}) {
    ByteWriter out;
    out.add(length).add(std::uint64_t{0});
    EXPECT_THROW(ByteReader(out.bytes()).text(), DataError);
    EXPECT_THROW(ByteReader(out.bytes()).vector<double>(), DataError);
    EXPECT_THROW(ByteReader(out.bytes()).texts(), DataError);
  }
}

TEST(Bytes, EmptyVectorsComeBack) {
  ByteWriter out;
  out.add(std::vector<double>{}).add(std::string_view());
  ByteReader in(out.bytes());
  EXPECT_TRUE(in.vector<double>().empty());
  EXPECT_EQ(in.text(), "");
  EXPECT_TRUE(in.empty());
}

}  // namespace
}  // namespace jury
