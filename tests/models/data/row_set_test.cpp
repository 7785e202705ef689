#include "models/data/row_set.hpp"

#include <gtest/gtest.h>

#include <set>

#include "models/data/fitted.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

using Rows = std::vector<std::uint32_t>;

TEST(RowSet, HoldsTheRowsOfAListWithRepeats) {
  const RowSet set(7, Rows{3, 64, 3, 129, 64});
  EXPECT_EQ(set.count(), 3U);
  for (const std::uint32_t row : {3U, 64U, 129U}) EXPECT_TRUE(set.contains(7, row));
  for (const std::uint32_t row : {0U, 2U, 4U, 63U, 65U, 128U, 1000000U}) EXPECT_FALSE(set.contains(7, row));
}

TEST(RowSet, AgreesWithAStandardSet) {
  Rng rng(1);
  for (int round = 0; round < 20; ++round) {
    Rows a_rows, b_rows;
    for (int i = 0; i < 6; ++i) a_rows.push_back(static_cast<std::uint32_t>(rng.below(150)));
    for (int i = 0; i < 6; ++i) b_rows.push_back(static_cast<std::uint32_t>(rng.below(150)));
    const std::set<std::uint32_t> a_set(a_rows.begin(), a_rows.end());
    bool common = false;
    for (const auto row : b_rows) common |= a_set.contains(row);
    EXPECT_EQ(RowSet(1, a_rows).intersects(RowSet(1, b_rows)), common);
    EXPECT_EQ(RowSet(1, a_rows).count(), a_set.size());
  }
}

TEST(RowSet, OfAnotherDatasetSharesNoRow) {
  const RowSet set(1, Rows{5});
  EXPECT_FALSE(set.contains(2, 5));
  EXPECT_FALSE(set.intersects(RowSet(2, Rows{5})));
  EXPECT_TRUE(set.intersects(RowSet(1, Rows{5})));
}

TEST(RowSet, GrowsByRowsAndBySets) {
  RowSet set(4, Rows{1});
  set.insert(200);
  set.insert(RowSet(4, Rows{64, 1}));
  EXPECT_EQ(set, RowSet(4, Rows{1, 64, 200}));
  RowSet empty;
  EXPECT_TRUE(empty.empty());
  empty.insert(set);
  EXPECT_EQ(empty, set);
  empty.insert(RowSet());
  EXPECT_EQ(empty, set);
}

TEST(RowSet, ReadsBackWhatItSaved) {
  const RowSet set(9, Rows{0, 63, 64, 700});
  ByteWriter writer;
  set.save(writer);
  ByteReader reader(writer.bytes());
  EXPECT_EQ(RowSet::load(reader), set);
  EXPECT_TRUE(reader.empty());
  ByteReader torn(std::span(writer.bytes()).first(20));
  EXPECT_THROW(RowSet::load(torn), DataError);
}

#ifdef JURY_CONTRACTS
TEST(RowSetDeathTest, SetsOfTwoDatasetsAreNotMerged) {
  RowSet set(1, Rows{1});
  EXPECT_DEATH(set.insert(RowSet(2, Rows{1})), "contract broken");
}
#endif

TEST(RequireUnseen, RefusesARowTheValueWasFittedOn) {
  const Fitted<double> mean(1.5, RowSet(11, Rows{0, 2, 2, 5}));
  EXPECT_NO_THROW(require_unseen(mean.saw(), 11, Rows{1, 3, 4, 6, 7000}, "the mean"));
  try {
    require_unseen(mean.saw(), 11, Rows{1, 5}, "fold 3, member 1");
    FAIL() << "the leak was not seen";
  } catch (const LeakError& error) {
    EXPECT_STREQ(
        error.what(),
        "fold 3, member 1 would be scored on row 5 (it was fitted on that row) please report this: it is a bug");
  }
}

TEST(RequireUnseen, ADrawOfItsOwnLeaksNothing) {
  const Fitted<double> mean(1.5, RowSet(11, Rows{0, 2}));
  EXPECT_NO_THROW(require_unseen(mean.saw(), 12, Rows{0, 2}, "the mean"));
}

}  // namespace
}  // namespace jury
