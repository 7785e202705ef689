// LIBSVM's sparse text: "label index:value index:value ..." a line, comments behind '#'.
#include <algorithm>
#include <cmath>

#include "models/data/reader.hpp"
#include "models/data/text_columns.hpp"
#include "models/data/text_records.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

struct Entry {
  std::uint32_t row;
  std::uint32_t index;
  double value;
};

[[noreturn]] void bad_token(const std::string& place, std::string_view token, const char* why) {
  throw DataError(place + ": '" + std::string(token.substr(0, 60)) + "' " + why);
}

double finite_number(std::string_view text, const std::string& place, std::string_view token) {
  const CellNumber number = number_of(text);
  if (!number.is_number || !std::isfinite(number.value)) bad_token(place, token, "is no finite number");
  return number.value;
}

// "index:value" of one row; indices ascend, as the format has it.
Entry parse_entry(std::string_view token, std::uint32_t row, std::int64_t last_index, const std::string& place) {
  const std::size_t colon = token.find(':');
  if (colon == std::string_view::npos) bad_token(place, token, "is not index:value");
  const CellNumber index = number_of(token.substr(0, colon));
  if (!index.is_number || !(index.value >= 0) || index.value > 1e9 || index.value != std::floor(index.value))
    bad_token(place, token, "has no whole number from 0 for its index");
  if (index.value <= static_cast<double>(last_index)) bad_token(place, token, "is out of order (indices must ascend)");
  return {row, static_cast<std::uint32_t>(index.value), finite_number(token.substr(colon + 1), place, token)};
}

}  // namespace

RawTable read_libsvm(const Bytes& bytes, const ReadRequest& request) {
  RawTable table;
  table.source = request.path.string();
  const std::string_view text =
      text_of(reinterpret_cast<const char*>(bytes.data()), bytes.size(), table.source, request.lines_before);
  TextRecords records(text, TextRecords::kBlanks, table.source, request.lines_before);
  RawColumn labels{.name = "y"};
  RawColumn queries{.name = "qid"};
  std::vector<Entry> entries;
  std::vector<std::string_view> tokens;
  std::size_t num_columns = request.num_columns;
  while (records.next(tokens)) {
    const auto comment = std::find_if(tokens.begin(), tokens.end(), [](auto token) { return token.starts_with('#'); });
    tokens.erase(comment, tokens.end());
    if (tokens.empty()) continue;
    const auto row = static_cast<std::uint32_t>(table.lines.size());
    table.lines.push_back(records.line());
    const std::string place = table.source + ":" + std::to_string(records.line());
    labels.numbers.push_back(finite_number(tokens[0], place, tokens[0]));
    std::int64_t last_index = -1;
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      if (i == 1 && tokens[i].starts_with("qid:")) {
        queries.numbers.push_back(finite_number(tokens[i].substr(4), place, tokens[i]));
        continue;
      }
      entries.push_back(parse_entry(tokens[i], row, last_index, place));
      last_index = entries.back().index;
      num_columns = std::max<std::size_t>(num_columns, entries.back().index + std::size_t{1});
    }
  }
  table.num_rows = table.lines.size();
  if (table.num_rows == 0) throw DataError(table.source + ": has no rows");
  if (!queries.numbers.empty() && queries.numbers.size() != table.num_rows)
    throw DataError(table.source + ": only some rows have a qid");
  request.require_memory(static_cast<double>(table.num_rows) * static_cast<double>(num_columns * sizeof(double)));
  table.named = true;
  table.columns.resize(num_columns);
  for (std::size_t j = 0; j < num_columns; ++j) {
    table.columns[j].name = "x" + std::to_string(j);
    table.columns[j].numbers.resize(table.num_rows);  // what is not written is zero
  }
  for (const Entry& entry : entries) table.columns[entry.index].numbers[entry.row] = entry.value;
  table.columns.push_back(std::move(labels));
  if (!queries.numbers.empty()) table.columns.push_back(std::move(queries));
  table.targets = {"y"};
  return table;
}

}  // namespace jury
