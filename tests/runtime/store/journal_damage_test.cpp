// Torn, flipped and half-written journals: nothing that was committed is lost or changed silently.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/rng.hpp"
#include "runtime/store/faulty_files.hpp"
#include "runtime/store/journal.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::HasSubstr;

const JournalHead kDamagedHead{.identity = 0x1234, .data_hash = 1, .isa = "avx2", .experiment = "x"};

Record small_record(std::int32_t member) {
  Record record;
  record.key.member = member;
  record.payload = Bytes(20, static_cast<std::byte>(member));
  return record;
}

UnsyncedFiles unsynced;

// A journal of `num_commits` commits of `group` records each; where each commit ends.
std::vector<std::size_t> write_journal(const std::string& path, int num_commits, int group) {
  JournalWriter writer = JournalWriter::create(path, kDamagedHead, {.files = unsynced});
  std::vector<std::size_t> ends = {read_file(path).size()};
  for (int commit = 0, member = 0; commit < num_commits; ++commit) {
    for (int i = 0; i < group; ++i) writer.append(small_record(member++));
    writer.commit();
    ends.push_back(read_file(path).size());
  }
  return ends;
}

// The records are the first ones that were written, unchanged.
void expect_prefix(const std::vector<Record>& records) {
  for (std::size_t i = 0; i < records.size(); ++i)
    ASSERT_TRUE(same_result(records[i], small_record(static_cast<std::int32_t>(i))));
}

TEST(JournalDamage, CutAnywhereItKeepsEveryWholeRecordAndContinues) {
  const Scratch scratch;
  const auto ends = write_journal(scratch / "whole", 2, 1);
  const Bytes whole = read_file(scratch / "whole");
  for (std::size_t size = ends[0]; size < whole.size(); ++size) {
    const Scratch run;
    const std::string path = run / "journal";
    replace_file(path, std::span(whole).first(size), unsynced);
    std::size_t num_whole = 0;
    while (ends[num_whole + 1] <= size) ++num_whole;
    {
      ResumedJournal resumed = JournalWriter::resume(path, kDamagedHead.identity, {.files = unsynced});
      ASSERT_EQ(resumed.contents.records.size(), num_whole) << size;
      ASSERT_EQ(resumed.contents.torn_bytes, size - ends[num_whole]);
      expect_prefix(resumed.contents.records);
      resumed.writer.append(small_record(static_cast<std::int32_t>(num_whole)));
      resumed.writer.commit();
    }
    ASSERT_EQ(read_journal(path).records.size(), num_whole + 1);
    ASSERT_TRUE(check_journal(path).empty());
    if (size > ends[num_whole]) {
      ASSERT_EQ(read_file(path + ".torn-1").size(), size - ends[num_whole]);
    } else {
      ASSERT_EQ(run.num_entries(), 1U);
    }
  }
}

TEST(JournalDamage, CutInsideItsHeadItIsRefused) {
  const Scratch scratch;
  const auto ends = write_journal(scratch / "whole", 1, 1);
  const Bytes whole = read_file(scratch / "whole");
  constexpr std::size_t session_frame_bytes = 36 + 0;
  for (std::size_t size = 0; size < ends[0] - session_frame_bytes; ++size) {
    replace_file(scratch / "journal", std::span(whole).first(size), unsynced);
    EXPECT_THROW(read_journal(scratch / "journal"), DataError) << size;
  }
}

TEST(JournalDamage, EveryFlippedBitBeforeTheLastCommitIsFoundAndNamed) {
  const Scratch scratch;
  const auto ends = write_journal(scratch / "whole", 4, 2);
  const Bytes whole = read_file(scratch / "whole");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes bytes = whole;
    bytes[at] ^= static_cast<std::byte>(1U << (at % 8));
    remove_file(scratch / "journal");
    replace_file(scratch / "journal", bytes, unsynced);
    const auto findings = check_journal(scratch / "journal");
    ASSERT_FALSE(findings.empty()) << at;
    if (at < ends[3]) {
      ASSERT_THROW(read_journal(scratch / "journal"), DataError) << at;
      ASSERT_EQ(findings[0].kind, JournalFinding::Kind::damage) << at;
    } else {  // the last commit may never have been synced
      const JournalContents contents = read_journal(scratch / "journal");
      ASSERT_GE(contents.records.size(), 6U);
      ASSERT_EQ(findings[0].kind, JournalFinding::Kind::torn_tail) << at;
      expect_prefix(contents.records);
    }
  }
}

TEST(JournalDamage, TheMarkOfAnOrderlyEndProtectsTheLastCommit) {
  const Scratch scratch;
  std::size_t last_commit = 0;
  {
    JournalWriter writer = JournalWriter::create(scratch / "journal", kDamagedHead);
    last_commit = read_file(scratch / "journal").size();
    writer.append(small_record(0));
    writer.append(small_record(1));
    writer.stop();
  }
  Bytes bytes = read_file(scratch / "journal");
  bytes[last_commit + 50] ^= std::byte{4};
  replace_file(scratch / "journal", bytes);
  try {
    read_journal(scratch / "journal");
    FAIL() << "damage was not noticed";
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), HasSubstr("offset " + std::to_string(last_commit)));
  }
}

TEST(JournalDamage, RecordsThatAreMissingAreNoticed) {
  const Scratch scratch;
  const auto ends = write_journal(scratch / "whole", 4, 1);
  Bytes bytes = read_file(scratch / "whole");
  bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(ends[1]),
              bytes.begin() + static_cast<std::ptrdiff_t>(ends[2]));
  replace_file(scratch / "journal", bytes);
  EXPECT_THROW(read_journal(scratch / "journal"), DataError);
  EXPECT_THAT(check_journal(scratch / "journal").at(0).text, HasSubstr("missing"));
}

// A machine that goes down may have written the pages of an unsynced commit in any order.
TEST(JournalDamage, AHoleInTheLastCommitIsATornTail) {
  const Scratch scratch;
  const auto ends = write_journal(scratch / "whole", 2, 5);
  Bytes bytes = read_file(scratch / "whole");
  for (std::size_t at = ends[1]; at < ends[1] + 150; ++at) bytes[at] = std::byte{0};
  replace_file(scratch / "journal", bytes);
  const JournalContents contents = read_journal(scratch / "journal");
  EXPECT_EQ(contents.records.size(), 5U);
  EXPECT_EQ(contents.torn_bytes, bytes.size() - ends[1]);
}

TEST(JournalDamage, FramesOfAnotherJournalDoNotCount) {
  const Scratch scratch;
  write_journal(scratch / "journal", 1, 1);
  JournalHead other = kDamagedHead;
  other.identity = 77;
  std::size_t begin = 0;
  {
    JournalWriter writer = JournalWriter::create(scratch / "other", other);
    begin = read_file(scratch / "other").size();
    writer.append(small_record(5));
    writer.commit();
  }
  const Bytes foreign = read_file(scratch / "other");
  File::append(scratch / "journal").write_all(std::span(foreign).subspan(begin));
  const JournalContents contents = read_journal(scratch / "journal");
  EXPECT_EQ(contents.records.size(), 1U);
  EXPECT_EQ(contents.torn_bytes, foreign.size() - begin);
}

TEST(JournalDamage, WhateverCallFailsNothingCommittedIsLost) {
  for (int n = 0;; ++n) {
    const Scratch scratch;
    const std::string path = scratch / "journal";
    FaultyFiles files(n);
    std::size_t num_committed = 0;
    std::size_t num_appended = 0;
    try {
      JournalWriter writer = JournalWriter::create(path, kDamagedHead, {.files = files});
      for (int commit = 0; commit < 4; ++commit) {
        for (int i = 0; i < 3; ++i) writer.append(small_record(static_cast<std::int32_t>(num_appended++)));
        num_committed += writer.commit();
      }
      writer.finish();
    } catch (const IoError& error) {
      EXPECT_THAT(error.what(), HasSubstr("No space left"));
    }
    if (!std::filesystem::exists(path)) {
      ASSERT_EQ(num_committed, 0U);
      EXPECT_EQ(scratch.num_entries(), 0U);
      continue;
    }
    ResumedJournal resumed = JournalWriter::resume(path, kDamagedHead.identity);
    ASSERT_GE(resumed.contents.records.size(), num_committed) << n;
    ASSERT_LE(resumed.contents.records.size(), num_appended) << n;
    expect_prefix(resumed.contents.records);
    if (!files.has_failed()) break;
  }
}

TEST(JournalDamage, AResumeThatFailsAnywhereCanBeTriedAgain) {
  for (int n = 0;; ++n) {
    const Scratch scratch;
    const std::string path = scratch / "journal";
    write_journal(path, 2, 2);
    File::append(path).write_all(Bytes(30, std::byte{7}));
    FaultyFiles files(n, EIO);
    try {
      JournalWriter::resume(path, kDamagedHead.identity, {.files = files});
    } catch (const IoError&) {
    }
    const ResumedJournal again = JournalWriter::resume(path, kDamagedHead.identity);
    ASSERT_EQ(again.contents.records.size(), 4U) << n;
    if (!files.has_failed()) break;
  }
}

TEST(JournalDamage, MutatedJournalsEndInAnErrorOrInTrueRecords) {
  const Scratch scratch;
  write_journal(scratch / "whole", 5, 3);
  const Bytes whole = read_file(scratch / "whole");
  Rng rng(20260101);
  for (int round = 0; round < 1000; ++round) {
    Bytes bytes = whole;
    for (std::uint64_t edits = 1 + rng.below(4); edits > 0; --edits) {
      const auto at = static_cast<std::ptrdiff_t>(rng.below(bytes.size()));
      const auto count = static_cast<std::ptrdiff_t>(
          rng.below(std::min<std::uint64_t>(60, bytes.size() - static_cast<std::size_t>(at))));
      switch (rng.below(3)) {
        case 0:
          bytes[static_cast<std::size_t>(at)] = static_cast<std::byte>(rng.below(256));
          break;
        case 1:
          bytes.erase(bytes.begin() + at, bytes.begin() + at + count);
          break;
        default:
          bytes.insert(bytes.begin() + at, static_cast<std::size_t>(count), std::byte{255});
          break;
      }
    }
    remove_file(scratch / "journal");
    File::create(scratch / "journal").write_all(bytes);
    check_journal(scratch / "journal");
    try {
      expect_prefix(read_journal(scratch / "journal").records);
    } catch (const DataError&) {
    }
  }
}

}  // namespace
}  // namespace jury
