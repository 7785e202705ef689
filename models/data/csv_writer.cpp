// Delimited text as our reader, NumPy and pandas read it.
#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "models/data/writer.hpp"

namespace jury {
namespace {

// A cell that the reader takes as this text: it trims cells, and takes a pair of single quotes off.
std::string cell_of(const std::string& text) {
  const bool single = text.size() >= 2 && text.front() == '\'' && text.back() == '\'';
  const std::string kept = single ? "'" + text + "'" : text;
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  const bool trims = !kept.empty() && (is_blank(kept.front()) || is_blank(kept.back()));
  if (!trims && kept.find_first_of(",;|\t\"\n\r") == std::string::npos) return kept;
  std::string quoted = "\"";
  for (const char c : kept) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace

std::string delimited_text(const RawTable& table, char separator) {
  const std::string missing = table.columns.size() == 1 ? "NA" : "";  // a blank line would be no row
  std::string text;
  std::vector<std::vector<std::string>> cells(table.columns.size());  // of each category
  for (std::size_t j = 0; j < table.columns.size(); ++j) {
    if (j > 0) text += separator;
    text += cell_of(table.columns[j].name);
    for (const std::string& category : table.columns[j].vocabulary) cells[j].push_back(cell_of(category));
  }
  text += '\n';
  for (std::size_t row = 0; row < table.num_rows; ++row) {
    for (std::size_t j = 0; j < table.columns.size(); ++j) {
      const RawColumn& column = table.columns[j];
      if (j > 0) text += separator;
      if (column.is_missing(row)) {
        text += missing;
      } else if (column.kind == FeatureKind::numeric) {
        append_number(text, column.numbers[row]);
      } else {
        text += cells[j][column.codes[row]];
      }
    }
    text += '\n';
  }
  return text;
}

namespace {

void write_delimited(RawTable table, const WriteRequest& request, char separator) {
  table = with_pixels_as_columns(std::move(table));
  require_finite(table, "text");
  save_output(request.path, delimited_text(table, separator));
}

}  // namespace

void write_csv(RawTable table, const WriteRequest& request) { write_delimited(std::move(table), request, ','); }
void write_tsv(RawTable table, const WriteRequest& request) { write_delimited(std::move(table), request, '\t'); }

}  // namespace jury
