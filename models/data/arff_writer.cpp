// Weka's attribute-relation file format, dense.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "models/data/categories.hpp"
#include "models/data/writer.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '+' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

// A name or a value; in quotes, with backslashes, where it is more than a word.
std::string arff_word(const std::string& text, const RawTable& table) {
  if (text == "?")
    throw DataError(table.source + ": holds the text '?' (in arff it stands for a missing value) write csv");
  if (text.find_first_of("\r\n") != std::string::npos)
    throw DataError(fmt::format("{}: holds a text of several lines, '{}' (arff has one line a row) write csv",
                                table.source, text.substr(0, text.find_first_of("\r\n")).substr(0, 60)));
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

// The order that the texts of a file without a declared one get when it is loaded: so that classes keep their numbers.
std::vector<std::uint32_t> declared_order(const RawColumn& column) {
  std::vector<std::uint32_t> order(column.vocabulary.size());
  std::iota(order.begin(), order.end(), 0U);
  if (!column.ordered) sort_categories(order, column.vocabulary);
  return order;
}

}  // namespace

void write_arff(RawTable table, const WriteRequest& request) {
  table = with_pixels_as_columns(std::move(table));
  require_finite(table, "arff");
  std::string text = "@relation " + arff_word(request.path.stem().stem().string(), table) + "\n\n";
  std::vector<std::vector<std::string>> words(table.columns.size());
  for (std::size_t j = 0; j < table.columns.size(); ++j) {
    const RawColumn& column = table.columns[j];
    text += "@attribute " + arff_word(column.name, table);
    if (column.kind == FeatureKind::numeric) {
      text += " numeric\n";
      continue;
    }
    for (const std::string& category : column.vocabulary) words[j].push_back(arff_word(category, table));
    std::string values;
    for (const std::uint32_t code : declared_order(column)) values += (values.empty() ? "" : ",") + words[j][code];
    text += " {" + values + "}\n";
  }
  text += "\n@data\n";
  for (std::size_t row = 0; row < table.num_rows; ++row) {
    for (std::size_t j = 0; j < table.columns.size(); ++j) {
      const RawColumn& column = table.columns[j];
      if (j > 0) text += ',';
      text += column.is_missing(row)                ? "?"
              : column.kind == FeatureKind::numeric ? number_text(column.numbers[row])
                                                    : words[j][column.codes[row]];
    }
    text += '\n';
  }
  save_output(request.path, text);
}

}  // namespace jury
