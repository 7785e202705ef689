#include <gtest/gtest.h>

#include <cmath>

#include "models/data/reader.hpp"
#include "runtime/base/error.hpp"
#include "support/error_of.hpp"

namespace jury {
namespace {

RawTable from_arff(std::string_view text) {
  const ReadRequest request{.path = "t.arff", .memory_limit_bytes = std::uint64_t{1} << 30, .missing = {"", "NA", "?"}};
  const auto bytes = std::as_bytes(std::span(text));
  return read_arff(Bytes(bytes.begin(), bytes.end()), request);
}

std::string arff_refusal(std::string_view text) {
  return error_of<DataError>([&] { from_arff(text); });
}

TEST(Arff, ReadsWhatWekaWrites) {
  const RawTable table = from_arff(
      "% a comment\n@relation 'some name'\n\n@ATTRIBUTE 'DISTANCE CIRCULARITY' real\n@attribute\tb\tNUMERIC\n"
      "@attribute c { '<0', \"it's\", plain/word , 4}\n@attribute d {only}\n@attribute e string\n"
      "@data\n  1.5, 2,'<0',only,\"x y\"\n% another\n\n-1,?,plain/word,only,'it\\'s'\n3,4,4,?,z\n");
  ASSERT_EQ(table.columns.size(), 5U);
  EXPECT_EQ(table.columns[0].name, "DISTANCE CIRCULARITY");
  EXPECT_EQ(table.columns[0].numbers, (std::vector<double>{1.5, -1, 3}));
  EXPECT_TRUE(std::isnan(table.columns[1].numbers[1]));
  EXPECT_EQ(table.columns[2].vocabulary, (std::vector<std::string>{"<0", "it's", "plain/word", "4"}));
  EXPECT_EQ(table.columns[2].codes, (std::vector<std::uint32_t>{0, 2, 3}));
  EXPECT_TRUE(table.columns[2].ordered);
  EXPECT_EQ(table.columns[3].codes, (std::vector<std::uint32_t>{0, 0, kMissingCode}));
  EXPECT_EQ(table.columns[4].vocabulary, (std::vector<std::string>{"x y", "it's", "z"}));
  EXPECT_EQ(table.lines, (std::vector<std::uint32_t>{10, 13, 14}));
}

TEST(Arff, AQuotedQuestionMarkIsMissingToo) {
  const RawTable table = from_arff("@relation r\n@attribute a {'?','T'}\n@attribute b real\n@data\n'?',1\n'T',2\n");
  EXPECT_EQ(table.columns[0].codes, (std::vector<std::uint32_t>{kMissingCode, 1}));
}

TEST(Arff, RefusesSparseRows) {
  EXPECT_EQ(arff_refusal("@relation r\n@attribute a real\n@data\n{0 1}\n"),
            "t.arff:4: is a sparse row (sparse ARFF is not read) convert it to dense ARFF, CSV or libsvm");
}

TEST(Arff, RefusesWhatTheHeaderDoesNotDeclare) {
  const std::string head = "@relation r\n@attribute a real\n@attribute b {x,y}\n@data\n";
  EXPECT_EQ(arff_refusal(head + "1,z\n"), "t.arff:5: 'z' is no declared value of attribute 'b'");
  EXPECT_EQ(arff_refusal(head + "one,x\n"),
            "t.arff:5: 'one' in column 'a' is no finite number (the attribute is declared numeric)");
  EXPECT_EQ(arff_refusal(head + "1,x\n1\n"), "t.arff:6: has 1 cell (2 attributes declared)");
  EXPECT_EQ(arff_refusal(head + "1,x,2\n"), "t.arff:5: has more cells than the 2 attributes declared");
  EXPECT_EQ(arff_refusal(head + "1,'x\n"), "t.arff:5: a quote has no end");
  EXPECT_EQ(arff_refusal(head), "t.arff: has no rows behind @data");
}

TEST(Arff, RefusesADamagedHeader) {
  EXPECT_EQ(arff_refusal("1,2,3\n"), "t.arff:1: is neither @relation nor @attribute nor @data");
  EXPECT_EQ(arff_refusal("@attribute a {x,y\n@data\nx\n"),
            "t.arff:1: the values of attribute 'a' have no closing brace");
  EXPECT_EQ(arff_refusal("@attribute a {x,x}\n@data\nx\n"), "t.arff:1: attribute 'a' declares 'x' twice");
  EXPECT_EQ(arff_refusal("@attribute a relational\n@data\nx\n"),
            "t.arff:1: attribute 'a' has the type 'relational' (known: numeric, real, integer, string, date and "
            "{nominal, values})");
  EXPECT_EQ(arff_refusal("@attribute a real\n@attribute a real\n@data\n1,2\n"),
            "t.arff:2: two attributes have the name 'a'");
}

}  // namespace
}  // namespace jury
