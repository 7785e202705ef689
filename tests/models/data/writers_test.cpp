// What is written is read back as it was.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "models/data/files.hpp"
#include "models/data/reader.hpp"
#include "models/data/writer.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

const std::vector<double> kHard = {0.1, -0.0, 1e300, 5e-324, 9007199254740993.0, 1.0 / 3.0, -1e-7, 123456789.0};

RawTable numbers_table() {
  RawTable table{.source = "t", .num_rows = kHard.size(), .named = true};
  table.columns.push_back({.name = "a", .numbers = kHard});
  table.columns.push_back({.name = "b c,d", .numbers = {1, 2, 3, 4, 5, 6, 7, 8}});
  table.columns.push_back({.name = "y", .numbers = {0, 1, 0, 1, 2, 0, 1, 2}});
  return table;
}

RawTable texts_table() {
  RawTable table{.source = "t", .num_rows = 6, .named = true};
  table.columns.push_back({.name = "n", .numbers = {1, kMissingNumber, 3, 4, 5, 6}});
  table.columns.push_back({.name = "k",
                           .kind = FeatureKind::categorical,
                           .codes = {0, 1, kMissingCode, 2, 3, 4},
                           .vocabulary = {"plain", " a, \"b\" ", "'q'", "it's \\ {5}", "%50;é|"}});
  return table;
}

RawTable read_back(const std::string& path) {
  return read_table("auto", {.path = path,
                             .memory_limit_bytes = std::uint64_t{1} << 30,
                             .missing = {"", "NA", "?"},
                             .labels = Labels::optional});
}

void expect_same_numbers(const RawTable& a, const RawTable& b) {
  ASSERT_EQ(a.num_rows, b.num_rows);
  ASSERT_EQ(a.columns.size(), b.columns.size());
  for (std::size_t j = 0; j < a.columns.size(); ++j)
    for (std::size_t row = 0; row < a.num_rows; ++row)
      EXPECT_EQ(std::bit_cast<std::uint64_t>(a.columns[j].numbers[row]),
                std::bit_cast<std::uint64_t>(b.columns[j].numbers[row]))
          << j << " " << row;
}

TEST(Writers, KeepEveryBitOfNumbers) {
  const Scratch folder;
  for (const char* name : {"a.csv", "a.tsv", "a.arff", "a.npy", "a.npz", "a.libsvm", "a.svm", "a-images-idx3-ubyte",
                           "a.csv.gz", "b.npy.gz"}) {
    SCOPED_TRACE(name);
    write_table(numbers_table(), {.path = folder / name});
    const RawTable read = read_back(folder / name);
    expect_same_numbers(numbers_table(), read);
  }
}

TEST(Writers, KeepTextsAndMissingCells) {
  const Scratch folder;
  for (const char* name : {"a.csv", "a.tsv", "a.arff"}) {
    write_table(texts_table(), {.path = folder / name});
    const RawTable read = read_back(folder / name), table = texts_table();
    for (std::size_t row = 0; row < table.num_rows; ++row) {
      EXPECT_EQ(read.columns[0].is_missing(row), table.columns[0].is_missing(row)) << name;
      ASSERT_EQ(read.columns[1].is_missing(row), table.columns[1].is_missing(row)) << name;
      if (table.columns[1].is_missing(row)) continue;
      EXPECT_EQ(read.columns[1].vocabulary[read.columns[1].codes[row]],
                table.columns[1].vocabulary[table.columns[1].codes[row]])
          << name;
    }
  }
}

TEST(Writers, OneColumnKeepsItsMissingRows) {
  const Scratch folder;
  RawTable table{.source = "t", .num_rows = 3, .columns = {{.name = "a", .numbers = {1, kMissingNumber, 3}}}};
  write_table(table, {.path = folder / "a.csv"});
  EXPECT_EQ(read_back(folder / "a.csv").num_rows, 3U);
}

TEST(Writers, PixelsStayBytes) {
  const Scratch folder;
  RawTable table{.source = "t",
                 .num_rows = 2,
                 .columns = {{.name = "label", .numbers = {7, 3}}},
                 .pixels = {1, 2, 3, 255, 0, 9, 8, 7},
                 .shape = {2, 2},
                 .targets = {"label"},
                 .labelled = true};
  for (const char* name : {"a-images-idx3-ubyte", "a-images-idx3-ubyte.gz", "a.npz"}) {
    write_table(table, {.path = folder / name});
    const RawTable read = read_back(folder / name);
    EXPECT_EQ(read.pixels, table.pixels) << name;
    EXPECT_EQ(read.shape, table.shape) << name;
    EXPECT_EQ(read.columns[0].numbers, table.columns[0].numbers) << name;
  }
  write_table(table, {.path = folder / "a.csv"});
  EXPECT_EQ(read_back(folder / "a.csv").columns[3].numbers, (std::vector<double>{255, 7}));
}

TEST(Writers, NpzKeepsTheTestRowsApart) {
  const Scratch folder;
  RawTable table = numbers_table();
  table.num_test = 3;
  write_table(table, {.path = folder / "a.npz", .targets = {"y"}});
  const RawTable read = read_back(folder / "a.npz");
  EXPECT_EQ(read.num_test, 3U);
  expect_same_numbers(numbers_table(), read);
}

TEST(Writers, ArffClassesHaveTheOrderTheyGetFromCsv) {
  const Scratch folder;
  RawTable table{
      .source = "t",
      .num_rows = 3,
      .columns = {{.name = "k", .kind = FeatureKind::categorical, .codes = {0, 1, 2}, .vocabulary = {"10", "9", "2"}}}};
  write_table(table, {.path = folder / "a.arff"});
  EXPECT_EQ(read_back(folder / "a.arff").columns[0].vocabulary, (std::vector<std::string>{"2", "9", "10"}));
}

TEST(Writers, CategoriesThatAreNumbersBecomeNumbersWhereThereAreOnlyThese) {
  const Scratch folder;
  RawTable table = numbers_table();
  table.columns[2] = {.name = "y",
                      .kind = FeatureKind::categorical,
                      .codes = {0, 1, 0, 1, 2, 0, 1, 2},
                      .vocabulary = {"0", "1", "2"},
                      .ordered = true};
  write_table(table, {.path = folder / "a.npy"});
  expect_same_numbers(numbers_table(), read_back(folder / "a.npy"));
}

TEST(Writers, SayWhatAFormatCannotHold) {
  const Scratch folder;
  const auto refusal = [&](RawTable table, const char* name, std::vector<std::string> targets = {}) {
    const std::string said = message_of<DataError>(
        folder, [&] { write_table(std::move(table), {.path = folder / name, .targets = targets}); });
    EXPECT_EQ(folder.num_entries(), 0U);
    return said;
  };
  for (const char* name : {"npy", "npz", "libsvm", "h5"})
    EXPECT_EQ(
        refusal(texts_table(), (std::string("a.") + name).c_str()),
        "t: column 'k' holds texts such as 'plain' (" + std::string(name) + " holds numbers only) write csv or arff");
  RawTable missing = texts_table();
  missing.columns.erase(missing.columns.begin() + 1);
  missing.columns.push_back({.name = "y", .numbers = {0, 1, 0, 1, 0, 1}});
  EXPECT_EQ(
      refusal(missing, "a.libsvm"),
      "t: row 1: column 'n' has a missing cell (libsvm has no way to say so) write csv, arff or npy, or fill it in");
  RawTable infinite = numbers_table();
  infinite.columns[0].numbers[2] = HUGE_VAL;
  EXPECT_EQ(refusal(infinite, "a.csv"),
            "t: row 2: column 'a' has an infinite number (text holds finite ones) write npy or npz");
  RawTable lines = texts_table();
  lines.columns[1].vocabulary[0] = "two\nlines";
  EXPECT_EQ(refusal(lines, "a.arff"), "t: holds a text of several lines, 'two' (arff has one line a row) write csv");
  RawTable wrong = numbers_table();
  wrong.columns[0].problem = "t:3: wrong";
  EXPECT_EQ(refusal(wrong, "a.csv"), "t:3: wrong");
  EXPECT_EQ(refusal(numbers_table(), "a.libsvm", {"a", "y"}),
            "t: has 2 columns to predict (libsvm has one label a row) name one with --target");
  EXPECT_EQ(message_of<ConfigError>(
                folder, [&] { write_table(numbers_table(), {.path = folder / "a.npz", .targets = {"z"}}); }),
            "t has no column 'z' (known: a, b c,d, y)");
}

TEST(OutputFormat, GoesByTheEnding) {
  EXPECT_EQ(output_format("a.CSV"), "csv");
  EXPECT_EQ(output_format("b/a.svm.gz"), "libsvm");
  EXPECT_EQ(output_format("train-images-idx3-ubyte.gz"), "idx");
  EXPECT_EQ(output_format("a.h5:/x/y"), "h5");
  EXPECT_THROW(output_format("a.xlsx"), ConfigError);
  EXPECT_THROW(output_format("a.dt"), ConfigError);
  EXPECT_EQ(output_files("a-images-idx3-ubyte").size(), 2U);
  EXPECT_EQ(output_files("a.h5:/x/y").front(), "a.h5");
}

}  // namespace
}  // namespace jury
