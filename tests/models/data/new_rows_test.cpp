// Rows that come after the training are read for the models that are there.
#include "models/data/new_rows.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/data/categories.hpp"
#include "models/data/files.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using Names = std::vector<std::string>;
using Rows = std::vector<std::uint32_t>;

// A training file, and what is made of new files for it.
class NewRowsOf : public testing::Test {
 protected:
  void train(const std::string& name, std::string_view content, DataOptions options) {
    const Dataset data = load_text(folder, name, content, std::move(options));
    like = {.schema = data.schema(), .storage = data.storage(), .num_train = data.num_train()};
  }
  NewRows load(const std::string& name, std::string_view content, DataOptions options = {}) {
    options.train = folder.write(name, content);
    return load_new_rows(like, options, 64);
  }
  std::string problem(const std::string& name, std::string_view content, DataOptions options = {}) {
    options.train = folder.write(name, content);
    return message_of<DataError>(folder, [&] { load_new_rows(like, options, 64); });
  }
  // The numbers of the new rows alone.
  static std::vector<float> numbers(const Dataset& data) {
    const auto all = data.numeric().subspan(data.num_train() * data.num_numeric());
    return {all.begin(), all.end()};
  }
  static Rows codes(const Dataset& data) {
    const auto all = data.codes().subspan(data.num_train() * data.num_categorical());
    return {all.begin(), all.end()};
  }

  const Scratch folder;
  TrainedOn like;
  const char* const table = "age,job,pay,same,y\n1,cook,10,k,no\n2,clerk,20,k,yes\n3,cook,30,k,no\n";
};

TEST_F(NewRowsOf, ColumnsAreMatchedByNameInAnyOrder) {
  train("t.csv", table, {.target = {"y"}});
  const NewRows rows = load("new.csv", "y,pay,age,job\nyes,5.5,7,clerk\nno,6.5,8,cook\n");
  const Dataset data = Dataset::own(rows.block);
  EXPECT_EQ(numbers(data), (std::vector<float>{7, 5.5F, 8, 6.5F}));
  EXPECT_EQ(codes(data), (Rows{0, 1}));
  EXPECT_EQ(rows.scored, (Rows{3, 4}));
  EXPECT_EQ(data.labels()[3], 1);
  EXPECT_EQ(rows.notes, Names{});
}

TEST_F(NewRowsOf, ARowHasThePlaceInItsBlockThatATestRowHad) {
  train("t.csv", table, {.target = {"y"}});
  for (const std::size_t num_train : {0U, 1U, 63U, 64U, 1000U}) {
    like.num_train = num_train;
    const Dataset data = Dataset::own(load("new.csv", table).block);
    EXPECT_EQ(data.num_train(), num_train % 64);
    EXPECT_EQ(data.num_test(), 3U);
  }
}

TEST_F(NewRowsOf, TheTargetMayBeAbsentOrMissingOrUnknown) {
  train("t.csv", table, {.target = {"y"}});
  EXPECT_EQ(load("new.csv", "age,job,pay\n1,cook,3\n").scored, Rows{});
  const NewRows rows = load("new.csv", "age,job,pay,y\n1,cook,3,?\n1,cook,3,yes\n1,cook,3,maybe\n");
  EXPECT_EQ(rows.scored, Rows{4});
  EXPECT_EQ(rows.notes, Names{"1 row of a class in 'y' that the training file lacks; not scored"});
}

TEST_F(NewRowsOf, AMissingNumericTargetIsNotScored) {
  train("t.csv", "a,u,v\n1,0.5,1\n2,2,3.5\n", {.target = {"u", "v"}, .task = "regression"});
  const NewRows rows = load("new.csv", "v,a,u\n1,7,2\n,8,2\n3,9,4\n");
  EXPECT_EQ(rows.scored, (Rows{2, 4}));
  EXPECT_EQ(Dataset::own(rows.block).targets()[4], 2.0);
  EXPECT_EQ(problem("new.csv", "v,a,u\n1,7,2\ninf,8,2\n").substr(0, 35), "new.csv:3: 'inf' in column 'v' is n");
}

TEST_F(NewRowsOf, ColumnsTheTrainingFileDoesNotHaveAreNoted) {
  train("t.csv", table, {.target = {"y"}, .ignore = {"pay"}});
  EXPECT_EQ(
      load("new.csv", "id,age,job,pay,zone,same\n7,1,cook,x,9,2\n").notes,  // pay and same are known, and not used
      Names{"2 columns of " + folder / "new.csv" + " that the training file does not have, left out: id, zone"});
}

TEST_F(NewRowsOf, ColumnsThatAreMissingAreAllNamed) {
  train("t.csv", table, {.target = {"y"}});
  EXPECT_EQ(problem("new.csv", "aeg,y\n1,no\n2,yes\n"),
            "new.csv: lacks the columns 'age', 'job', 'pay' of the training file did you mean 'aeg'?");
  EXPECT_EQ(problem("new.csv", "age,job\n1,cook\n"),
            "new.csv: lacks the column 'pay' of the training file (known: age, job)");
}

TEST_F(NewRowsOf, AnUnknownCategoryCountsAsMissing) {
  train("t.csv", table, {.target = {"y"}});
  const NewRows rows = load("new.csv", "age,job,pay\n1,pilot,3\n1,cook,3\n1,,3\n1,nurse,3\n");
  EXPECT_EQ(codes(Dataset::own(rows.block)), (Rows{kMissingCode, 1, kMissingCode, kMissingCode}));
  EXPECT_EQ(rows.notes, Names{"2 cells of job with texts that the training file lacks; they count as missing"});
}

TEST_F(NewRowsOf, WhatARowBecomesDoesNotDependOnTheOthers) {
  train("t.csv", "a,b,y\n1,01,p\n1,x,q\n2,7.0,p\n2,x,q\n", {.target = {"y"}, .categorical = {"a"}});
  for (const char* text : {"a,b\n1,01\n", "a,b\n1.0,01\nz,x\n", "b,a\n01,+1\n7.0,2\n"})
    EXPECT_EQ(codes(Dataset::own(load("new.csv", text).block))[0], 0U) << text;
  EXPECT_EQ(codes(Dataset::own(load("new.csv", "a,b\n2,7\n").block)), (Rows{1, 1}));  // 7 is 7.0
}

TEST_F(NewRowsOf, OneRowOfTextsIsEnough) {
  train("t.csv", "a,b,y\nu,v,p\nw,x,q\n", {.header = {"true"}, .target = {"y"}});
  EXPECT_EQ(codes(Dataset::own(load("new.csv", "b,a\nx,u\n").block)), (Rows{0, 1}));
}

TEST_F(NewRowsOf, WithoutNamesPlacesTell) {
  train("t.csv", "9,1,red,5\n8,2,blue,6\n7,3,red,7\n",
        {.target = {"0"}, .task = "regression"});  // the target stands first
  for (const char* text : {"1,4,blue,9\n2,5,red,8\n", "4,blue,9\n5,red,8\n"}) {
    const NewRows rows = load("new.csv", text);
    EXPECT_EQ(numbers(Dataset::own(rows.block)), (std::vector<float>{4, 9, 5, 8})) << text;
    EXPECT_EQ(codes(Dataset::own(rows.block)), (Rows{0, 1}));
    EXPECT_EQ(rows.scored.size(), text[1] == ',' && text[4] == 'b' ? 2U : 0U);
  }
  EXPECT_EQ(problem("new.csv", "1,2\n3,4\n"),
            "new.csv: has 2 columns (the training file has 4, 3 without its targets, and not both files name them)");
}

TEST_F(NewRowsOf, NamesInOneOfTheFilesAreNoHelp) {
  train("t.csv", table, {.target = {"y"}});
  EXPECT_EQ(numbers(Dataset::own(load("new.csv", "5,cook,6,k\n7,clerk,8,k\n").block)),
            (std::vector<float>{5, 6, 7, 8}));
  EXPECT_EQ(numbers(Dataset::own(load("new.csv", "5,cook,6\n").block)),
            (std::vector<float>{5, 6}));  // the features alone
}

TEST_F(NewRowsOf, CategoriesOfNumbersAreReadAsTextsWherePlacesTell) {
  train("t.csv", "1,01,p\n2,A,q\n3,01,p\n", {.target = {"last"}, .categorical = {"x1"}});
  EXPECT_EQ(codes(Dataset::own(load("new.csv", "5,01\n6,1\n7,2\n").block)), (Rows{0, 0, kMissingCode}));
}

TEST_F(NewRowsOf, TextsWhereNumbersWereAreRefused) {
  train("t.csv", table, {.target = {"y"}});
  EXPECT_EQ(problem("new.csv", "age,job,pay\n1,cook,3\nx,cook,3\n").substr(0, 34),
            "new.csv:3: 'x' in column 'age' is ");
  EXPECT_EQ(problem("new.arff",
                    "@relation r\n@attribute age {a,b}\n@attribute job {cook}\n@attribute pay real\n@data\na,cook,1\n"),
            "new.arff: column 'age' holds texts, say 'a' (numbers in the training file)");
  EXPECT_EQ(problem("new.csv", "age,job,pay\n1,cook,1e39\n"),
            "new.csv:2: column 'pay' is beyond the range of 32-bit numbers");
}

TEST_F(NewRowsOf, EmptyFilesAreRefused) {
  train("t.csv", table, {.target = {"y"}});
  EXPECT_EQ(problem("new.csv", ""), "new.csv: is empty");
  EXPECT_EQ(problem("new.csv", "age,job,pay\n"), "new.csv: has no rows (only a line of names)");
}

TEST_F(NewRowsOf, WeightsCountWhereRowsAreScored) {
  train("t.csv", "a,w,y\n1,1,p\n2,2,q\n", {.target = {"y"}, .weight = "w"});
  EXPECT_EQ(Dataset::own(load("new.csv", "a,y,w\n1,p,0.5\n", {.weight = "w"}).block).weight()[2], 0.5F);
  EXPECT_TRUE(Dataset::own(load("new.csv", "a,w\n1,-3\n", {.weight = "w"}).block).weight().empty());
  EXPECT_EQ(problem("new.csv", "a,y,w\n1,p,-3\n", {.weight = "w"}),
            "new.csv:2: the weight 'w' is no finite number >= 0");
}

TEST_F(NewRowsOf, SparseRowsMayBeShorterThanThoseOfTheTrainingFile) {
  train("t.svm", "1 0:1 1:2 3:4\n0 0:2 2:1\n1 1:5 3:1\n", {});
  const NewRows rows = load("new.svm", "1 0:7\n9 1:8\n");
  EXPECT_EQ(numbers(Dataset::own(rows.block)), (std::vector<float>{7, 0, 0, 0, 0, 8, 0, 0}));
  EXPECT_EQ(rows.scored.size(), 1U);
  EXPECT_EQ(load("new.svm", "1 0:7 9:1\n").notes.size(), 1U);  // a feature that no model knows
}

TEST_F(NewRowsOf, ImagesMayComeWithoutLabels) {
  const std::string head = std::string("\0\0\x08\x03\0\0\0\3\0\0\0\2\0\0\0\2", 16);
  folder.write("a-labels-idx1-ubyte", std::string("\0\0\x08\x01\0\0\0\3\1\0\1", 11));
  train("a-images-idx3-ubyte", head + "abcdefghijkl", {});
  ASSERT_EQ(like.storage, Storage::u8);
  const NewRows rows = load("b-images-idx3-ubyte", head + "ABCDEFGHIJKL");
  EXPECT_EQ(Dataset::own(rows.block).bytes()[3 * 4], 'A');
  EXPECT_EQ(rows.scored, Rows{});
  EXPECT_EQ(load("a-images-idx3-ubyte", head + "ABCDEFGHIJKL").scored.size(), 3U);
  EXPECT_EQ(Dataset::own(load("new.csv", "1,2,3,255\n").block).bytes()[3 * 4 + 3], 255);  // the same as columns
  EXPECT_EQ(problem("new.csv", "1,2,3,256\n"),
            "new.csv:1: column 'p3' is no whole number in [0, 255] (the training file holds images of bytes)");
  EXPECT_EQ(problem("c-images-idx3-ubyte", std::string("\0\0\x08\x03\0\0\0\1\0\0\0\2\0\0\0\3", 16) + "abcdef"),
            "c-images-idx3-ubyte: its samples have 6 numbers each (those of the training file have 4)");
}

TEST(CodesIn, AreThoseOfTheSameTextOrElseOfTheSameNumber) {
  const RawColumn column{.name = "c",
                         .kind = FeatureKind::categorical,
                         .codes = {0, 1, 2, 3, kMissingCode},
                         .vocabulary = {"1", "01", "2.0", "b"}};
  EXPECT_EQ(codes_in(column, Names{"01", "1", "2"}), (Rows{1, 0, 2, kMissingCode, kMissingCode}));
  const RawColumn numbers{.name = "c", .numbers = {1, 2, 3, kMissingNumber}};
  EXPECT_EQ(codes_in(numbers, Names{"01", "1", "2"}), (Rows{0, 2, kMissingCode, kMissingCode}));
  EXPECT_EQ(codes_in(numbers, Names{}), Rows(4, kMissingCode));
}

}  // namespace
}  // namespace jury
