// A run that dies, or whose disk fails, at any call: nothing acknowledged is lost, nothing is invented, and it ends
// with the same content.
#include <gtest/gtest.h>

#include "runtime/store/crash_cases.hpp"

namespace jury {
namespace {

// Disturbs a run at its every call in turn, with one kind of fault and one kind of loss; the number of calls.
std::uint64_t disturb_every_call(Fault::Kind kind, int error, Outage loss) {
  for (std::uint64_t call = 0;; ++call) {
    FakeFiles files(call);
    CrashRun run({}, files);
    files.mkdir("/runs", 0755);
    files.fsync(files.open("/", O_RDONLY | O_DIRECTORY, 0));
    files.restart(Outage::process);
    const bool ended = survives(run, files, {.kind = kind, .call = call, .error = error});
    const bool reached = files.num_calls() > call;
    finish_and_check(run, files, loss);
    if (ended && !reached) return call;
  }
}

class Crash : public testing::TestWithParam<std::tuple<Fault::Kind, Outage>> {};

TEST_P(Crash, AtEveryCallLosesNothing) {
  const auto [kind, loss] = GetParam();
  EXPECT_GE(disturb_every_call(kind, ENOSPC, loss), 50U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Crash,
                         testing::Combine(testing::Values(Fault::Kind::stop_before, Fault::Kind::stop_after,
                                                          Fault::Kind::stop_within, Fault::Kind::error,
                                                          Fault::Kind::errors, Fault::Kind::short_write),
                                          testing::Values(Outage::process, Outage::power)));

// Found by the seeds 45 and 0: the name of a journal whose writer died before it had synced the folder.
TEST(CrashHistories, AResumedJournalKeepsItsName) {
  FakeFiles undisturbed(0);
  JournalWriter::create("/journal", {}, {.files = undisturbed});
  int num_cases = 0;
  for (std::uint64_t call = 0; call < undisturbed.num_calls(); ++call) {
    FakeFiles files(call);
    files.plan({.kind = Fault::Kind::stop_after, .call = call});
    EXPECT_THROW(JournalWriter::create("/journal", {}, {.files = files}), FakeFiles::Stop);
    files.restart(Outage::process);
    if (files.find("/journal") == nullptr) continue;
    ++num_cases;
    ResumedJournal resumed = JournalWriter::resume("/journal", 0, {.files = files});
    resumed.writer.append({});
    ASSERT_EQ(resumed.writer.commit(), 1U);
    files.restart(Outage::power);
    ASSERT_NE(files.find("/journal"), nullptr) << call;
    ASSERT_EQ(read_journal("/journal", files).records.size(), 1U);
  }
  EXPECT_GE(num_cases, 2);
}

// Found by seed 102: a disk that took no sync and no cut any more, and the records the system still showed.
TEST(CrashHistories, WhatAFailedSyncLeftIsWrittenAgainBeforeItCounts) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    FakeFiles files(seed);
    {
      JournalWriter writer = JournalWriter::create("/journal", {}, {.files = files});
      writer.append({.payload = Bytes(500, std::byte{1})});
      files.plan({.kind = Fault::Kind::errors, .call = files.num_calls() + 4});  // three looks and the write go well
      EXPECT_THROW(writer.commit(), IoError);
    }
    files.restart(Outage::process);
    {
      ResumedJournal resumed = JournalWriter::resume("/journal", 0, {.files = files});
      ASSERT_EQ(resumed.contents.records.size(), 1U);
    }
    files.restart(Outage::power);
    ASSERT_EQ(read_journal("/journal", files).records.size(), 1U) << seed;
  }
}

TEST(CrashHistories, OfTheSeedsThatOnceFailedAllEndWell) {
  for (const std::uint64_t seed : {0U, 45U, 102U, 1007U, 134996U}) EXPECT_EQ(crash_history(seed).value_or(""), "");
}

TEST(CrashHistories, OfTenThousandSeedsAllEndWell) { EXPECT_EQ(first_broken(0, 10'000).value_or(""), ""); }

}  // namespace
}  // namespace jury
