#include "tools/command/print_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

const TextTable kTable{.header = {"name", "score"}, .rows = {{"a,\"b\"", "0.5"}, {"c", ""}}};

TEST(PrintTable, AlignsNumbersToTheRight) {
  EXPECT_EQ(to_text(kTable, TableFormat::table), "name   score\na,\"b\"    0.5\nc\n");
}

TEST(PrintTable, QuotesCsvAsRfc4180Says) {
  EXPECT_EQ(to_text(kTable, TableFormat::csv), "name,score\n\"a,\"\"b\"\"\",0.5\nc,\n");
}

TEST(PrintTable, JsonNumbersAreNumbersAndMissingIsNull) {
  EXPECT_EQ(to_text(kTable, TableFormat::json),
            "[\n  {\n    \"name\": \"a,\\\"b\\\"\",\n    \"score\": 0.5\n  },\n  {\n    \"name\": \"c\",\n    \"score\": null\n  }\n]\n");
}

TEST(PrintTable, CellsOfNumbersAreShort) {
  EXPECT_EQ(cell(0.1234567891), "0.123457");
  EXPECT_EQ(cell(std::nan("")), "");
}

TEST(PrintTable, AnUnknownFormatListsTheKnownOnes) {
  EXPECT_THAT([] { table_format("xml"); },
              testing::ThrowsMessage<ConfigError>(testing::HasSubstr("known: table, csv, json")));
}

}  // namespace
}  // namespace jury
