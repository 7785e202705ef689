// Everything a user can get wrong about data ends in one line that says what and where.
#include <gtest/gtest.h>

#include "models/data/files.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

class LoadErrors : public testing::Test {
 protected:
  std::string data_error(std::string_view text, DataOptions options = {.target = {"y"}}, const LoadOptions& load = {}) {
    if (options.train.empty()) options.train = folder.write("t.csv", text);
    return message_of<DataError>(folder, [&] { load_dataset(options, 1, load); });
  }
  std::string config_error(std::string_view text, DataOptions options) {
    if (options.train.empty()) options.train = folder.write("t.csv", text);
    return message_of<ConfigError>(folder, [&] { load_dataset(options, 1); });
  }
  const Scratch folder;
  const char* const small = "age,pay,y\n1,10,u\n2,20,v\n3,30,u\n";
};

TEST_F(LoadErrors, FilesThatAreMissingOrUnknown) {
  EXPECT_EQ(data_error("", {.train = folder / "none.csv", .target = {"y"}}),
            "data file 'none.csv' cannot be read (No such file or directory)");
  EXPECT_EQ(data_error("", {.train = folder.write("empty.csv", ""), .target = {"y"}}), "empty.csv: is empty");
  EXPECT_EQ(data_error("", {.train = folder.write("t.xls", "x"), .target = {"y"}}),
            "t.xls: the format cannot be told from the name (known: csv, tsv, table, arff, npy, npz, libsvm, idx, dt, "
            "cifar10, each also as .gz) set data.format");
  const std::string packed = gzipped(small);
  EXPECT_EQ(
      data_error("", {.train = folder.write("torn.csv.gz", packed.substr(0, packed.size() - 9)), .target = {"y"}}),
      "torn.csv.gz: is no sound gzip file (it ends early)");
}

TEST_F(LoadErrors, SourcesThatExcludeEachOther) {
  EXPECT_EQ(message_of<ConfigError>(folder, [] { load_dataset({}, 1); }),
            "data.train is missing (nor is there data.generator) name the file to learn from");
  EXPECT_EQ(config_error(small, {.generator = "twonorm"}),
            "data.train and data.generator are both given (data come from one of them)");
  EXPECT_EQ(config_error(small, {.test_fraction = 0.5, .test_slice = "0:1", .target = {"y"}}),
            "data.test, data.test_fraction and data.test_slice exclude each other (give one)");
  EXPECT_EQ(message_of<ConfigError>(folder, [] { load_dataset({.generator = "twonorm", .test_fraction = 0.5}, 1); }),
            "data.generator draws its test rows itself (data.test, test_fraction and test_slice are for files) set "
            "data.test_rows");
  EXPECT_NE(message_of<ConfigError>(folder, [] { load_dataset({.generator = "fournorm"}, 1); })
                .find("data.generator = \"fournorm\" is unknown"),
            std::string::npos);
}

TEST_F(LoadErrors, ColumnsThatAreNotThere) {
  EXPECT_EQ(config_error(small, {}),
            "data.target is missing (t.csv does not say which column to predict) name it, or \"last\"");
  EXPECT_EQ(config_error(small, {.target = {"pai"}}),
            "data.target names the column 'pai' (t.csv has 3 columns, none of that name) did you mean 'pay'?");
  EXPECT_EQ(config_error(small, {.target = {"7"}}),
            "data.target names the column '7' (t.csv has 3 columns, none of that name) (known: age, pay, y)");
  EXPECT_EQ(config_error(small, {.target = {"y"}, .ignore = {"agee"}}),
            "data.ignore names the column 'agee' (t.csv has 3 columns, none of that name) did you mean 'age'?");
  EXPECT_EQ(config_error(small, {.target = {"y"}, .weight = "w"}).substr(0, 35), "data.weight names the column 'w' (t");
}

TEST_F(LoadErrors, AColumnHasOneUse) {
  EXPECT_EQ(config_error(small, {.target = {"y"}, .features = {"age", "y"}}),
            "data.features names the column 'y' (it is in data.target already) a column has one use");
  EXPECT_EQ(config_error(small, {.target = {"y"}, .ignore = {"y"}}),
            "data.ignore names the column 'y' (it is in data.target already) a column has one use");
}

TEST_F(LoadErrors, CellsThatAreNoNumbers) {
  EXPECT_EQ(data_error("age,pay,y\n1,10,u\n2,2x,v\n3,30,u\n"),
            "t.csv:3: '2x' in column 'pay' is no number (the column has numbers) correct it, or list it in "
            "data.missing, or the column in data.categorical or data.ignore");
  EXPECT_EQ(data_error("age,pay,y\n1,10,u\n2,-inf,v\n3,30,u\n"),
            "t.csv:3: '-inf' in column 'pay' is not finite (numbers must be) correct it, or list it in data.missing");
  EXPECT_EQ(data_error("age,pay,y\n1,10,u\n2,1e300,v\n3,30,u\n"),
            "t.csv:3: column 'pay' is beyond the range of 32-bit numbers");
  EXPECT_EQ(data_error("age,y\n1,u\n2,v,7\n"), "t.csv:3: has 3 cells (the first line has 2)");
}

TEST_F(LoadErrors, TargetsThatAreNone) {
  for (const char* cell : {"", "NA", "nan"})
    EXPECT_EQ(data_error(std::string("a,y\n1,1.5\n2,") + cell + "\n3,2\n"),
              "t.csv:3: the target 'y' is missing or NaN (every row needs one) leave the row out");
  EXPECT_EQ(data_error("a,y\n1,1.5\n2,inf\n3,2\n"),
            "t.csv:3: 'inf' in column 'y' is not finite (numbers must be) correct it, or list it in data.missing");
  EXPECT_EQ(data_error("a,y\n1,u\n2,u\n"),
            "t.csv: the target 'y' has one class only in the training rows, 'u' (classification needs two)");
  EXPECT_EQ(data_error("a,y\n1,u\n2,u\n3,v\n", {.test_slice = "2:", .target = {"y"}}),
            "t.csv: the target 'y' has one class only in the training rows, 'u' (classification needs two)");
  EXPECT_EQ(config_error(small, {.target = {"y", "pay"}, .task = "classification"}),
            "data.target names 2 columns (classification has one target) name one, or set data.task = \"regression\"");
}

TEST_F(LoadErrors, TextsCannotBeRegressed) {
  EXPECT_NE(data_error(small, {.target = {"y"}, .task = "regression"}).find("t.csv:2: 'u' in column 'y' is no number"),
            std::string::npos);
  EXPECT_EQ(config_error(small, {.target = {"last"}, .task = "regression"}),
            "data.task = \"regression\" does not suit column 'y' (it holds texts, say 'u') predict another column, or "
            "classes");
}

TEST_F(LoadErrors, WeightsAndGroups) {
  EXPECT_EQ(data_error("a,w,y\n1,1,u\n2,-1,v\n3,1,u\n", {.target = {"y"}, .weight = "w"}),
            "t.csv:3: the weight 'w' is no finite number >= 0");
  EXPECT_EQ(data_error("a,w,y\n1,0,u\n2,0,v\n", {.target = {"y"}, .weight = "w"}), "t.csv: all weights are zero");
  EXPECT_EQ(data_error("a,g,y\n1,k,u\n2,,v\n3,m,u\n", {.target = {"y"}, .group = "g"}),
            "t.csv:3: column 'g' is missing (every row needs one)");
}

TEST_F(LoadErrors, NothingToLearnFrom) {
  EXPECT_EQ(data_error("a,y\n1,u\n1,v\n"), "t.csv: has no features to learn from (beside constant columns)");
  EXPECT_EQ(data_error("a,y\n1,u\n", {.target = {"y"}, .task = "classification", .shape = {1}}),
            "t.csv: leaves 1 row for training (two are needed)");
}

TEST_F(LoadErrors, ShapesThatDoNotFit) {
  EXPECT_EQ(config_error(small, {.target = {"y"}, .shape = {2, 2}}),
            "data.shape = [2, 2] does not fit the samples (t.csv has 2 features)");
  EXPECT_EQ(config_error("a,b,y\n1,u,u\n2,v,v\n", {.target = {"y"}, .shape = {2}}),
            "data.shape is given, but column 'b' holds texts (shaped samples are numbers) list it in data.ignore");
}

TEST_F(LoadErrors, SlicesAndFractionsThatHoldNothing) {
  for (const char* slice : {"3", "a:b", "1:2:3", "0.5:2"})
    EXPECT_EQ(config_error(small, {.test_slice = slice, .target = {"y"}}),
              std::string("data.test_slice = \"") + slice + "\" is no slice (write \"first:end\", counted from 0)");
  for (const char* slice : {"2:2", "1:9", "-9:"})
    EXPECT_EQ(config_error(small, {.test_slice = slice, .target = {"y"}}),
              std::string("data.test_slice = \"") + slice +
                  "\" holds no row, or some beyond the 3 rows of the file (write \"first:end\", counted from 0)");
  EXPECT_EQ(config_error(small, {.test_fraction = 0.01, .target = {"y"}}),
            "data.test_fraction leaves no test row (the file has 3 rows)");
}

TEST_F(LoadErrors, TestFilesThatDoNotFit) {
  const auto with_test = [&](std::string_view test) {
    return data_error(small, {.test = folder.write("test.csv", test), .target = {"y"}});
  };
  EXPECT_EQ(with_test("age,pays,y\n1,2,u\n"),
            "test.csv: lacks the column 'pay' of the training file did you mean 'pays'?");
  EXPECT_EQ(
      with_test("age,pay,y\n1,2,u\n1,2,w\n"),
      "test.csv:3: the class 'w' does not occur in the training file (no model can predict it) leave the row out");
  EXPECT_EQ(with_test("age,pay,y\n1,2,u\n1,x,u\n").substr(0, 48), "test.csv:3: 'x' in column 'pay' is no number (th");
  EXPECT_EQ(with_test("age,pay,y\n1,2,\n"),
            "test.csv:2: the target 'y' is missing or NaN (every row needs one) leave the row out");
  EXPECT_EQ(data_error("1,2,0\n2,1,1\n", {.test = folder.write("t2.csv", "1,0\n"), .target = {"last"}}),
            "t2.csv: has 2 columns (the training file has 3, and neither names them)");
}

TEST_F(LoadErrors, AFileWithPartsOfItsOwnHasATestSet) {
  const std::string dt = folder.write("t.dt",
                                      "bool_in=0\nreal_in=1\nbool_out=1\nreal_out=0\ntraining_examples=2\nvalidation_"
                                      "examples=0\ntest_examples=1\n1 0\n2 1\n3 0\n");
  EXPECT_EQ(config_error("", {.train = dt, .test_fraction = 0.5}),
            "data.train has a test part of its own (t.dt) leave out data.test, test_fraction and test_slice");
}

TEST_F(LoadErrors, MoreThanTheMemoryHolds) {
  EXPECT_EQ(data_error(small, {.target = {"y"}}, {.memory_limit_bytes = 20}),
            "data file 't.csv' cannot be read (31 B do not fit into the 20 B of memory there are)");
  EXPECT_EQ(data_error(small, {.target = {"y"}}, {.memory_limit_bytes = 90}),
            "t.csv: needs 120 B of memory (there are 90 B)");
  EXPECT_NE(data_error(small, {.target = {"y"}}, {.memory_limit_bytes = 200}).find("use fewer rows or features"),
            std::string::npos);
}

}  // namespace
}  // namespace jury
