#include "runtime/store/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/error_of.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::HasSubstr;

class ManualClock final : public Clock {
 public:
  double seconds() const override { return now; }
  void sleep(double seconds) override { now += seconds; }
  double now = 0;
};

const JournalHead kHead{.identity = 0x1234, .data_hash = 0x5678, .isa = "avx512", .experiment = "[data]\n"};

Record record_of(std::int32_t member, std::uint8_t value = 1) {
  Record record;
  record.key.member = member;
  record.payload = Bytes(100, std::byte{value});
  return record;
}

TEST(Journal, GivesBackWhatWasCommittedInOrder) {
  const Scratch scratch;
  JournalWriter writer = JournalWriter::create(scratch / "journal", kHead, {.session = Bytes(3)});
  for (int i = 0; i < 10; ++i) writer.append(record_of(9 - i));
  EXPECT_EQ(writer.num_pending(), 10U);
  EXPECT_EQ(writer.commit(), 10U);
  const JournalContents contents = read_journal(scratch / "journal");
  EXPECT_EQ(contents.head, kHead);
  ASSERT_EQ(contents.records.size(), 10U);
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(same_result(contents.records[static_cast<std::size_t>(i)], record_of(9 - i)));
  EXPECT_EQ(contents.sessions, std::vector<Bytes>{Bytes(3)});
  EXPECT_EQ(contents.epoch, 1U);
  EXPECT_EQ(contents.torn_bytes, 0U);
  EXPECT_FALSE(contents.finished);
  EXPECT_EQ(scratch.num_entries(), 1U);
}

TEST(Journal, ARecordCountsOnlyAfterACommit) {
  const Scratch scratch;
  {
    JournalWriter writer = JournalWriter::create(scratch / "journal", kHead);
    writer.append(record_of(0));
    EXPECT_TRUE(read_journal(scratch / "journal").records.empty());
  }
  EXPECT_TRUE(read_journal(scratch / "journal").records.empty());
}

TEST(Journal, CommitsInGroupsByTimeAndByNumber) {
  const Scratch scratch;
  ManualClock clock;
  JournalWriter writer =
      JournalWriter::create(scratch / "journal", kHead, {.max_wait_seconds = 0.1, .max_records = 3, .clock = clock});
  EXPECT_EQ(writer.commit_if_due(), 0U);
  writer.append(record_of(0));
  EXPECT_EQ(writer.commit_if_due(), 0U);
  clock.now += 0.11;
  EXPECT_EQ(writer.commit_if_due(), 1U);
  for (int i = 1; i < 4; ++i) {
    EXPECT_EQ(writer.commit_if_due(), 0U);
    writer.append(record_of(i));
  }
  EXPECT_EQ(writer.commit_if_due(), 3U);
  EXPECT_EQ(writer.commit(), 0U);
}

TEST(Journal, EqualResultsOfOneKeyAreOne) {
  const Scratch scratch;
  JournalWriter writer = JournalWriter::create(scratch / "journal", kHead);
  Record again = record_of(0);
  again.host = "another";
  writer.append(record_of(0));
  writer.append(again);
  writer.commit();
  const JournalContents contents = read_journal(scratch / "journal");
  EXPECT_EQ(contents.records.size(), 1U);
  EXPECT_EQ(contents.num_duplicates, 1U);
}

TEST(Journal, KeepsOneResultOfAKeyForEachOfItsSettings) {
  const Scratch scratch;
  JournalWriter writer = JournalWriter::create(scratch / "journal", kHead);
  Record other = record_of(0);
  other.settings = 7;
  other.message = "another";
  for (const Record& record : {record_of(0), other, other, record_of(0)}) writer.append(record);
  writer.commit();
  const JournalContents contents = read_journal(scratch / "journal");
  ASSERT_EQ(contents.records.size(), 2U);
  EXPECT_EQ(contents.records[1].settings, 7U);
  EXPECT_EQ(contents.num_duplicates, 2U);
}

TEST(Journal, DifferentResultsOfOneKeyAreAnErrorThatNamesIt) {
  const Scratch scratch;
  JournalWriter writer = JournalWriter::create(scratch / "journal", kHead);
  writer.append(record_of(4, 1));
  writer.append(record_of(4, 2));
  writer.commit();
  EXPECT_THAT(error_of<DataError>([&] { read_journal(scratch / "journal"); }), HasSubstr("trial 0 member 4"));
  EXPECT_THAT(check_journal(scratch / "journal").at(0).text, HasSubstr("trial 0 member 4"));
}

TEST(Journal, ARecordThatIsNotFinalGivesWay) {
  const Scratch scratch;
  JournalWriter writer = JournalWriter::create(scratch / "journal", kHead);
  Record failed = record_of(0, 9);
  failed.state = TaskState::timed_out;
  writer.append(failed);
  writer.append(record_of(0, 1));
  writer.append(failed);
  writer.commit();
  const JournalContents contents = read_journal(scratch / "journal");
  ASSERT_EQ(contents.records.size(), 1U);
  EXPECT_TRUE(same_result(contents.records[0], record_of(0, 1)));
}

TEST(Journal, AResumedOneContinuesInANewEpoch) {
  const Scratch scratch;
  {
    JournalWriter writer = JournalWriter::create(scratch / "journal", kHead, {.session = Bytes(1)});
    writer.append(record_of(0));
    writer.stop();
  }
  {
    ResumedJournal resumed = JournalWriter::resume(scratch / "journal", kHead.identity, {.session = Bytes(2)});
    EXPECT_EQ(resumed.contents.records.size(), 1U);
    EXPECT_EQ(resumed.writer.epoch(), 2U);
    resumed.writer.append(record_of(1));
    resumed.writer.commit();
  }
  const JournalContents contents = read_journal(scratch / "journal");
  EXPECT_EQ(contents.records.size(), 2U);
  EXPECT_EQ(contents.sessions, (std::vector<Bytes>{Bytes(1), Bytes(2)}));
  EXPECT_EQ(contents.epoch, 2U);
}

TEST(Journal, KnowsWhetherTheRunIsFinished) {
  const Scratch scratch;
  const std::string path = scratch / "journal";
  {
    JournalWriter writer = JournalWriter::create(path, kHead);
    EXPECT_FALSE(is_finished_journal(path));
    writer.append(record_of(0));
    writer.finish();
    EXPECT_THROW(writer.append(record_of(1)), IoError);
  }
  EXPECT_TRUE(is_finished_journal(path));
  EXPECT_TRUE(read_journal(path).finished);
  { const ResumedJournal extended = JournalWriter::resume(path, kHead.identity); }
  EXPECT_FALSE(is_finished_journal(path));
  EXPECT_FALSE(read_journal(path).finished);
}

TEST(Journal, OfAnotherExperimentIsAConfigError) {
  const Scratch scratch;
  { JournalWriter::create(scratch / "journal", kHead); }
  const std::string text = error_of<ConfigError>([&] { JournalWriter::resume(scratch / "journal", 0x9999); });
  EXPECT_THAT(text, HasSubstr("0000000000009999"));
  EXPECT_THAT(text, HasSubstr("0000000000001234"));
}

TEST(Journal, ForeignFilesAndOtherVersionsAreRefused) {
  const Scratch scratch;
  replace_file(scratch / "empty", "");
  replace_file(scratch / "text", "this is some text that is long enough");
  EXPECT_THAT(error_of<DataError>([&] { read_journal(scratch / "empty"); }), HasSubstr("is not a journal"));
  EXPECT_THAT(error_of<DataError>([&] { read_journal(scratch / "text"); }), HasSubstr("is not a journal"));
  EXPECT_THROW(read_journal(scratch / "none"), IoError);
  { JournalWriter::create(scratch / "journal", kHead); }
  Bytes bytes = read_file(scratch / "journal");
  bytes[8] = std::byte{5};
  replace_file(scratch / "newer", bytes);
  EXPECT_THAT(error_of<DataError>([&] { read_journal(scratch / "newer"); }), HasSubstr("format version 5"));
  EXPECT_THAT(check_journal(scratch / "newer").at(0).text, HasSubstr("format version 5"));
}

TEST(Journal, IsNotCreatedOverAnother) {
  const Scratch scratch;
  { JournalWriter::create(scratch / "journal", kHead); }
  EXPECT_THROW(JournalWriter::create(scratch / "journal", kHead), IoError);
  EXPECT_EQ(scratch.num_entries(), 1U);
}

TEST(Journal, HasOneWriterAtATime) {
  const Scratch scratch;
  ManualClock clock;
  const JournalWriter writer = JournalWriter::create(scratch / "journal", kHead);
  const std::string text =
      error_of<IoError>([&] { JournalWriter::resume(scratch / "journal", kHead.identity, {.clock = clock}); });
  EXPECT_THAT(text, HasSubstr("in use"));
  EXPECT_GE(clock.now, 10.0);
}

// Where the file system knows no locks, the epoch is what keeps two writers apart.
TEST(Journal, AWriterEndsWhenANewerOneHasBegun) {
  const Scratch scratch;
  const std::string path = scratch / "journal";
  JournalWriter old = JournalWriter::create(path, kHead);
  const Bytes begun = read_file(path);
  replace_file(scratch / "other", begun);
  { JournalWriter::resume(scratch / "other", kHead.identity); }
  const Bytes taken = read_file(scratch / "other");
  File::append(path).write_all(std::span(taken).subspan(begun.size()));

  old.append(record_of(0));
  EXPECT_THAT(error_of<FencedError>([&] { old.commit(); }), HasSubstr("epoch 2 has begun"));
  EXPECT_THROW(old.commit(), IoError);
  EXPECT_THROW(old.append(record_of(1)), IoError);
  EXPECT_EQ(read_file(path), taken);
}

TEST(Journal, AWriterEndsWhenItsFileWasReplaced) {
  const Scratch scratch;
  JournalWriter old = JournalWriter::create(scratch / "journal", kHead);
  replace_file(scratch / "journal", read_file(scratch / "journal"));
  old.append(record_of(0));
  EXPECT_THROW(old.commit(), FencedError);
}

TEST(Journal, LateFramesOfAReplacedWriterDoNotCount) {
  const Scratch scratch;
  const std::string path = scratch / "journal";
  Bytes late;
  {
    JournalWriter writer = JournalWriter::create(path, kHead);
    const std::size_t begin = read_file(path).size();
    writer.append(record_of(0, 1));
    writer.commit();
    const Bytes bytes = read_file(path);
    late.assign(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.end());
  }
  {
    ResumedJournal resumed = JournalWriter::resume(path, kHead.identity);
    resumed.writer.append(record_of(1));
    resumed.writer.commit();
  }
  File::append(path).write_all(late);
  EXPECT_EQ(read_journal(path).records.size(), 2U);
  EXPECT_EQ(check_journal(path).at(0).kind, JournalFinding::Kind::note);
}

TEST(JournalDeathTest, ALargePayloadIsABugOfTheCaller) {
  const Scratch scratch;
  JournalWriter writer = JournalWriter::create(scratch / "journal", kHead);
  Record record;
  record.payload.resize(JournalWriter::kMaxPayloadBytes + 1);
  EXPECT_DEATH(writer.append(record), "kMaxPayloadBytes");
}

}  // namespace
}  // namespace jury
