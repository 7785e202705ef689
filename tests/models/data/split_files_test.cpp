#include "models/data/split_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/data/files.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum SplitPart;

class SplitFiles : public testing::Test {
 protected:
  std::vector<SplitPart> read(std::size_t rows, SplitSource source = {.test_index = "test_{}.txt"}) const {
    return read_split_files(source, rows, folder / "");
  }
  std::string error(std::size_t rows, SplitSource source = {.test_index = "test_{}.txt"}) const {
    return message_of<DataError>(folder, [&] { read(rows, std::move(source)); });
  }
  // A dataset of four rows with a fold for each, and what load_dataset() makes of it.
  Dataset load(const std::string& text, DataOptions options = {.target = {"y"}},
               SplitSource source = {.column = "f"}) const {
    options.train = folder.write("t.csv", text);
    return Dataset::own(load_dataset(options, 1, {.base = {}, .splits = std::move(source)}));
  }
  static std::vector<std::int32_t> folds(const Dataset& data) { return {data.fold().begin(), data.fold().end()}; }

  const Scratch folder;
};

TEST_F(SplitFiles, NumbersAreWrittenInAnyWay) {
  folder.write("test_0.txt", " 1.200000000000000000e+01\n3\t 0.0\r\n\n");
  const auto parts = read(13);
  for (std::size_t row = 0; row < 13; ++row)
    EXPECT_EQ(parts[row], row == 12 || row == 3 || row == 0 ? test : train) << row;
}

TEST_F(SplitFiles, AreReadWhileTheyAreThere) {
  folder.write("test_0.txt", "0");
  folder.write("test_1.txt", "1");
  folder.write("test_3.txt", "2");
  EXPECT_THAT(read(3), ElementsAre(test, train, train, train, test, train));
  EXPECT_THAT(read(3, {.test_index = "test_{}.txt", .count = 1}), ElementsAre(test, train, train));
  EXPECT_EQ(error(3, {.test_index = "test_{}.txt", .count = 3}),
            "data file 'test_2.txt' cannot be read (No such file or directory)");
}

TEST_F(SplitFiles, MayLeaveRowsOutOfBothParts) {
  folder.write("test_0.txt", "0 1");
  folder.write("train_0.txt", "3");
  EXPECT_THAT(read(4, {.test_index = "test_{}.txt", .train_index = "train_{}.txt"}),
              ElementsAre(test, test, unused, train));
}

TEST_F(SplitFiles, MayBePacked) {
  folder.write("test_0.txt.gz", gzipped("1"));
  EXPECT_THAT(read(2, {.test_index = "test_{}.txt.gz"}), ElementsAre(train, test));
}

TEST_F(SplitFiles, EveryMistakeIsADataErrorWithItsLine) {
  EXPECT_EQ(error(4), "data file 'test_0.txt' cannot be read (No such file or directory)");
  folder.write("test_0.txt", "0\n\n1 x2\n");
  EXPECT_EQ(error(4), "test_0.txt:3: 'x2' is no row number (rows are numbered from 0)");
  folder.write("test_0.txt", "0\n1.5\n");
  EXPECT_EQ(error(4), "test_0.txt:2: '1.5' is no row number (rows are numbered from 0)");
  for (const char* row : {"4", "-1", "1e30", "inf"}) {
    folder.write("test_0.txt", std::string("0\n") + row);
    EXPECT_EQ(error(4), std::string("test_0.txt:2: names row ") + row + " (the training file has rows 0 to 3)");
  }
  folder.write("test_0.txt", "0\n1\n0\n");
  EXPECT_EQ(error(4), "test_0.txt:3: names row 0 twice (a split has it once)");
  folder.write("test_0.txt", "\n \n");
  EXPECT_EQ(error(4), "test_0.txt: names no row (a split needs rows to train on and rows to test)");
  folder.write("test_0.txt", "2 0 1 3");
  EXPECT_EQ(error(4), "test_0.txt: names all 4 rows (none is left to train on)");
}

TEST_F(SplitFiles, TrainingFilesMustBeThereAndApart) {
  const SplitSource both{.test_index = "test_{}.txt", .train_index = "train_{}.txt"};
  folder.write("test_0.txt", "2");
  EXPECT_EQ(error(4, both), "data file 'train_0.txt' cannot be read (No such file or directory)");
  folder.write("train_0.txt", "0\n1\n2\n");
  EXPECT_EQ(error(4, both),
            "train_0.txt:3: row 2 is trained on and tested in the same split (scores would be too good)");
  folder.write("train_0.txt", "");
  EXPECT_EQ(error(4, both), "train_0.txt: names no row (a split needs rows to train on and rows to test)");
}

TEST_F(SplitFiles, TheirContentIsInTheHashOfTheDataAndTheirPathIsNot) {
  const char* const text = "a,y\n1,u\n2,v\n3,u\n";
  folder.write("test_0.txt", "0");
  folder.write("other_0.txt", "0.0\n");
  const auto hash = [&](const std::string& name) {
    return load(text, {.target = {"y"}}, {.test_index = folder / name}).hash();
  };
  const std::uint64_t before = hash("test_{}.txt");
  EXPECT_EQ(hash("other_{}.txt"), before);
  folder.write("test_0.txt", "1");
  EXPECT_NE(hash("test_{}.txt"), before);
}

TEST_F(SplitFiles, NumberTheTrainingRowsOfAFileWithATestFile) {
  folder.write("test_0.txt", "1");
  const std::string more = folder.write("more.csv", "a,y\n5,u\n6,v\n");
  const Dataset data =
      load("a,y\n1,u\n2,v\n3,u\n", {.test = more, .target = {"y"}}, {.test_index = folder / "test_{}.txt"});
  EXPECT_THAT(std::vector(data.parts().begin(), data.parts().end()), ElementsAre(train, test, train));
}

TEST_F(SplitFiles, DoNotGoWithRowsKeptForTesting) {
  const auto message = [&](DataOptions options) {
    return message_of<ConfigError>(
        folder, [&] { load("a,y\n1,u\n2,v\n3,u\n4,v\n", std::move(options), {.test_index = "t{}"}); });
  };
  EXPECT_EQ(message({.test_fraction = 0.5, .target = {"y"}}),
            "cv.test_index numbers the rows of data.train (data.test_fraction keeps some of them for testing) leave "
            "one of the two out");
  EXPECT_THAT(message({.test_slice = "0:2", .target = {"y"}}),
              testing::HasSubstr("data.test_slice keeps some of them"));
  EXPECT_EQ(message_of<ConfigError>(
                folder, [] { load_dataset({.generator = "twonorm"}, 1, {.base = {}, .splits = {.column = "f"}}); }),
            "cv.method = \"predefined\" does not suit data.generator (its rows are drawn anew) name a data file");
}

TEST_F(SplitFiles, AColumnNamesTheFoldsInTheOrderOfItsValues) {
  const Dataset numbers = load("a,f,y\n1,10,u\n2,9,v\n3,-1,u\n4,,v\n5,9.0,u\n");
  EXPECT_THAT(folds(numbers), ElementsAre(1, 0, -1, -1, 0));
  EXPECT_THAT(folds(load("a,f,y\n1,b,u\n2,a,v\n3,b,u\n")), ElementsAre(1, 0, 1));
  EXPECT_EQ(numbers.schema().features.size(), 1U);  // the column is nothing to learn from
  EXPECT_THAT(load("a,f,y\n1,b,u\n2,a,v\n", {.target = {"y"}}, {}).fold(), IsEmpty());
}

TEST_F(SplitFiles, AColumnCountsTheFoldsOfTheTrainingRowsAlone) {
  const Dataset data = load("a,f,y\n1,1,u\n2,2,v\n3,0,u\n4,3,v\n", {.test_slice = "0:1", .target = {"y"}});
  EXPECT_THAT(folds(data), ElementsAre(1, 0, 2));
  const std::string more = folder.write("more.csv", "a,y\n5,u\n6,v\n");
  EXPECT_THAT(folds(load("a,f,y\n1,1,u\n2,2,v\n", {.test = more, .target = {"y"}})), ElementsAre(0, 1));
}

TEST_F(SplitFiles, AColumnHasOneUseAndANameThatIsThere) {
  const auto message = [&](SplitSource source) {
    return message_of<ConfigError>(folder,
                                   [&] { load("a,fold,y\n1,1,u\n2,2,v\n", {.target = {"y"}}, std::move(source)); });
  };
  EXPECT_EQ(message({.column = "folds"}),
            "cv.column names the column 'folds' (t.csv has 3 columns, none of that name) did you mean 'fold'?");
  EXPECT_EQ(message({.column = "y"}),
            "cv.column names the column 'y' (it is in data.target already) a column has one use");
}

}  // namespace
}  // namespace jury
