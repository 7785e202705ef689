// Event files against the bytes that TensorFlow writes.
#include "tools/export/event_file.hpp"

#include <gtest/gtest.h>

#include <string>

namespace jury {
namespace {

using namespace std::string_literals;

TEST(EventFile, BeginsWithTheVersionRecord) {
  // Every event file of TensorFlow begins with these 12 bytes: a length of 24 and its masked checksum.
  const std::string bytes = EventFile(0).bytes();
  EXPECT_EQ(bytes.substr(0, 12), "\x18\x00\x00\x00\x00\x00\x00\x00\xa3\x7f\x4b\x22"s);
  EXPECT_EQ(bytes.substr(12, 24), "\x09\x00\x00\x00\x00\x00\x00\x00\x00\x1a\x0d"s + "brain.Event:2");
  EXPECT_EQ(bytes.size(), 8U + 4U + 24U + 4U);
}

TEST(EventFile, ScalarsAreSummariesOfOneValue) {
  EventFile file(0);
  const std::size_t before = file.bytes().size();
  file.scalar(0, 3, "lr", 1);
  const std::string record = file.bytes().substr(before);
  const std::string value = "\x0a\x02lr\x15\x00\x00\x80\x3f"s, summary = "\x0a\x09"s + value;
  EXPECT_EQ(record.substr(12, record.size() - 16), "\x09\x00\x00\x00\x00\x00\x00\x00\x00\x10\x03\x2a\x0b"s + summary);
}

}  // namespace
}  // namespace jury
