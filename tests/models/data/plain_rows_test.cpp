// Rows that are read at one go against the general way, cell by cell.
#include "models/data/plain_rows.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "models/data/text_records.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/rng.hpp"

namespace jury {
namespace {

std::vector<TextColumn> columns_of(const std::vector<FeatureKind>& kinds) {
  std::vector<TextColumn> columns;
  for (std::size_t j = 0; j < kinds.size(); ++j)
    columns.emplace_back("x" + std::to_string(j), kinds[j], TextColumn::Certainty::guessed);
  return columns;
}

// Everything that was read, in words; or what was complained of.
std::string told(std::vector<TextColumn> columns, const std::vector<std::uint32_t>& lines, const ReadRequest& request) {
  std::string text;
  for (const std::uint32_t line : lines) text += std::to_string(line) + " ";
  for (TextColumn& column : columns) {
    const RawColumn raw = std::move(column).finish(lines, request);
    text += "\n" + raw.problem + ":";
    for (const double number : raw.numbers) text += " " + std::to_string(std::bit_cast<std::uint64_t>(number));
    for (const std::uint32_t code : raw.codes)
      text += " " + (code == kMissingCode ? "-" : "<" + raw.vocabulary[code] + ">");
  }
  return text;
}

enum class Way { general, plain };

std::string read(const std::string& text, const std::vector<FeatureKind>& kinds, char separator,
                 const ReadRequest& request, Way way) {
  std::vector<TextColumn> columns = columns_of(kinds);
  std::vector<std::uint32_t> lines;
  TextRecords records(text, separator, "t");
  PlainRows plain(columns, separator, request);
  std::vector<std::string_view> cells;
  try {
    for (;;) {
      const std::size_t taken = way == Way::plain ? plain.take(records.rest(), records.next_line()) : 0;
      if (taken > 0) {
        records.skip_line(taken);
      } else {
        plain.flush();
        if (!records.next(cells)) return told(std::move(columns), lines, request);
        if (cells.size() != columns.size()) return "ragged line " + std::to_string(records.line());
        for (std::size_t j = 0; j < cells.size(); ++j) columns[j].add(cells[j], records.line(), request);
      }
      lines.push_back(records.line());
    }
  } catch (const DataError& error) {
    return error.what();
  }
}

TEST(PlainRows, ReadWhatTheGeneralWayReads) {
  static constexpr const char* kCells[] = {
      "1",   "-2.5",  "+3e4", "",        " 7 ", "x",     "\"a b\"", "\"q\"\"r\"", "\"u\nv\"",  "'5'",
      "'w'", "NA",    "nan",  "-9",      "1 2", "\t8",   "9\t",     "\"1\"",      "\"\"",      "12345678901234567890",
      "inf", "1e999", "a\"b", "\"c\" d", "\r",  "0.1\r", " ",       "\" e \"",    "12345678.5"};
  Rng rng(5);
  for (int i = 0; i < 20000; ++i) {
    const char separator = ",;\t "[rng.below(4)];
    const std::size_t width = 1 + rng.below(3);
    std::vector<FeatureKind> kinds;
    for (std::size_t j = 0; j < width; ++j)
      kinds.push_back(rng.below(2) == 0 ? FeatureKind::numeric : FeatureKind::categorical);
    std::string text;
    for (std::size_t row = rng.below(6); row > 0; --row) {
      const std::size_t cells = rng.below(20) == 0 ? width + 1 : width;
      for (std::size_t j = 0; j < cells; ++j) {
        if (j > 0) text += separator;
        text += kCells[rng.below(2) == 0 ? rng.below(3) : rng.below(std::size(kCells))];
      }
      if (row > 1 || rng.below(2) == 0) text += rng.below(3) == 0 ? "\r\n" : "\n";
    }
    ReadRequest request{.path = "t", .missing = {"", "NA", "?"}};
    if (rng.below(4) == 0) request.missing = {"-9", "x"};
    ASSERT_EQ(read(text, kinds, separator, request, Way::plain), read(text, kinds, separator, request, Way::general))
        << text;
  }
}

TEST(PlainRows, TakeNothingOfARowThatIsNotPlain) {
  const ReadRequest request{.path = "t", .missing = {""}};
  const auto taken = [&](std::string_view text) {
    std::vector<TextColumn> columns = columns_of({FeatureKind::numeric, FeatureKind::categorical});
    return PlainRows(columns, ',', request).take(text, 1);
  };
  EXPECT_EQ(taken("1,a\n2,b\n"), 4U);
  EXPECT_EQ(taken("1,a"), 3U);
  EXPECT_EQ(taken(",\"a,b\"\r\nx"), 8U);
  for (const char* text : {"x,a\n", "1\n", "1,a,b\n", "1,\"a\"\"b\"\n", "1,\"a\nb\"\n", "1,\"a", "\n", ""})
    EXPECT_EQ(taken(text), 0U) << text;
}

}  // namespace
}  // namespace jury
