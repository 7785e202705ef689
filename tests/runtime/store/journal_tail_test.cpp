#include "runtime/store/journal_tail.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scratch.hpp"

namespace jury {
namespace {

Record followed_record(std::int32_t member, std::size_t payload_bytes = 10) {
  return {.key = {.member = member}, .payload = Bytes(payload_bytes, std::byte{7})};
}

std::vector<std::int32_t> members_of(const std::vector<Record>& records) {
  std::vector<std::int32_t> members;
  for (const Record& record : records) members.push_back(record.key.member);
  return members;
}

using testing::ElementsAre;

TEST(JournalTail, GivesEachRecordOnceAsItIsWritten) {
  const Scratch scratch;
  JournalWriter writer = JournalWriter::create(scratch / "journal", {.identity = 1});
  JournalTail tail(scratch / "journal");
  EXPECT_TRUE(tail.take().empty());
  writer.append(followed_record(0));
  EXPECT_TRUE(tail.take().empty());  // not written yet
  writer.commit();
  EXPECT_THAT(members_of(tail.take()), ElementsAre(0));
  EXPECT_TRUE(tail.take().empty());
  writer.append(followed_record(1));
  writer.append(followed_record(2));
  writer.finish();
  EXPECT_THAT(members_of(tail.take()), ElementsAre(1, 2));
  EXPECT_EQ(tail.size(), std::filesystem::file_size(scratch / "journal"));
}

TEST(JournalTail, BeginsNearTheEndOfALongJournal) {
  const Scratch scratch;
  JournalWriter writer = JournalWriter::create(scratch / "journal", {.identity = 1});
  for (std::int32_t i = 0; i < 100; ++i) writer.append(followed_record(i, 60000));
  writer.commit();
  const std::vector<std::int32_t> members = members_of(JournalTail(scratch / "journal").take());
  EXPECT_GE(members.size(), 15U);
  EXPECT_LE(members.size(), 18U);
  EXPECT_EQ(members.back(), 99);
}

TEST(JournalTail, AFrameThatIsBeingWrittenComesWhenItIsWhole) {
  const Scratch scratch;
  {
    JournalWriter writer = JournalWriter::create(scratch / "whole", {.identity = 1});
    writer.append(followed_record(0));
    writer.append(followed_record(1, 500));
    writer.commit();
  }
  const Bytes whole = read_file(scratch / "whole");
  JournalTail tail(scratch / "journal");
  const auto write = [&](std::size_t size) { replace_file(scratch / "journal", std::span(whole).first(size)); };
  for (const std::size_t missing : {400U, 100U, 1U}) {
    write(whole.size() - missing);
    const std::vector<Record> records = tail.take();
    EXPECT_EQ(records.size(), missing == 400U ? 1U : 0U) << missing;
  }
  write(whole.size());
  EXPECT_THAT(members_of(tail.take()), ElementsAre(1));
}

TEST(JournalTail, BeginsAnewWithAnotherJournal) {
  const Scratch scratch;
  {
    JournalWriter writer = JournalWriter::create(scratch / "journal", {.identity = 1});
    for (std::int32_t i = 0; i < 5; ++i) writer.append(followed_record(i));
    writer.commit();
  }
  JournalTail tail(scratch / "journal");
  EXPECT_EQ(tail.take().size(), 5U);
  std::filesystem::remove(scratch / "journal");
  JournalWriter writer = JournalWriter::create(scratch / "journal", {.identity = 2});
  writer.append(followed_record(8));
  writer.commit();
  EXPECT_THAT(members_of(tail.take()), ElementsAre(8));
}

TEST(JournalTail, RefusesWhatIsNoJournal) {
  const Scratch scratch;
  scratch.write("journal", "this is some text that is long enough");
  EXPECT_THROW(JournalTail(scratch / "journal").take(), DataError);
  EXPECT_THROW(JournalTail(scratch / "none").take(), IoError);
}

}  // namespace
}  // namespace jury
