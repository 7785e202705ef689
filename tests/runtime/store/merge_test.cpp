#include "runtime/store/merge.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/error_of.hpp"

namespace jury {
namespace {

using testing::HasSubstr;

Record record(std::int32_t member, std::string payload, TaskState state = TaskState::complete) {
  Record record{.key = {.member = member}, .state = state, .rank = member, .host = "node7"};
  for (const char c : payload) record.payload.push_back(static_cast<std::byte>(c));
  return record;
}

NamedJournal journal(std::string path, std::vector<Record> records) {
  return {.path = std::move(path),
          .contents = {.head = {.identity = 5, .data_hash = 6, .isa = "avx2"}, .records = std::move(records)}};
}

TEST(Merge, IsTheUnionInTheOrderOfKeysWhateverTheOrderOfTheJournals) {
  const NamedJournal a = journal("a", {record(3, "three"), record(0, "zero")});
  const NamedJournal b = journal("b", {record(1, "one"), record(3, "three")});
  const MergedJournals forward = merge_journals({a, b}), backward = merge_journals({b, a});
  ASSERT_EQ(forward.records.size(), 3U);
  EXPECT_EQ(forward.num_duplicates, 1U);
  EXPECT_TRUE(forward.conflicts.empty());
  EXPECT_EQ(forward.sources, (std::vector<std::size_t>{0, 1, 0}));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(same_result(forward.records[i], backward.records[i])) << i;
}

TEST(Merge, RecordsOfOneKeyAndOtherSettingsAreOfDifferentTasks) {
  Record other = record(0, "other");
  other.settings = 9;
  EXPECT_EQ(merge_journals({journal("a", {record(0, "zero")}), journal("b", {other})}).records.size(), 2U);
}

TEST(Merge, AFinalResultTakesThePlaceOfAFailure) {
  const Record failed = record(0, "", TaskState::failed);
  for (const auto& journals : {std::vector{journal("a", {failed}), journal("b", {record(0, "zero")})},
                               std::vector{journal("a", {record(0, "zero")}), journal("b", {failed})}}) {
    const MergedJournals merged = merge_journals(journals);
    ASSERT_EQ(merged.records.size(), 1U);
    EXPECT_EQ(merged.records[0].state, TaskState::complete);
    EXPECT_TRUE(merged.conflicts.empty());
  }
}

TEST(Merge, TwoResultsOfOneTaskAreAConflictThatNamesBoth) {
  const MergedJournals merged =
      merge_journals({journal("runs/a/journal", {record(2, "two")}), journal("runs/b/journal", {record(2, "TWO")})});
  ASSERT_EQ(merged.conflicts.size(), 1U);
  EXPECT_EQ(merged.conflicts[0].key.member, 2);
  EXPECT_THAT(merged.conflicts[0].text,
              HasSubstr("member 2 has two results: complete on rank 2 of node7 in 'runs/a/journal', and another"));
  EXPECT_THAT(merged.conflicts[0].text, HasSubstr("'runs/b/journal'"));
}

TEST(Merge, RefusesJournalsThatAreNotOfOneRun) {
  NamedJournal identity = journal("b", {}), data = journal("b", {}), isa = journal("b", {});
  identity.contents.head.identity = 7;
  data.contents.head.data_hash = 7;
  isa.contents.head.isa = "avx512";
  EXPECT_THAT(error_of<ConfigError>([&] {
                merge_journals({journal("a", {}), identity});
              }),
              HasSubstr("'a' and 'b' are of different runs"));
  EXPECT_THAT(error_of<ConfigError>([&] { merge_journals({journal("a", {}), data}); }), HasSubstr("of different data"));
  EXPECT_THAT(error_of<ConfigError>([&] { merge_journals({journal("a", {}), isa}); }), HasSubstr("(avx2 and avx512)"));
  EXPECT_THAT(error_of<ConfigError>([&] { merge_journals({}); }), HasSubstr("nothing to merge"));
}

}  // namespace
}  // namespace jury
