// A file in pieces is the file.
#include "models/data/row_pieces.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/data/files.hpp"
#include "models/data/npy_format.hpp"
#include "models/data/text_records.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::HasSubstr;

class RowPiecesOf : public testing::Test {
 protected:
  ReadRequest request(const std::string& path) const {
    return {.path = path, .memory_limit_bytes = 1 << 30, .missing = {"", "NA"}, .labels = Labels::optional};
  }
  // Everything but vocabularies, which are of a piece.
  static std::string shown(const RawTable& table, std::size_t row) {
    std::string text = table.place(row).substr(table.source.size());
    for (const RawColumn& column : table.columns) {
      text += fmt::format(" {}=", column.name);
      if (column.is_missing(row)) continue;
      text += column.kind == FeatureKind::numeric ? fmt::format("{}", column.numbers[row])
                                                  : column.vocabulary[column.codes[row]];
    }
    return text;
  }
  static std::vector<std::string> shown(RowPieces& pieces, const ReadRequest& request, std::size_t* count = nullptr) {
    std::vector<std::string> rows;
    while (pieces.next()) {
      if (count != nullptr) ++*count;
      const RawTable table = pieces.table(request);
      for (std::size_t row = 0; row < table.num_rows; ++row) rows.push_back(shown(table, row));
    }
    return rows;
  }
  // Expects the rows of the whole file, from more than `least` pieces.
  void expect_the_file(const std::string& path, std::uint64_t piece_bytes, std::size_t least) {
    const auto whole = shown(*one_piece("auto"), request(path));
    std::size_t count = 0;
    const auto pieces = shown(*cut_rows(path, "auto", piece_bytes), request(path), &count);
    EXPECT_EQ(pieces, whole);
    EXPECT_GE(count, least);
  }
  // A text whose records tell in few bytes what goes wrong where.
  static std::string records(std::size_t count, char separator, const std::string& end) {
    static const char* const kTexts[] = {
        "plain", "\"a, quoted one\"", "\"of two\nlines\"", "\"with \"\"quotes\"\"\"", "5\" pipe", ""};
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      text += fmt::format("{}{}{}{}{}{}", i, separator, static_cast<double>(i) / 8, separator, kTexts[i % 6], end);
      if (i % 97 == 0) text += end;  // a blank line
    }
    return text;
  }

  const Scratch folder;
};

TEST_F(RowPiecesOf, ACsvIsCutBetweenItsRecords) {
  const std::string names = "\"the\nnumber\",eighth,text\n";
  for (const std::uint64_t bytes : {1U, 100U, 1000U, 10000U})
    expect_the_file(folder.write("a.csv", names + records(3000, ',', "\n")), bytes, 3);
  expect_the_file(folder.write("b.csv", names + records(3000, ',', "\r\n")), 500, 50);
}

TEST_F(RowPiecesOf, TheFirstPieceTellsWhatTheFileIsLike) {
  // Without names, with a byte order mark; the separator of later pieces is not the one they would be taken for.
  std::string text = "\xef\xbb\xbf";
  for (int i = 0; i < 3000; ++i) text += i < 1500 ? fmt::format("{};x\n", i) : fmt::format("{};x,y,{}\n", i, i);
  expect_the_file(folder.write("a.csv", text), 64, 100);
  expect_the_file(folder.write("b.tsv", "n\te\tt\n" + records(2000, '\t', "\n")), 64, 100);
}

TEST_F(RowPiecesOf, AFileMayBeShorterThanWhatTells) {
  for (const char* text : {"a;b\n1;2\n",
                           "\xef\xbb\xbf"
                           "a,b\n1,2",
                           "1,2\n\n\n", "a|b\n\"1\n\"|2\n3|4"})
    expect_the_file(folder.write("a.csv", text), 1, 1);
  for (const char* text : {"", "\xef\xbb\xbf", "\n\n", "\"a"}) {
    const std::string path = folder.write("a.csv", text);
    const auto problem = [&](RowPieces& pieces) {
      return message_of<DataError>(folder, [&] { shown(pieces, request(path)); });
    };
    EXPECT_EQ(problem(*cut_rows(path, "csv", 1)), problem(*one_piece("csv"))) << text;
    EXPECT_THAT(problem(*one_piece("csv")), HasSubstr("a.csv")) << text;
  }
}

TEST_F(RowPiecesOf, OtherTextsAreCutAtLines) {
  std::string table, libsvm = "# a comment\n";
  for (int i = 0; i < 2500; ++i) {
    table += fmt::format("  {} {}\t{}\n", i, i * 2, i % 7 == 0 ? "NA" : "1");
    libsvm += fmt::format("{} 1:{} 3:{}\n", i % 2, i, i * 2);
  }
  expect_the_file(folder.write("a.data", table), 100, 50);
  expect_the_file(folder.write("a.libsvm", libsvm), 100, 50);
}

TEST_F(RowPiecesOf, AnArrayIsCutByRows) {
  std::string bytes = npy_header("<f4", {1000, 3});
  for (int i = 0; i < 3000; ++i) {
    const float value = static_cast<float>(i) / 4;
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  const std::string path = folder.write("a.npy", bytes);
  expect_the_file(path, 1, 1000);
  expect_the_file(path, 12 * 300, 4);
  expect_the_file(path, 1 << 20, 1);
  EXPECT_THAT(
      message_of<DataError>(folder, [&] { cut_rows(folder.write("short.npy", bytes.substr(0, 2000)), "auto", 100); }),
      HasSubstr("declares 12000 bytes of data (there are 1872)"));
}

TEST_F(RowPiecesOf, APieceMayBeReadAgainWithOtherKinds) {
  std::string text = "a,b\n";
  for (int i = 0; i < 3000; ++i) text += fmt::format("{},{}\n", i, i % 10);
  auto pieces = cut_rows(folder.write("a.csv", text), "csv", 64);
  ReadRequest numbers = request(folder / "a.csv");
  ReadRequest texts = numbers;
  texts.kinds = {{"b", FeatureKind::categorical}};
  for (int i = 0; i < 3 && pieces->next(); ++i) {
    const RawTable first = pieces->table(numbers), again = pieces->table(texts);
    EXPECT_EQ(first.num_rows, again.num_rows);
    EXPECT_EQ(first.lines, again.lines);
    EXPECT_EQ(again.columns[1].kind, FeatureKind::categorical);
  }
}

TEST_F(RowPiecesOf, MessagesNameTheLineOfTheFile) {
  std::string text = "a,b\n";
  for (int i = 0; i < 3000; ++i) text += i == 2500 ? "1\n" : "1,2\n";
  const std::string path = folder.write("a.csv", text);
  const auto read_all = [&] {
    auto pieces = cut_rows(path, "auto", 100);
    while (pieces->next()) pieces->table(request(path));
  };
  EXPECT_THAT(message_of<DataError>(folder, read_all), HasSubstr("a.csv:2502: has 1 cell (the first line has 2)"));
}

TEST_F(RowPiecesOf, WhatCannotBeCutIsSaid) {
  EXPECT_THAT(message_of<DataError>(
                  folder, [&] { cut_rows(folder.write("one.npy", npy_header("<f4", {}) + "abcd"), "auto", 100); }),
              HasSubstr("one.npy: has 0 dimensions"));
  for (const char* name : {"a.csv.gz", "a.arff", "a.npz"}) {
    folder.write(name, "x");
    EXPECT_THAT(message_of<ConfigError>(folder, [&] { cut_rows(folder / name, "auto", 100); }),
                HasSubstr("is not read in pieces (csv, tsv, table, libsvm, npy and HDF5 are, not packed)"))
        << name;
  }
  EXPECT_THAT(message_of<DataError>(folder, [&] { cut_rows(folder / "none.csv", "auto", 100); }),
              HasSubstr("cannot be read"));
}

TEST(WholeRecords, EndWithTheLastLineEndOutsideOfQuotes) {
  EXPECT_EQ(whole_records("", ','), 0);
  EXPECT_EQ(whole_records("a,b", ','), 0);
  EXPECT_EQ(whole_records("a,b\nc", ','), 4);
  EXPECT_EQ(whole_records("a,\"b\nc", ','), 0);
  EXPECT_EQ(whole_records("a\n\"b\n\"", ','), 2);
  EXPECT_EQ(whole_records("a\n\"b\n\"\n", ','), 7);
  EXPECT_EQ(whole_records("a\n\"b\"\"\n", ','), 2) << "doubled, or the end of the cell: more will tell";
  EXPECT_EQ(whole_records("5\" pipe\nb", ','), 8) << "no quote at the front of a cell";
  EXPECT_EQ(whole_records("a \"b\nc \"d\n", TextRecords::kBlanks), 10);
}

}  // namespace
}  // namespace jury
