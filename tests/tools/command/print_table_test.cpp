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
            "[\n  {\n    \"name\": \"a,\\\"b\\\"\",\n    \"score\": 0.5\n  },\n  {\n    \"name\": \"c\",\n    "
            "\"score\": null\n  }\n]\n");
}

TEST(PrintTable, ANarrowTerminalHasTheColumnsThatFitAndNamesTheOthers) {
  EXPECT_EQ(to_text(kTable, Terminal{.width = 12}), "name   score\na,\"b\"    0.5\nc\n");
  EXPECT_EQ(to_text(kTable, Terminal{.width = 11}), "name\na,\"b\"\nc\n(too wide for score; -f csv shows them)\n");
  EXPECT_EQ(to_text(kTable, Terminal{.width = 2}), "na\na,\nc\n(too wide for score; -f csv shows them)\n");
}

TEST(PrintTable, WhatIsTheSameInAllLinesIsLeftOutFirst) {
  const TextTable table{.header = {"source", "repeat", "score"}, .rows = {{"oof", "0", "0.5"}, {"oob", "0", "0.25"}}};
  EXPECT_EQ(to_text(table, Terminal{.width = 21}),
            "source  repeat  score\noof          0    0.5\noob          0   0.25\n");
  EXPECT_EQ(to_text(table, Terminal{.width = 20}),
            "source  score\noof       0.5\noob      0.25\n(too wide for repeat; -f csv shows them)\n");
}

TEST(PrintTable, OnlyATerminalWithColoursSeesThem) {
  EXPECT_EQ(to_text(kTable, Terminal{.width = 80, .colour = true}), "\x1b[1mname   score\x1b[0m\na,\"b\"    0.5\nc\n");
}

TEST(PrintTable, AlignsCharactersNotBytes) {
  const TextTable names{.header = {"name", "n"}, .rows = {{"Größe", "1"}, {"Länge", "22"}}};
  EXPECT_EQ(to_text(names, TableFormat::table), "name    n\nGröße   1\nLänge  22\n");
  EXPECT_EQ(to_text(names, Terminal{.width = 3}), "nam\nGrö\nLän\n(too wide for n; -f csv shows them)\n");
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
