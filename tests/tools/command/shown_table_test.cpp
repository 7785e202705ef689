#include "tools/command/shown_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

using Rows = std::vector<std::vector<std::string>>;

const TextTable kScores{.header = {"trial", "value", "metric.accuracy"},
                        .rows = {{"0", "0.5", "0.7"}, {"1", "", ""}, {"2", "0.25", "0.9"}, {"10", "1e-3", "0.9"}}};

std::vector<std::string> first_column(const TextTable& table) {
  std::vector<std::string> cells;
  for (const auto& row : table.rows) cells.push_back(row.front());
  return cells;
}

TEST(ShownTable, TheBestLinesComeFirstAndEmptyOnesLast) {
  const std::vector<JudgedBy> loss = {{"a", "log_loss", false}}, accuracy = {{"a", "accuracy", true}};
  EXPECT_EQ(first_column(view_of(kScores, {.sort = "value"}, loss)), (std::vector<std::string>{"10", "2", "0", "1"}));
  EXPECT_EQ(first_column(view_of(kScores, {.sort = "value"}, accuracy)),
            (std::vector<std::string>{"0", "2", "10", "1"}));
  EXPECT_EQ(first_column(view_of(kScores, {.sort = "value", .order = SortOrder::worst_first}, loss)),
            (std::vector<std::string>{"0", "2", "10", "1"}));
  EXPECT_EQ(first_column(view_of(kScores, {.sort = "metric.accuracy"})),
            (std::vector<std::string>{"2", "10", "0", "1"}));
  EXPECT_EQ(first_column(view_of(kScores, {.sort = "trial", .top = 3})), (std::vector<std::string>{"0", "1", "2"}));
}

TEST(ShownTable, ValuesOfSeveralScoresAreSortedScoreByScore) {
  const TextTable runs{.header = {"run", "value"},
                       .rows = {{"a", "0.5"}, {"b", "2.4"}, {"c", "0.9"}, {"d", "0.1"}, {"e", "0.95"}, {"f", ""}}};
  const std::vector<JudgedBy> judges = {{"a", "log_loss", false}, {"b", "rmse", false},    {"c", "accuracy", true},
                                        {"d", "log_loss", false}, {"e", "accuracy", true}, {"f", "accuracy", true}};
  EXPECT_EQ(first_column(view_of(runs, {.sort = "value"}, judges)),
            (std::vector<std::string>{"e", "c", "d", "a", "b", "f"}));
  EXPECT_EQ(first_column(view_of(runs, {.sort = "value", .order = SortOrder::worst_first}, judges)),
            (std::vector<std::string>{"c", "e", "a", "d", "b", "f"}));
}

TEST(ShownTable, HasTheColumnsThatAreAskedForInTheirOrder) {
  const TextTable view = view_of(kScores, {.columns = {"value", "trial"}, .top = 1});
  EXPECT_EQ(view.header, (std::vector<std::string>{"value", "trial"}));
  EXPECT_EQ(view.rows, (Rows{{"0.5", "0"}}));
}

TEST(ShownTable, AnUnknownColumnIsAnErrorWithASuggestion) {
  for (const TableView& view : {TableView{.columns = {"valu"}}, TableView{.sort = "valu"}})
    EXPECT_THAT([&] { view_of(kScores, view); },
                testing::ThrowsMessage<ConfigError>(testing::HasSubstr("no column 'valu' did you mean 'value'?")));
}

TEST(ShownTable, RunsAreJoinedWithTheColumnsOfAll) {
  const std::vector<std::string> runs = {"a", "b"};
  const std::vector<TextTable> tables = {{.header = {"x"}, .rows = {{"1"}, {"2"}}},
                                         {.header = {"y", "x"}, .rows = {{"3", "4"}}}};
  const TextTable joined = join_runs(runs, tables);
  EXPECT_EQ(joined.header, (std::vector<std::string>{"run", "x", "y"}));
  EXPECT_EQ(joined.rows, (Rows{{"a", "1", ""}, {"a", "2", ""}, {"b", "4", "3"}}));
}

TEST(ShownTable, ColumnsWithoutAnEntryAreLeftOutForPeople) {
  const TextTable table{.header = {"a", "b", "c"}, .rows = {{"", "-1", "0"}, {"", "2", ""}}};
  EXPECT_EQ(without_empty_columns(table).header, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(without_empty_columns(TextTable{.header = {"a"}, .rows = {}}).header, (std::vector<std::string>{"a"}));
}

}  // namespace
}  // namespace jury
