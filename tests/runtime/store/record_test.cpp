#include "runtime/store/record.hpp"

#include <gtest/gtest.h>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

Record full_record() {
  return {.key = {.trial = 3, .outer = 1, .repeat = 2, .fold = 4, .replicate = 5, .member = 6, .rung = 7},
          .settings = 0xfedcba9876543210ULL,
          .state = TaskState::diverged,
          .message = "loss is infinite in epoch 3",
          .payload = {std::byte{1}, std::byte{0}, std::byte{255}},
          .blob = 0x0123456789abcdefULL,
          .started_seconds = 1.5,
          .seconds = 0.25,
          .rank = 2,
          .host = "node7",
          .peak_bytes = 123456789};
}

TEST(Record, ComesBackFromItsBytes) {
  for (const Record& record : {Record{}, full_record()}) {
    const Record back = record_from_bytes(to_bytes(record));
    EXPECT_TRUE(same_result(back, record));
    EXPECT_EQ(back.blob, record.blob);
    EXPECT_EQ(back.started_seconds, record.started_seconds);
    EXPECT_EQ(back.seconds, record.seconds);
    EXPECT_EQ(back.rank, record.rank);
    EXPECT_EQ(back.host, record.host);
    EXPECT_EQ(back.peak_bytes, record.peak_bytes);
    EXPECT_EQ(to_bytes(back), to_bytes(record));
  }
}

TEST(Record, EveryShorterOrLongerBlockIsRefused) {
  Bytes bytes = to_bytes(full_record());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(record_from_bytes(std::span(bytes).first(size)), DataError) << size;
  bytes.push_back(std::byte{0});
  EXPECT_THROW(record_from_bytes(bytes), DataError);
}

TEST(Record, AnUnknownStateIsRefused) {
  Bytes bytes = to_bytes(full_record());
  bytes[9 * sizeof(std::int32_t) + sizeof(std::uint64_t)] = std::byte{9};
  EXPECT_THROW(record_from_bytes(bytes), DataError);
}

TEST(Record, TimeAndPlaceAreNoPartOfTheResult) {
  Record other = full_record();
  other.started_seconds = 99;
  other.seconds = 98;
  other.rank = 97;
  other.host = "elsewhere";
  other.peak_bytes = 96;
  other.session = 95;
  EXPECT_TRUE(same_result(full_record(), other));
}

TEST(Record, EverythingElseIsPartOfTheResult) {
  const auto changed = [](auto change) {
    Record record = full_record();
    change(record);
    return record;
  };
  EXPECT_FALSE(same_result(full_record(), changed([](Record& r) { r.key.fold = 0; })));
  EXPECT_FALSE(same_result(full_record(), changed([](Record& r) { r.settings = 1; })));
  EXPECT_FALSE(same_result(full_record(), changed([](Record& r) { r.state = TaskState::failed; })));
  EXPECT_FALSE(same_result(full_record(), changed([](Record& r) { r.message = ""; })));
  EXPECT_FALSE(same_result(full_record(), changed([](Record& r) { r.payload[0] = std::byte{2}; })));
  EXPECT_FALSE(same_result(full_record(), changed([](Record& r) { r.blob.reset(); })));
}

TEST(Record, OnlyWhatTheKeyDecidesIsFinal) {
  EXPECT_TRUE(is_final(TaskState::complete));
  EXPECT_TRUE(is_final(TaskState::diverged));
  EXPECT_FALSE(is_final(TaskState::failed));
  EXPECT_FALSE(is_final(TaskState::timed_out));
  EXPECT_EQ(to_string(TaskState::timed_out), "timed_out");
}

}  // namespace
}  // namespace jury
