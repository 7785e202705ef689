// Archives by the layout of their bytes; that numpy reads them is tested in end_to_end/export_test.py.
#include "models/data/npz_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

namespace jury {
namespace {

using namespace std::string_literals;

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

TEST(NpzWriter, AnEmptyArchiveIsItsEnd) { EXPECT_EQ(NpzWriter().take(), "PK\x05\x06"s + std::string(18, '\0')); }

TEST(NpzWriter, AFileIsAHeaderOfWhole64BytesAndItsNumbers) {
  NpzWriter npz;
  npz.add("a", {2, 1}, std::array{1.0F, -2.0F});
  const std::string bytes = npz.take();
  EXPECT_EQ(bytes.substr(0, 4), "PK\x03\x04"s);
  EXPECT_EQ(bytes.substr(30, 5), "a.npy");
  const std::string file = bytes.substr(35, number_at(bytes, 18));
  EXPECT_EQ(file.substr(0, 8), "\x93NUMPY\x01\x00"s);
  EXPECT_EQ((file.size() - 8) % 64, 0U);
  EXPECT_EQ(file.substr(10, file.find('}') - 9), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }");
  EXPECT_EQ(file.substr(file.size() - 9), "\n\x00\x00\x80\x3f\x00\x00\x00\xc0"s);
}

TEST(NpzWriter, AVectorHasAShapeWithAComma) {
  NpzWriter npz;
  npz.add("a", {3}, std::array<double, 3>{});
  EXPECT_NE(npz.take().find("'shape': (3,), }"), std::string::npos);
}

TEST(NpzWriter, TextsAreCodePointsPaddedToTheLongest) {
  NpzWriter npz;
  npz.add("t", std::array{"\xc3\xa9"s, "ab"s, "\xff"s});  // the last is no UTF-8
  const std::string bytes = npz.take();
  EXPECT_NE(bytes.find("'<U2'"), std::string::npos);
  EXPECT_NE(bytes.find("\n\xe9\0\0\0\0\0\0\0a\0\0\0b\0\0\0\xff\0\0\0\0\0\0\0"s), std::string::npos);
}

TEST(NpzWriter, EqualArraysAreEqualBytes) {
  const auto once = [] {
    NpzWriter npz;
    npz.add("a", {1}, std::array<std::int64_t, 1>{7});
    return npz.take();
  };
  EXPECT_EQ(once(), once());
}

}  // namespace
}  // namespace jury
