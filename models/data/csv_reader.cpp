// Delimited text: .csv, .tsv and blank-separated tables.
#include <algorithm>
#include <set>

#include "models/data/plain_rows.hpp"
#include "models/data/reader.hpp"
#include "models/data/text_columns.hpp"
#include "models/data/text_records.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

using Cells = std::vector<std::string_view>;

// What is known of a file before its records are read.
struct Shape {
  char separator;
  std::size_t num_lines;  // at most
  const ReadRequest& request;
};

// How often numbers and texts stand in each column of the first records.
struct Sample {
  std::vector<std::size_t> numbers, texts;
  FeatureKind kind(std::size_t column) const {
    return texts[column] > 0 && texts[column] >= numbers[column] ? FeatureKind::categorical : FeatureKind::numeric;
  }
};

Sample sample_records(TextRecords& records, std::size_t num_columns, const ReadRequest& request) {
  Sample sample{std::vector<std::size_t>(num_columns), std::vector<std::size_t>(num_columns)};
  Cells cells;
  for (std::size_t i = 0; i < kSampleRecords && records.next(cells); ++i)
    for (std::size_t j = 0; j < std::min(num_columns, cells.size()); ++j) {
      if (request.is_missing(without_quotes(cells[j]))) continue;
      ++(number_of(cells[j]).is_number ? sample.numbers : sample.texts)[j];
    }
  return sample;
}

// Whether the first record holds names. `sample` is of the records behind it.
bool first_is_header(const Cells& first, const Sample& sample, const ReadRequest& request) {
  if (request.header != Header::detect) return request.header == Header::present;
  const auto known = [&](std::string_view cell) {
    return std::find(request.names.begin(), request.names.end(), cell) != request.names.end();
  };
  if (std::any_of(first.begin(), first.end(), [](auto cell) { return number_of(cell).is_number; })) return false;
  if (std::any_of(first.begin(), first.end(), known)) return true;
  for (const std::size_t numbers : sample.numbers)
    if (numbers > 0) return true;
  throw DataError(request.path.string() +
                  ": cannot tell whether the first line holds names (no column has numbers) set data.header");
}

std::vector<std::string> column_names(const Cells& first, bool named, const ReadRequest& request) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (std::size_t j = 0; j < first.size(); ++j) {
    const std::string_view cell = without_quotes(first[j]);
    names.push_back(named && !cell.empty() ? std::string(cell) : "x" + std::to_string(j));
    if (!seen.insert(names.back()).second)
      throw DataError(request.path.string() + ":1: two columns have the name '" + names.back() +
                      "' (names must differ) rename one");
  }
  return names;
}

std::vector<TextColumn> start_columns(const std::vector<std::string>& names, const std::vector<FeatureKind>& kinds,
                                      const ReadRequest& request) {
  std::vector<TextColumn> columns;
  for (std::size_t j = 0; j < names.size(); ++j) {
    const FeatureKind* settled = request.kind_of(names[j]);
    columns.emplace_back(names[j], settled != nullptr ? *settled : kinds[j],
                         settled != nullptr ? TextColumn::Certainty::settled : TextColumn::Certainty::guessed);
  }
  return columns;
}

// Reads all records into new columns of these kinds.
std::vector<TextColumn> read_columns(TextRecords& records, const std::vector<std::string>& names,
                                     const std::vector<FeatureKind>& kinds, const Shape& shape, RawTable& table) {
  std::vector<TextColumn> columns = start_columns(names, kinds, shape.request);
  for (TextColumn& column : columns) column.reserve(shape.num_lines);
  table.lines.clear();
  table.lines.reserve(shape.num_lines);
  records.rewind();
  Cells cells;
  if (table.named) records.next(cells);
  PlainRows plain(columns, shape.separator, shape.request);
  for (;;) {
    if (const std::size_t size = plain.take(records.rest(), records.next_line()); size > 0) {
      records.skip_line(size);
    } else {
      plain.flush();
      if (!records.next(cells)) return columns;
      if (cells.size() != columns.size())
        throw DataError(table.source + ":" + std::to_string(records.line()) + ": has " + counted(cells.size(), "cell") +
                        " (the first line has " + std::to_string(columns.size()) + ")");
      for (std::size_t j = 0; j < cells.size(); ++j) columns[j].add(cells[j], records.line(), shape.request);
    }
    table.lines.push_back(records.line());
  }
}

RawTable read_delimited(const Bytes& bytes, const ReadRequest& request, char separator) {
  RawTable table;
  table.source = request.path.string();
  const std::string_view text =
      text_of(reinterpret_cast<const char*>(bytes.data()), bytes.size(), table.source, request.lines_before);
  if (separator == '\0') separator = request.separator != '\0' ? request.separator : detect_separator(text);
  TextRecords records(text, separator, table.source, request.lines_before);
  Cells cells;
  if (!records.next(cells)) throw DataError(table.source + ": is empty");
  const Cells first = cells;
  Sample sample = sample_records(records, first.size(), request);
  table.named = first_is_header(first, sample, request);
  const auto names = column_names(first, table.named, request);
  const Shape shape{.separator = separator, .num_lines = 1 + count_line_ends(text), .request = request};
  request.require_memory(static_cast<double>(shape.num_lines) * static_cast<double>(first.size() * sizeof(double)));

  if (!table.named) {  // the first record belongs to the sample, too: it may be all there is
    records.rewind();
    sample = sample_records(records, first.size(), request);
  }
  std::vector<FeatureKind> kinds;
  for (std::size_t j = 0; j < first.size(); ++j) kinds.push_back(sample.kind(j));
  std::vector<TextColumn> columns;
  for (bool again = true; again;) {  // once more for a column that looked like numbers at first
    columns = read_columns(records, names, kinds, shape, table);
    again = false;
    for (std::size_t j = 0; j < columns.size(); ++j) {
      if (!columns[j].was_wrong()) continue;
      kinds[j] = FeatureKind::categorical;
      again = true;
    }
  }
  table.num_rows = table.lines.size();
  if (table.num_rows == 0) throw DataError(table.source + ": has no rows (only a line of names)");
  for (TextColumn& column : columns) table.columns.push_back(std::move(column).finish(table.lines, request));
  return table;
}

}  // namespace

RawTable read_csv(const Bytes& bytes, const ReadRequest& request) { return read_delimited(bytes, request, '\0'); }

RawTable read_tsv(const Bytes& bytes, const ReadRequest& request) { return read_delimited(bytes, request, '\t'); }

RawTable read_blank_separated(const Bytes& bytes, const ReadRequest& request) {
  ReadRequest without_names = request;
  if (request.header == Header::detect) without_names.header = Header::absent;
  return read_delimited(bytes, without_names, TextRecords::kBlanks);
}

}  // namespace jury
