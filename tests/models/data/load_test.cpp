#include "models/data/load.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "models/data/files.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using Names = std::vector<std::string>;

std::vector<std::string> feature_names(const Dataset& data) {
  std::vector<std::string> names;
  for (const Feature& feature : data.schema().features) names.push_back(feature.name);
  return names;
}

std::string iris_like(int rows) {
  std::string text = "a,b,kind\n";
  for (int i = 0; i < rows; ++i)
    text += std::to_string(i) + "," + std::to_string(i * i % 7) + (i % 3 == 0 ? ",u\n" : ",v\n");
  return text;
}

TEST(Load, TheTargetIsANameAnIndexOrTheLastColumn) {
  const Scratch folder;
  const char* text = "a,y,c\n1,p,2\n2,q,3\n3,p,5\n";
  for (const char* target : {"y", "1", "-2"}) {
    const Dataset data = load_text(folder, "t.csv", text, {.target = {target}});
    EXPECT_EQ(data.schema().targets, Names{"y"}) << target;
    EXPECT_EQ(feature_names(data), (Names{"a", "c"}));
    EXPECT_EQ(data.schema().classes, (Names{"p", "q"}));
    EXPECT_EQ(std::vector<std::int32_t>(data.labels().begin(), data.labels().end()),
              (std::vector<std::int32_t>{0, 1, 0}));
  }
  EXPECT_EQ(load_text(folder, "t.csv", text, {.target = {"last"}}).schema().targets, Names{"c"});
}

TEST(Load, SeveralTargetsAreRegression) {
  const Scratch folder;
  const Dataset data = load_text(folder, "t.csv", "a,u,v\n1,0.5,1\n2,2,3\n", {.target = {"v", "u"}});
  EXPECT_EQ(data.task(), TaskKind::regression);
  EXPECT_EQ(std::vector<double>(data.targets().begin(), data.targets().end()), (std::vector<double>{1, 0.5, 3, 2}));
}

TEST(Load, AtMostTwentyWholeNumbersAreClasses) {
  const Scratch folder;
  const auto task = [&](int different, const char* last, DataOptions options = {.target = {"y"}}) {
    std::string text = "a,y\n";
    for (int i = 0; i < 60; ++i) text += std::to_string(i) + "," + std::to_string(i % different) + "\n";
    return load_text(folder, "t.csv", text + "99," + last + "\n", std::move(options)).task();
  };
  EXPECT_EQ(task(20, "0"), TaskKind::classification);
  EXPECT_EQ(task(21, "0"), TaskKind::regression);
  EXPECT_EQ(task(3, "0.5"), TaskKind::regression);
  EXPECT_EQ(task(3, "0", {.target = {"y"}, .task = "regression"}), TaskKind::regression);
  EXPECT_EQ(task(30, "0", {.target = {"y"}, .task = "classification"}), TaskKind::classification);
}

TEST(Load, ClassesAreInTheOrderOfTheirNumbers) {
  const Scratch folder;
  EXPECT_EQ(load_text(folder, "t.csv", "a,y\n1,10\n2,9\n3,-1\n", {.target = {"y"}}).schema().classes,
            (Names{"-1", "9", "10"}));
  EXPECT_EQ(load_text(folder, "t.csv", "a,y\n1,b\n2,10\n3,a\n4,b\n", {.target = {"y"}}).schema().classes,
            (Names{"10", "a", "b"}));
}

TEST(Load, ClassesAreInTheOrderOfTheDeclaration) {
  const Scratch folder;
  const Dataset data = load_text(
      folder, "t.arff", "@relation r\n@attribute a real\n@attribute y {low,never,high}\n@data\n1,high\n2,low\n3,high\n",
      {.target = {"last"}});
  EXPECT_EQ(data.schema().classes, (Names{"low", "high"}));  // without the one that never occurs
}

TEST(Load, ColumnsHaveTheRolesTheyAreGiven) {
  const Scratch folder;
  const char* text =
      "id,a,b,w,g,t,y\n1,1,x,0.5,k2,2020-02-01,1.5\n2,2,y,1,k1,2020-01-01,2.5\n3,3,x,2,k2,2020-03-01,4\n";
  const Dataset data =
      load_text(folder, "t.csv", text, {.target = {"y"}, .ignore = {"id"}, .weight = "w", .group = "g", .time = "t"});
  EXPECT_EQ(feature_names(data), (Names{"a", "b"}));
  EXPECT_EQ(data.weight()[0], 0.5F);
  EXPECT_EQ(data.group()[0], data.group()[2]);
  EXPECT_NE(data.group()[0], data.group()[1]);
  EXPECT_LT(data.time()[1], data.time()[0]);
  EXPECT_LT(data.time()[0], data.time()[2]);
  EXPECT_EQ(feature_names(load_text(folder, "t.csv", text, {.target = {"y"}, .features = {"b", "a"}})),
            (Names{"b", "a"}));
}

TEST(Load, NumbersCanBeNamesOfCategories) {
  const Scratch folder;
  const Dataset data =
      load_text(folder, "t.csv", "a,y\n10,1.5\n9,2.5\n10.0,4\n", {.target = {"y"}, .categorical = {"a"}});
  EXPECT_EQ(data.schema().features[0].vocabulary, (Names{"9", "10"}));
  EXPECT_EQ(data.codes()[2], 1U);
}

TEST(Load, AnIgnoredColumnMayHoldAnything) {
  const Scratch folder;
  const char* text = "id,a,y\n1,1,1.5\n2,2,2.5\nx3,3,4\n";
  EXPECT_EQ(feature_names(load_text(folder, "t.csv", text, {.target = {"y"}, .ignore = {"id"}})), Names{"a"});
  EXPECT_EQ(feature_names(load_text(folder, "t.csv", text, {.target = {"last"}, .features = {"a"}})), Names{"a"});
}

TEST(Load, ConstantColumnsAreLeftOutUnlessSamplesHaveAShape) {
  const Scratch folder;
  const char* text = "a,b,c,d,y\n1,5,q,,0.5\n2,5,q,,1.5\n3,5,q,,1\n";
  const Dataset table = load_text(folder, "t.csv", text, {.target = {"y"}});
  EXPECT_EQ(feature_names(table), Names{"a"});
  EXPECT_EQ(table.schema().dropped, (Names{"b", "c", "d"}));
  EXPECT_EQ(table.schema().warnings, Names{"3 columns with one value in all rows left out: b, c, d"});
  const Dataset image = load_text(folder, "t.csv", text, {.target = {"y"}, .shape = {1, 2}, .ignore = {"c", "d"}});
  EXPECT_EQ(feature_names(image), (Names{"a", "b"}));
}

TEST(Load, ATestFileIsMatchedByName) {
  const Scratch folder;
  const std::string test = folder.write("test.csv", "extra,y,b,a\nx,v,z,9\nx,u,k,8\nx,v,,7\n");
  const Dataset data = load_text(folder, "t.csv", "a,b,y\n1,k,u\n2,m,v\n", {.test = test, .target = {"y"}});
  EXPECT_EQ(data.num_train(), 2U);
  EXPECT_EQ(data.num_test(), 3U);
  EXPECT_EQ(data.numeric()[2], 9.0F);
  EXPECT_EQ(data.codes()[2], kMissingCode);  // 'z' was never seen in training
  EXPECT_EQ(data.codes()[3], 0U);
  EXPECT_EQ(data.labels()[2], 1);
  EXPECT_EQ(data.schema().features[1].vocabulary, (Names{"k", "m"}));
  EXPECT_EQ(data.schema().warnings,
            Names{"1 column of the test file with texts the training file lacks; they count as missing"});
}

TEST(Load, ATestFileWithoutNamesIsMatchedByPlace) {
  const Scratch folder;
  const std::string test = folder.write("test.csv", "5,1\n6,0\n");
  const Dataset data = load_text(folder, "t.csv", "1,0\n2,1\n3,0\n", {.test = test, .target = {"last"}});
  EXPECT_EQ(data.num_test(), 2U);
  EXPECT_EQ(data.labels()[3], 1);
}

TEST(Load, ATestFileOfNumbersMatchesCategoriesByValue) {
  const Scratch folder;
  const std::string test = folder.write("test.csv", "a,y\n1.0,2\n3,1.0\n");
  const Dataset data = load_text(folder, "t.csv", "a,y\n1,1\n2,2\n",
                                 {.test = test, .target = {"y"}, .task = "classification", .categorical = {"a"}});
  EXPECT_EQ(data.codes()[2], 0U);
  EXPECT_EQ(data.codes()[3], kMissingCode);
  EXPECT_EQ(data.labels()[3], 0);
}

TEST(Load, ASliceOfTheRowsIsTheTestSet) {
  const Scratch folder;
  const auto test_rows = [&](const char* slice) {
    const Dataset data = load_text(folder, "t.csv", iris_like(10), {.test_slice = slice, .target = {"kind"}});
    std::vector<int> rows;
    for (std::size_t i = data.num_train(); i < data.rows(); ++i)
      rows.push_back(static_cast<int>(data.numeric()[2 * i]));
    return rows;
  };
  EXPECT_EQ(test_rows("7:"), (std::vector<int>{7, 8, 9}));
  EXPECT_EQ(test_rows(":2"), (std::vector<int>{0, 1}));
  EXPECT_EQ(test_rows("3:5"), (std::vector<int>{3, 4}));
  EXPECT_EQ(test_rows("-2:"), (std::vector<int>{8, 9}));
}

TEST(Load, AFractionIsDrawnFromEachClass) {
  const Scratch folder;
  const Dataset data = load_text(folder, "t.csv", iris_like(90), {.test_fraction = 0.2, .target = {"kind"}});
  EXPECT_EQ(data.num_test(), 18U);
  int first_class = 0;
  std::set<float> ids;
  for (std::size_t i = 0; i < data.rows(); ++i) {
    ids.insert(data.numeric()[2 * i]);
    if (i >= data.num_train() && data.labels()[i] == 0) ++first_class;
  }
  EXPECT_EQ(first_class, 6);
  EXPECT_EQ(ids.size(), 90U);
}

TEST(Load, TheDrawDependsOnTheSeedAlone) {
  const Scratch folder;
  DataOptions options{.train = folder.write("t.csv", iris_like(90)), .test_fraction = 0.3, .target = {"kind"}};
  EXPECT_EQ(load_dataset(options, 5), load_dataset(options, 5));
  EXPECT_NE(load_dataset(options, 5), load_dataset(options, 6));
}

TEST(Load, PathsStartAtTheBase) {
  const Scratch folder;
  folder.write("t.csv.gz", gzipped(iris_like(9)));
  const DataOptions options{.train = "t.csv.gz", .target = {"kind"}};
  EXPECT_EQ(Dataset::own(load_dataset(options, 1, {.base = folder / ""})).rows(), 9U);
}

TEST(Load, ImagesComeWithTheirTestSet) {
  const Scratch folder;
  const auto image_file = [&](const std::string& name, char rows) {
    folder.write(name + "-images-idx3-ubyte", std::string("\0\0\x08\3\0\0\0", 7) + rows +
                                                  std::string("\0\0\0\2\0\0\0\1", 8) +
                                                  std::string(static_cast<std::size_t>(2 * rows), '\5'));
    std::string labels = std::string("\0\0\x08\1\0\0\0", 7) + rows;
    for (char i = 0; i < rows; ++i) labels += static_cast<char>(i % 2);
    folder.write(name + "-labels-idx1-ubyte", labels);
    return folder / name + "-images-idx3-ubyte";
  };
  const DataOptions options{.train = image_file("train", 4), .test = image_file("t10k", 2)};
  const Dataset data = Dataset::own(load_dataset(options, 1));
  EXPECT_EQ(data.storage(), Storage::u8);
  EXPECT_EQ(data.num_train(), 4U);
  EXPECT_EQ(data.num_test(), 2U);
  EXPECT_EQ(data.num_numeric(), 2U);
  EXPECT_EQ(data.schema().classes, (Names{"0", "1"}));
  EXPECT_EQ(data.schema().shape, (std::vector<std::int64_t>{2, 1}));
}

TEST(Load, TheDigitsAreTheKnownOnes) {
  const DataOptions options{.train = "digits.csv.gz", .target = {"digit"}, .shape = {8, 8}};
  const Dataset data = Dataset::own(load_dataset(options, 1, {.base = JURY_TEST_DATA}));
  EXPECT_EQ(data.rows(), 1797U);
  EXPECT_EQ(data.num_numeric(), 64U);
  EXPECT_EQ(data.num_classes(), 10U);
  double sum = 0;
  for (const float x : data.numeric()) sum += static_cast<double>(x);
  EXPECT_EQ(sum, 561718.0);
}

}  // namespace
}  // namespace jury
