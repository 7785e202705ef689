#include "runtime/store/hdf5_child.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>

#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"
#include "runtime/store/sample_results.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class Hdf5ChildTest : public testing::Test {
 protected:
  void SetUp() override { write_hdf5_aside(file(), fill_sample); }
  void TearDown() override { ::unsetenv("JURY_TEST_CHILD"); }
  std::string file() const { return scratch_ / "a.h5"; }

  // What reading a table says when the child behaves like this.
  std::string error_when(const char* mode, ChildOptions options) {
    ::setenv("JURY_TEST_CHILD", mode, 1);
    try {
      Hdf5Child(file(), options).read_group("/trials");
    } catch (const DataError& error) {
      return error.what();
    }
    return "no DataError";
  }

  Scratch scratch_;
  ChildOptions options_{.program = JURY_READ_CHILD};
};

TEST_F(Hdf5ChildTest, ATableComesThroughTheSocket) {
  const ResultsGroup trials = Hdf5Child(file(), options_).read_group("/trials");
  const Hdf5Reader direct(file());
  ASSERT_EQ(trials.arrays.size(), 8U);
  for (const Hdf5Array& array : trials.arrays) {
    const Hdf5Array expected = direct.read(array.path);
    EXPECT_EQ(array.type, expected.type);
    EXPECT_EQ(array.dims, expected.dims);
    EXPECT_EQ(array.data, expected.data);
    EXPECT_EQ(array.texts, expected.texts);
  }
  EXPECT_EQ(trials.arrays[0].path, "/trials/row");
  EXPECT_TRUE(trials.arrays[0].is_dimension());
  ASSERT_NE(trials.find("pruned"), nullptr);
  EXPECT_EQ(trials.find("pruned")->cell(0), "true");
  EXPECT_EQ(trials.find("none"), nullptr);
}

TEST_F(Hdf5ChildTest, AllTablesComeThroughTheSocketAsTheGroupsTheyAre) {
  const auto tables = Hdf5Child(file(), options_).read_tables("/none");
  ASSERT_FALSE(tables.empty());
  for (const ResultsTables& table : tables) {
    const ResultsGroup alone = Hdf5Child(file(), options_).read_group(table.path);
    EXPECT_EQ(table.group.attributes, alone.attributes);
    std::vector<std::string> paths, expected;
    for (const Hdf5Array& array : table.group.arrays) paths.push_back(array.path);
    for (const Hdf5Array& array : alone.arrays)
      if (array.dims.size() == 1) expected.push_back(array.path);
    EXPECT_EQ(paths, expected);
  }
  const auto fewer = Hdf5Child(file(), options_).read_tables(tables.front().path);
  EXPECT_LT(fewer.size(), tables.size());
}

TEST_F(Hdf5ChildTest, TheAttributesOfTheRootComeThroughTheSocket) {
  const ResultsGroup root = Hdf5Child(file(), options_).read_group("/");
  EXPECT_EQ(*find_attribute(root.attributes, "seed"), AttributeValue(std::int64_t{20260101}));
  EXPECT_EQ(*find_attribute(root.attributes, "share"), AttributeValue(0.25));
  EXPECT_TRUE(root.arrays.empty());
}

TEST_F(Hdf5ChildTest, AnArrayOfManyPiecesComesThroughTheSocket) {
  const Hdf5Array weights = Hdf5Child(file(), options_).read_foreign("/models/mlp/weights_best");
  EXPECT_EQ(weights.data, Hdf5Reader(file()).read("/models/mlp/weights_best").data);
}

TEST_F(Hdf5ChildTest, OneChildAnswersManyQuestions) {
  Hdf5Child child(file(), options_);
  const auto entries = child.list_all();
  remove_file(file());  // the child has it open
  for (const Hdf5Entry& entry : entries) {
    if (entry.kind == Hdf5Entry::Kind::array) continue;
    EXPECT_NO_THROW(child.read_group(entry.path)) << entry.path;
  }
  EXPECT_EQ(child.list_all().size(), entries.size());
  child.rest();
  EXPECT_THROW(child.list_all(), IoError);
}

TEST_F(Hdf5ChildTest, AfterAnErrorAnotherChildAnswers) {
  Hdf5Child child(file(), options_);
  const std::size_t size = child.list_all().size();
  for (int round = 0; round < 3; ++round) {
    EXPECT_THROW(child.read_group("/none"), DataError);
    EXPECT_EQ(child.list_all().size(), size);
  }
}

TEST_F(Hdf5ChildTest, AChildMovesWithItsConversation) {
  Hdf5Child child(file(), options_);
  child.list_all();
  Hdf5Child other = std::move(child);
  EXPECT_EQ(other.read_group("/").attributes, Hdf5Reader(file()).attributes("/"));
}

TEST_F(Hdf5ChildTest, LongTextsComeThroughTheSocket) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 40; ++i) texts.emplace_back(i * 5000, 'x');
  write_hdf5_aside(file(), [&](Hdf5Writer& out) {
    out.root().attribute("format", "jury-results");
    TableWriter(out.group("t"), "row", texts.size()).column("text", texts);
  });
  EXPECT_EQ(Hdf5Child(file(), options_).read_group("/t").find("text")->texts, texts);
}

TEST_F(Hdf5ChildTest, NamesAndDifferencesComeThroughTheSocket) {
  const auto entries = Hdf5Child(file(), options_).list_all();
  EXPECT_EQ(entries.at(0).path, "/config");
  EXPECT_EQ(entries.at(0).kind, Hdf5Entry::Kind::group);
  EXPECT_TRUE(Hdf5Child(file(), options_).differences_from(file()).empty());
  write_hdf5_aside(scratch_ / "b.h5", [](Hdf5Writer& out) {
    fill_sample(out);
    out.group("extra");
  });
  const auto differences = Hdf5Child(file(), options_).differences_from(scratch_ / "b.h5");
  ASSERT_EQ(differences.size(), 1U);
  EXPECT_EQ(differences[0].path, "/extra");
  EXPECT_FALSE(differences[0].index.has_value());
}

TEST_F(Hdf5ChildTest, ErrorsOfTheChildAreErrorsHere) {
  try {
    Hdf5Child(file(), options_).read_group("/none");
    ADD_FAILURE() << "a group that is not there was read";
  } catch (const DataError& error) {
    EXPECT_EQ(error.what(), "'" + file() + "': there is no '/none'");
  }
  EXPECT_THROW(Hdf5Child(file(), options_).read_foreign("/trials/state"), DataError);
  EXPECT_THROW(Hdf5Child(scratch_ / "none.h5", options_).list_all(), IoError);
  EXPECT_THROW(Hdf5Child(file(), options_).differences_from(scratch_ / "none.h5"), IoError);
  EXPECT_THROW(Hdf5Child(scratch_.path(), options_).list_all(), DataError);
  EXPECT_THROW(Hdf5Child(file(), {.program = scratch_ / "no-program"}).list_all(), IoError);
  write_hdf5_aside(file(), [](Hdf5Writer&) {});
  EXPECT_THROW(Hdf5Child(file(), options_).read_group("/"), DataError);
}

TEST_F(Hdf5ChildTest, ACrashIsADataErrorThatNamesTheFile) {
  EXPECT_THAT(error_when("crash", options_),
              AllOf(HasSubstr("a.h5' cannot be read"), HasSubstr("crashed with signal 11")));
  EXPECT_THAT(error_when("quit", options_), HasSubstr("ended early with code 9"));
}

TEST_F(Hdf5ChildTest, AHangIsADataError) {
  options_.seconds = 0.05;
  EXPECT_THAT(error_when("hang", options_), HasSubstr("takes too long"));
}

// A free space of no bytes among the texts sends HDF5 1.10 round in circles.
TEST_F(Hdf5ChildTest, WhoNeverComesToAnEndUsesUpItsTime) {
  Bytes bytes = read_file(file());
  constexpr std::string_view kHeap = "GCOL";
  const auto heap = std::ranges::search(bytes, std::as_bytes(std::span(kHeap)));
  ASSERT_FALSE(heap.empty());
  std::fill_n(heap.begin() + 16, 16, std::byte{0});  // index, references and size of its first object
  remove_file(file());
  File::create(file()).write_all(bytes);
  EXPECT_THAT(error_when("", options_), HasSubstr("a.h5' cannot be read (its reader used up its time)"));
}

TEST_F(Hdf5ChildTest, WhatAMadChildSendsIsBounded) {
  options_.max_bytes = 1 << 20;
  EXPECT_THAT(error_when("huge", options_), HasSubstr("too large"));
  EXPECT_THAT(error_when("babble", options_), HasSubstr("elements of no array"));
  EXPECT_THAT(error_when("", {.program = options_.program, .max_bytes = 100}), HasSubstr("too large"));
}

TEST_F(Hdf5ChildTest, TheChildIsNoRankAndNoSlurmStep) {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_JOB_ID", "SBATCH_EXPORT"})
    ::setenv(name, "1", 1);
  EXPECT_EQ(error_when("environment", options_), "no DataError");
}

TEST_F(Hdf5ChildTest, MutatedFilesNeverBringThisProcessDown) {
  const Scratch scratch;
  write_hdf5_aside(scratch / "small.h5", [](Hdf5Writer& out) {
    out.root().attribute("format", "jury-results");
    TableWriter(out.group("trials"), "row", 2)
        .column("value", std::vector<double>{1, 2})
        .column("state", std::vector<std::string>{"a", "b"});
  });
  const Bytes whole = read_file(scratch / "small.h5");
  Rng rng(7);
  options_.seconds = 5;
  for (int round = 0; round < 40; ++round) {
    Bytes bytes = whole;
    for (int i = 0; i < 20; ++i) bytes[rng.below(bytes.size())] = static_cast<std::byte>(rng.below(256));
    remove_file(file());
    File::create(file()).write_all(bytes);
    try {
      Hdf5Child(file(), options_).read_group("/trials");
    } catch (const DataError&) {
    }
  }
}

}  // namespace
}  // namespace jury
