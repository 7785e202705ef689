#include "runtime/pool/message.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "fakes.hpp"
#include "runtime/base/hash.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

std::optional<Message> pass(const Message& message) {
  Assembler assembler;
  std::optional<Message> result;
  for (const Bytes& frame : to_frames(message, 9)) result = assembler.add(frame);
  return result;
}

/// A frame whose header fields are set at will, with a checksum that is right.
struct Forged {
  std::uint8_t version = 1;
  std::uint8_t kind = 6;
  std::uint32_t message = 0;
  std::uint16_t part = 0;
  std::uint16_t num_parts = 1;
  std::uint32_t message_bytes = 8;
  std::size_t actual_bytes = 8;

  Bytes frame() const {
    const Bytes rest = ByteWriter()
                           .add(version)
                           .add(kind)
                           .add(message)
                           .add(part)
                           .add(num_parts)
                           .add(message_bytes)
                           .raw(Bytes(actual_bytes))
                           .take();
    return ByteWriter().add(crc32c(rest)).raw(rest).take();
  }
};

void expect_damaged(const Bytes& frame) {
  EXPECT_THROW(Assembler().add(frame), CommError);
  EXPECT_THROW(frame_kind(frame), CommError);
}

TEST(Message, EveryKindComesBackAsItWasSent) {
  EXPECT_EQ(read_ready(*pass(ready_message({"node7", 3, 0}))).host, "node7");
  EXPECT_EQ(read_ready(*pass(ready_message({"node7", 3, 0}))).rank, 3);
  EXPECT_EQ(read_tasks(*pass(tasks_message({task(3), task(4)}))), (std::vector<TaskKey>{task(3), task(4)}));
  EXPECT_EQ(read_heartbeat(*pass(heartbeat_message(1.5, 7))).promise_seconds, 1.5);
  EXPECT_EQ(read_heartbeat(*pass(heartbeat_message(1.5, 7))).trail, 7U);
  EXPECT_EQ(read_stop(*pass(stop_message(ExitCode::stopped))), ExitCode::stopped);
  EXPECT_EQ(read_failure(*pass(failure_message({ExitCode::io, "disk full"}))).code, ExitCode::io);
  EXPECT_EQ(read_failure(*pass(failure_message({ExitCode::io, "disk full"}))).text, "disk full");
  EXPECT_EQ(pass(cancel_message())->kind, MessageKind::cancel);
  EXPECT_EQ(pass(drained_message())->kind, MessageKind::drained);
}

TEST(Message, RecordsOfAnySizeComeBackEqual) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, kPartBytes - 1, kPartBytes, 3 * kPartBytes + 7, std::size_t{64} * 1024}) {
    const Record record = honest_record(task(5), size);
    const auto frames = to_frames(records_message({to_bytes(record)}), 1);
    for (const Bytes& frame : frames) EXPECT_LE(frame.size(), kFrameBytes);
    EXPECT_EQ(frames.size(), 1 + (frames.front().size() == kFrameBytes
                                      ? (records_message({to_bytes(record)}).body.size() - 1) / kPartBytes
                                      : 0));
    const std::vector<Record> back = read_records(*pass(records_message({to_bytes(record)})));
    ASSERT_EQ(back.size(), 1U);
    EXPECT_TRUE(same_result(back[0], record));
  }
}

TEST(Message, AFullBatchOfTasksIsOneFrame) {
  EXPECT_EQ(to_frames(tasks_message(std::vector<TaskKey>(kTasksPerMessage)), 0).size(), 1U);
}

TEST(Message, SeveralRecordsTravelTogether) {
  std::vector<Bytes> records;
  for (int i = 0; i < 40; ++i) records.push_back(to_bytes(honest_record(task(i))));
  const std::vector<Record> back = read_records(*pass(records_message(records)));
  ASSERT_EQ(back.size(), 40U);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(back[static_cast<std::size_t>(i)].key, task(i));
}

TEST(Assembler, AHeartbeatMayComeBetweenTheFramesOfARecord) {
  const Record record = honest_record(task(1), 9000);
  Assembler assembler;
  std::optional<Message> last;
  for (const Bytes& frame : to_frames(records_message({to_bytes(record)}), 4)) {
    last = assembler.add(frame);
    const auto beat = assembler.add(to_frames(heartbeat_message(1), 77).front());
    ASSERT_TRUE(beat.has_value());
    EXPECT_EQ(beat->kind, MessageKind::heartbeat);
  }
  ASSERT_TRUE(last.has_value());
  EXPECT_TRUE(same_result(read_records(*last).front(), record));
}

TEST(Assembler, LostDoubledAndMixedPartsAreErrors) {
  const auto frames = to_frames(records_message({to_bytes(honest_record(task(1), 9000))}), 4);
  const auto others = to_frames(records_message({to_bytes(honest_record(task(2), 9000))}), 5);
  ASSERT_EQ(frames.size(), 3U);
  const auto refused = [](std::vector<Bytes> sequence) {
    Assembler assembler;
    for (std::size_t i = 0; i + 1 < sequence.size(); ++i) EXPECT_FALSE(assembler.add(sequence[i]).has_value());
    EXPECT_THROW(assembler.add(sequence.back()), CommError);
  };
  refused({frames[1]});
  refused({frames[0], frames[2]});
  refused({frames[0], frames[0]});
  refused({frames[0], frames[1], frames[1]});
  refused({frames[0], others[1]});
  refused({frames[0], others[0]});
}

TEST(Assembler, EveryFlippedBitIsNoticed) {
  const Bytes good = to_frames(ready_message({"node7", 3, 0}), 1).front();
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= std::byte{1} << (i % 8);
    expect_damaged(bad);
  }
}

TEST(Assembler, HostileHeadersAreRefusedBeforeAnythingIsAllocated) {
  EXPECT_NO_THROW(Assembler().add(Forged{}.frame()));
  expect_damaged({});
  expect_damaged(Bytes(kFrameHeaderBytes - 1));
  expect_damaged(Bytes(kFrameBytes + 1));
  expect_damaged(Forged{.version = 2}.frame());
  expect_damaged(Forged{.kind = 0}.frame());
  expect_damaged(Forged{.kind = 9}.frame());
  expect_damaged(Forged{.kind = 255}.frame());
  expect_damaged(Forged{.num_parts = 0}.frame());
  expect_damaged(Forged{.num_parts = 2}.frame());
  expect_damaged(Forged{.part = 1}.frame());
  expect_damaged(Forged{.message_bytes = 4000000000U}.frame());
  expect_damaged(Forged{.num_parts = 65535, .message_bytes = 4000000000U, .actual_bytes = kPartBytes}.frame());
  expect_damaged(Forged{.message_bytes = 9}.frame());
  expect_damaged(Forged{.actual_bytes = 9}.frame());
  expect_damaged(Forged{.num_parts = 2, .message_bytes = static_cast<std::uint32_t>(kPartBytes) + 8}.frame());
}

TEST(Assembler, RandomBytesAreNeverAMessage) {
  Rng rng(20260101);
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes(static_cast<std::size_t>(rng.below(kFrameBytes + 10)));
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(rng() & 255U);
    EXPECT_THROW(Assembler().add(bytes), CommError);
  }
}

TEST(Message, ABodyOfAnotherKindOrLengthIsRefused) {
  const Message beat = heartbeat_message(1);
  EXPECT_THROW(read_ready(beat), CommError);
  EXPECT_THROW(read_tasks(beat), CommError);
  EXPECT_THROW(read_records(beat), CommError);
  EXPECT_THROW(read_failure(beat), CommError);
  EXPECT_THROW(read_stop(beat), CommError);
  EXPECT_THROW(read_heartbeat(stop_message(ExitCode::done)), CommError);
  EXPECT_THROW(read_heartbeat({MessageKind::heartbeat, Bytes(7)}), CommError);
  EXPECT_THROW(read_heartbeat({MessageKind::heartbeat, Bytes(9)}), CommError);
  EXPECT_THROW(read_stop({MessageKind::stop, Bytes(5)}), CommError);
  EXPECT_THROW(read_tasks({MessageKind::tasks, Bytes(8, std::byte{255})}), CommError);
  EXPECT_THROW(read_records({MessageKind::records, Bytes(8, std::byte{255})}), CommError);
  EXPECT_THROW(read_records({MessageKind::records, ByteWriter().add(std::uint64_t{3}).raw(Bytes(3)).take()}),
               CommError);
}

TEST(Message, ValuesOutOfRangeAreRefused) {
  EXPECT_THROW(read_heartbeat({MessageKind::heartbeat, ByteWriter().add(-1.0).add(0U).take()}), CommError);
  EXPECT_THROW(read_heartbeat({MessageKind::heartbeat, ByteWriter().add(0.0 / 0.0).add(0U).take()}), CommError);
  EXPECT_THROW(read_stop({MessageKind::stop, ByteWriter().add(std::int32_t{256}).take()}), CommError);
  EXPECT_THROW(read_stop({MessageKind::stop, ByteWriter().add(std::int32_t{-1}).take()}), CommError);
}

TEST(Trail, TellsFramesThatWereLostDoubledOrSwapped) {
  const auto of = [](std::initializer_list<std::int32_t> tasks) {
    Trail trail;
    for (const std::int32_t number : tasks) trail.add(to_frames(tasks_message({task(number)}), 1).front());
    return trail.value();
  };
  const std::set<std::uint32_t> all{of({}),     of({1, 2, 3}),    of({1, 3}),    of({2, 3}),
                                    of({1, 2}), of({1, 2, 2, 3}), of({1, 3, 2}), of({1, 1, 3})};
  EXPECT_EQ(all.size(), 8U);
  Trail sent;
  EXPECT_TRUE(sent.is_that_of({.promise_seconds = 1, .trail = 0}));
  EXPECT_FALSE(sent.is_that_of({.promise_seconds = 1, .trail = 5}));
}

}  // namespace
}  // namespace jury
