// Weka's attribute-relation file format, dense: http://weka.sourceforge.net, ARFF (stable version).
#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <set>

#include "models/data/reader.hpp"
#include "models/data/text_columns.hpp"
#include "models/data/text_records.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// Takes words and quoted words off the front of a line.
class Words {
 public:
  Words(std::string_view line, std::string place) : line_(line), place_(std::move(place)) {}

  std::string_view rest() noexcept { return line_ = trimmed(line_); }
  // A word ends at a blank or at one of `stops`; in quotes (' or ") anything may stand, a quote with
  // a backslash before it.
  std::string_view next(std::string_view stops) {
    rest();
    if (!line_.empty() && (line_[0] == '\'' || line_[0] == '"')) return quoted();
    std::size_t end = 0;
    while (end < line_.size() && stops.find(line_[end]) == std::string_view::npos) ++end;
    const std::string_view word = trimmed(line_.substr(0, end));
    line_.remove_prefix(end);
    return word;
  }
  // Takes `c` off the front when it stands there.
  bool take(char c) {
    rest();
    if (line_.empty() || line_[0] != c) return false;
    line_.remove_prefix(1);
    return true;
  }

 private:
  std::string_view quoted() {
    const char quote = line_[0];
    std::size_t end = 1;
    bool escaped = false;
    while (end < line_.size() && line_[end] != quote) {
      escaped |= line_[end] == '\\';
      end += line_[end] == '\\' ? 2U : 1U;
    }
    if (end >= line_.size()) throw DataError(place_ + ": a quote has no end");
    const std::string_view inside = line_.substr(1, end - 1);
    line_.remove_prefix(end + 1);
    if (!escaped) return inside;
    std::string& plain = kept_.emplace_back();
    for (std::size_t i = 0; i < inside.size(); ++i) {
      if (inside[i] == '\\') ++i;
      plain += inside[i];
    }
    return plain;
  }

  std::string_view line_;
  std::string place_;
  std::deque<std::string> kept_;
};

// What an attribute's cells must be.
enum class Declared { number, nominal, text };
struct Attribute {
  Declared declared = Declared::number;
  RawColumn column;
  std::map<std::string, std::uint32_t, std::less<>> codes = {};
};

Attribute parse_attribute(std::string_view line, const std::string& place) {
  Words words(line, place);
  Attribute attribute;
  attribute.column.name = words.next(" \t{");
  if (words.take('{')) {
    attribute.declared = Declared::nominal;
    attribute.column.kind = FeatureKind::categorical;
    attribute.column.ordered = true;
    while (!words.take('}')) {
      const std::string value(words.next(",}"));
      if (!attribute.codes.try_emplace(value, static_cast<std::uint32_t>(attribute.column.vocabulary.size())).second)
        throw DataError(place + ": attribute '" + attribute.column.name + "' declares '" + value + "' twice");
      attribute.column.vocabulary.push_back(value);
      if (!words.take(',') && !words.rest().starts_with('}'))
        throw DataError(place + ": the values of attribute '" + attribute.column.name + "' have no closing brace");
    }
    return attribute;
  }
  const std::string type = lower(words.next(" \t"));
  if (type == "numeric" || type == "real" || type == "integer") return attribute;
  attribute.declared = Declared::text;
  attribute.column.kind = FeatureKind::categorical;
  if (type == "string" || type == "date") return attribute;
  throw DataError(place + ": attribute '" + attribute.column.name + "' has the type '" + type +
                  "' (known: numeric, real, integer, string, date and {nominal, values})");
}

void add_cell(Attribute& attribute, std::string_view cell, const std::string& place, const ReadRequest& request) {
  RawColumn& column = attribute.column;
  const bool missing = cell == "?" || request.is_missing(cell);
  if (attribute.declared == Declared::number) {
    if (missing) return column.numbers.push_back(kMissingNumber);
    const CellNumber number = number_of(cell);
    if (!number.is_number || std::isinf(number.value))
      throw DataError(place + ": '" + std::string(cell.substr(0, 60)) + "' in column '" + column.name +
                      "' is no finite number (the attribute is declared numeric)");
    return column.numbers.push_back(number.value);
  }
  if (missing) return column.codes.push_back(kMissingCode);
  auto found = attribute.codes.find(cell);
  if (found == attribute.codes.end()) {
    if (attribute.declared == Declared::nominal)
      throw DataError(place + ": '" + std::string(cell.substr(0, 60)) + "' is no declared value of attribute '" +
                      column.name + "'");
    found = attribute.codes.emplace(cell, static_cast<std::uint32_t>(column.vocabulary.size())).first;
    column.vocabulary.emplace_back(cell);
  }
  column.codes.push_back(found->second);
}

void add_row(std::vector<Attribute>& attributes, std::string_view line, const std::string& place,
             const ReadRequest& request) {
  if (line.starts_with('{'))
    throw DataError(place + ": is a sparse row (sparse ARFF is not read) convert it to dense ARFF, CSV or libsvm");
  Words words(line, place);
  for (std::size_t j = 0; j < attributes.size(); ++j) {
    if (j > 0 && !words.take(','))
      throw DataError(place + ": has " + counted(j, "cell") + " (" + counted(attributes.size(), "attribute") +
                      " declared)");
    add_cell(attributes[j], words.next(","), place, request);
  }
  if (!words.rest().empty())
    throw DataError(place + ": has more cells than the " + counted(attributes.size(), "attribute") + " declared");
}

}  // namespace

RawTable read_arff(const Bytes& bytes, const ReadRequest& request) {
  RawTable table;
  table.source = request.path.string();
  table.named = true;
  std::string_view text = text_of(reinterpret_cast<const char*>(bytes.data()), bytes.size(), table.source);
  std::vector<Attribute> attributes;
  std::set<std::string> names;
  bool in_data = false;
  for (std::uint32_t line_number = 1; !text.empty(); ++line_number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line[0] == '%') continue;
    const std::string place = table.source + ":" + std::to_string(line_number);
    if (in_data) {
      add_row(attributes, line, place, request);
      table.lines.push_back(line_number);
      continue;
    }
    const std::size_t blank = std::min(line.find_first_of(" \t"), line.size());
    const std::string keyword = lower(line.substr(0, blank));
    if (keyword == "@attribute") {
      attributes.push_back(parse_attribute(line.substr(blank), place));
      if (!names.insert(attributes.back().column.name).second)
        throw DataError(place + ": two attributes have the name '" + attributes.back().column.name + "'");
    } else if (keyword == "@data") {
      in_data = true;
      request.require_memory(static_cast<double>(std::count(text.begin(), text.end(), '\n') + 1) *
                             static_cast<double>(attributes.size() * sizeof(double)));
    } else if (keyword != "@relation") {
      throw DataError(place + ": is neither @relation nor @attribute nor @data");
    }
  }
  if (attributes.empty() || table.lines.empty()) throw DataError(table.source + ": has no rows behind @data");
  table.num_rows = table.lines.size();
  for (Attribute& attribute : attributes) table.columns.push_back(std::move(attribute.column));
  return table;
}

}  // namespace jury
