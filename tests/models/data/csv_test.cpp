#include <gtest/gtest.h>

#include <cmath>

#include "models/data/files.hpp"
#include "models/data/reader.hpp"
#include "support/error_of.hpp"

namespace jury {
namespace {

RawTable from_csv(std::string_view text, ReadRequest request = {},
                  RawTable (*reader)(const Bytes&, const ReadRequest&) = read_csv) {
  request.path = "t.csv";
  if (request.memory_limit_bytes == 0) request.memory_limit_bytes = std::uint64_t{1} << 40;
  if (request.missing.empty()) request.missing = {"", "NA", "?"};
  const auto bytes = std::as_bytes(std::span(text));
  return reader(Bytes(bytes.begin(), bytes.end()), request);
}

std::vector<std::string> names(const RawTable& table) {
  std::vector<std::string> out;
  for (const RawColumn& column : table.columns) out.push_back(column.name);
  return out;
}

std::vector<std::string> texts(const RawColumn& column) {
  std::vector<std::string> out;
  for (const std::uint32_t code : column.codes) out.push_back(code == kMissingCode ? "-" : column.vocabulary[code]);
  return out;
}

using Names = std::vector<std::string>;
using Numbers = std::vector<double>;

std::string csv_refusal(std::string_view text, ReadRequest request = {}) {
  return error_of<DataError>([&] { from_csv(text, std::move(request)); });
}

TEST(Csv, ReadsNamesNumbersAndTexts) {
  const RawTable table = from_csv("a,b,c\n1,x,2.5\n-3e2,y,+4\n");
  EXPECT_TRUE(table.named);
  EXPECT_EQ(names(table), (Names{"a", "b", "c"}));
  EXPECT_EQ(table.columns[0].numbers, (Numbers{1, -300}));
  EXPECT_EQ(texts(table.columns[1]), (Names{"x", "y"}));
  EXPECT_EQ(table.columns[2].numbers, (Numbers{2.5, 4}));
  EXPECT_EQ(table.place(1), "t.csv:3");
}

TEST(Csv, WithoutNamesColumnsAreNumbered) {
  const RawTable table = from_csv("1,x\n2,y\n");
  EXPECT_FALSE(table.named);
  EXPECT_EQ(names(table), (Names{"x0", "x1"}));
  EXPECT_EQ(table.num_rows, 2U);
}

TEST(Csv, LineEndsBlanksAndBlankLinesDoNotMatter) {
  const RawTable plain = from_csv("a,b\n1,u v\n2,w\n");
  for (const char* text : {"a,b\r\n1,u v\r\n2,w\r\n", "a,b\n\n1 , u v\n\n  \n2,w",
                           "\xef\xbb\xbf"
                           "a,b\n1,u v\n2,w\n\n\n",
                           " a, b\n 1,\"u v\"\n2 ,w \n"}) {
    const RawTable table = from_csv(text);
    EXPECT_EQ(names(table), names(plain)) << text;
    EXPECT_EQ(table.columns[0].numbers, plain.columns[0].numbers);
    EXPECT_EQ(texts(table.columns[1]), texts(plain.columns[1]));
  }
}

TEST(Csv, FindsTheSeparator) {
  for (const char separator : {',', ';', '\t', '|'}) {
    std::string text = "\"a;|,\"#b\n1#2\n3#4\n";
    for (char& c : text)
      if (c == '#') c = separator;
    const RawTable table = from_csv(text);
    EXPECT_EQ(names(table), (Names{"a;|,", "b"})) << separator;
    EXPECT_EQ(table.columns[1].numbers, (Numbers{2, 4}));
  }
}

TEST(Csv, QuotesHoldSeparatorsQuotesAndLineBreaks) {
  const RawTable table = from_csv("a,b\n\"x, y\",1\n\"he said \"\"no\"\"\",2\n\"two\nlines\",3\n'z',4\n");
  EXPECT_EQ(texts(table.columns[0]), (Names{"x, y", "he said \"no\"", "two\nlines", "z"}));
  EXPECT_EQ(table.lines, (std::vector<std::uint32_t>{2, 3, 4, 6}));
}

TEST(Csv, QuotedNumbersAreNumbers) {
  EXPECT_EQ(from_csv("a,b\n\"1\",'-1'\n\"2\",'1'\n").columns[1].numbers, (Numbers{-1, 1}));
}

TEST(Csv, MissingCellsAreWhatTheOptionsSay) {
  const RawTable table = from_csv("a,b,c\n1,x,1\n,NA,2\n?,?,nan\n");
  EXPECT_TRUE(std::isnan(table.columns[0].numbers[1]) && std::isnan(table.columns[0].numbers[2]));
  EXPECT_EQ(texts(table.columns[1]), (Names{"x", "-", "-"}));
  EXPECT_TRUE(std::isnan(table.columns[2].numbers[2]));
  const RawTable other = from_csv("a,b\n-9,x\n1,NA\n", {.missing = {"-9"}});
  EXPECT_TRUE(std::isnan(other.columns[0].numbers[0]));
  EXPECT_EQ(texts(other.columns[1]), (Names{"x", "NA"}));
}

// A column looks like numbers for the first thousand rows and then turns out to be of texts.
TEST(Csv, AWrongGuessIsReadAgain) {
  std::string text = "a,b\n";
  for (int i = 0; i < 1200; ++i) text += "007,1\n";
  for (int i = 0; i < 1300; ++i) text += "x,1\n";
  const RawTable table = from_csv(text);
  EXPECT_EQ(table.columns[0].kind, FeatureKind::categorical);
  EXPECT_EQ(texts(table.columns[0])[0], "007");
  EXPECT_EQ(table.columns[1].kind, FeatureKind::numeric);
}

TEST(Csv, ATextAmongNumbersIsAProblemOfItsColumn) {
  const char* expected =
      "t.csv:3: 'abc' in column 'b' is no number (the column has numbers) correct it, or list it in "
      "data.missing, or the column in data.categorical or data.ignore";
  EXPECT_EQ(from_csv("a,b\n1,2\n1,abc\n1,3\n").columns[1].problem, expected);
  // Where the sample makes it a column of texts, and the rest of numbers.
  std::string text = "a,b\n1,2\n1,abc\n";
  for (int i = 0; i < 999; ++i) text += i % 2 == 0 ? "1,def\n" : "1,5\n";
  for (int i = 0; i < 999; ++i) text += "1,6\n";
  EXPECT_EQ(from_csv(text).columns[1].problem, expected);
  EXPECT_EQ(csv_refusal("a,b\n1,2\n1,abc\n1,3\n", {.kinds = {{"b", FeatureKind::numeric}}}), expected);
  EXPECT_TRUE(
      from_csv("a,b\n1,2\n1,abc\n1,3\n", {.kinds = {{"b", FeatureKind::categorical}}}).columns[1].problem.empty());
  EXPECT_EQ(from_csv("a,b\n1,inf\n1,2\n").columns[1].problem,
            "t.csv:2: 'inf' in column 'b' is not finite (numbers must be) correct it, or list it in data.missing");
}

TEST(Csv, ARaggedRowIsRefusedWithItsLine) {
  EXPECT_EQ(csv_refusal("a,b\n1,2\n\n1,2,3\n"), "t.csv:4: has 3 cells (the first line has 2)");
  EXPECT_EQ(csv_refusal("a,b\n1\n"), "t.csv:2: has 1 cell (the first line has 2)");
}

TEST(Csv, NamesMustDiffer) {
  EXPECT_EQ(csv_refusal("a,b,a\n1,2,3\n"), "t.csv:1: two columns have the name 'a' (names must differ) rename one");
}

TEST(Csv, AHeaderThatCannotBeToldIsAskedFor) {
  EXPECT_EQ(csv_refusal("u,v\nx,y\n"),
            "t.csv: cannot tell whether the first line holds names (no column has numbers) set data.header");
  EXPECT_EQ(from_csv("u,v\nx,y\n", {.header = Header::absent}).num_rows, 2U);
  EXPECT_EQ(from_csv("u,v\nx,y\n", {.header = Header::present}).num_rows, 1U);
  EXPECT_EQ(from_csv("u,v\nx,y\n", {.names = {"v"}}).num_rows, 1U);
  EXPECT_EQ(from_csv("2020,2021\n1,2\n", {.header = Header::present}).columns[0].name, "2020");
}

TEST(Csv, RefusesWhatIsNoTable) {
  EXPECT_EQ(csv_refusal(""), "t.csv: is empty");
  EXPECT_EQ(csv_refusal("\n\n"), "t.csv: is empty");
  EXPECT_EQ(csv_refusal("a,b\n", {.names = {"a"}}), "t.csv: has no rows (only a line of names)");
  EXPECT_EQ(csv_refusal("a,b\n\"1,2\n"), "t.csv:2: a quote has no end");
  EXPECT_EQ(csv_refusal("a,b\n\"1\"x,2\n"), "t.csv:2: there is text behind a closing quote");
  EXPECT_EQ(csv_refusal(std::string_view("a,b\n1,\0\n", 8)), "t.csv: is no text (it holds zero bytes)");
  EXPECT_EQ(csv_refusal("\xff\xfe"
                        "a"),
            "t.csv: is UTF-16 text (only UTF-8 is read) save it as UTF-8");
  EXPECT_EQ(csv_refusal("a,b\n1,2\n3,4\n", {.memory_limit_bytes = 40}), "t.csv: needs 64 B of memory (there are 40 B)");
}

TEST(Table, IsSeparatedByAnyBlanks) {
  const RawTable table = from_csv("  1 \t 2\t3 \n4  5 6\r\n\n   \n", {}, read_blank_separated);
  EXPECT_EQ(names(table), (Names{"x0", "x1", "x2"}));
  EXPECT_EQ(table.columns[0].numbers, (Numbers{1, 4}));
  EXPECT_EQ(table.columns[2].numbers, (Numbers{3, 6}));
  EXPECT_EQ(from_csv("a b\n1 2\n", {.header = Header::present}, read_blank_separated).columns[1].name, "b");
}

TEST(Tsv, KeepsEmptyCells) {
  const RawTable table = from_csv("a\tb\tc\n1\t\t3\n4\t5\t6\n", {}, read_tsv);
  EXPECT_TRUE(std::isnan(table.columns[1].numbers[0]));
  EXPECT_EQ(table.columns[2].numbers, (Numbers{3, 6}));
}

TEST(DetectFormat, GoesByTheNameAndTheFirstLine) {
  const auto format = [](const char* name, std::string_view text = "") {
    const auto bytes = std::as_bytes(std::span(text));
    return std::string(detect_format(name, Bytes(bytes.begin(), bytes.end())));
  };
  EXPECT_EQ(format("a/b.csv"), "csv");
  EXPECT_EQ(format("b.CSV.gz"), "csv");
  EXPECT_EQ(format("b.tsv"), "tsv");
  EXPECT_EQ(format("b.arff.gz"), "arff");
  EXPECT_EQ(format("train-images-idx3-ubyte.gz"), "idx");
  EXPECT_EQ(format("train-images.idx3-ubyte"), "idx");
  EXPECT_EQ(format("data_batch_1_first4000.bin.gz"), "cifar10");
  EXPECT_EQ(format("data.txt", "1 2 3\n4 5,6"), "table");
  EXPECT_EQ(format("letter.data", "T,2,8\n"), "csv");
  EXPECT_THROW(format("b.xlsx"), DataError);
}

}  // namespace
}  // namespace jury
