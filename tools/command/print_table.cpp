#include "tools/command/print_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

bool is_number(std::string_view text) {
  const auto number = parse_number(text);
  return number && std::isfinite(*number);
}

std::string aligned(const TextTable& table) {
  const std::size_t columns = table.header.size();
  std::vector<std::size_t> width(columns);
  std::vector<bool> numeric(columns, true);
  for (std::size_t c = 0; c < columns; ++c) {
    width[c] = table.header[c].size();
    for (const auto& row : table.rows) {
      width[c] = std::max(width[c], row[c].size());
      if (!row[c].empty() && !is_number(row[c])) numeric[c] = false;
    }
  }
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t c = 0; c < columns; ++c) {
      if (c > 0) text += "  ";
      text += numeric[c] ? fmt::format("{:>{}}", cells[c], width[c]) : fmt::format("{:<{}}", cells[c], width[c]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  };
  line(table.header);
  for (const auto& row : table.rows) line(row);
  return out;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2U : 1U, c);
  return out + "\"";
}

std::string csv(const TextTable& table) {
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells) {
    for (std::size_t c = 0; c < cells.size(); ++c) out += (c > 0 ? "," : "") + csv_cell(cells[c]);
    out += "\n";
  };
  line(table.header);
  for (const auto& row : table.rows) line(row);
  return out;
}

std::string json(const TextTable& table) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& row : table.rows) {
    nlohmann::ordered_json object;
    for (std::size_t c = 0; c < row.size(); ++c) {
      nlohmann::ordered_json& value = object[table.header[c]];
      if (is_number(row[c])) {
        value = nlohmann::ordered_json::parse(row[c], nullptr, false);
        if (value.is_discarded()) value = *parse_number(row[c]);
      } else if (!row[c].empty()) {
        value = row[c];
      }
    }
    list.push_back(std::move(object));
  }
  return list.dump(2) + "\n";
}

}  // namespace

TableFormat table_format(std::string_view name) {
  if (name == "table") return TableFormat::table;
  if (name == "csv") return TableFormat::csv;
  if (name == "json") return TableFormat::json;
  throw ConfigError(fmt::format("'{}' is no format (known: table, csv, json)", name));
}

std::string to_text(const TextTable& table, TableFormat format) {
  switch (format) {
    case TableFormat::csv: return csv(table);
    case TableFormat::json: return json(table);
    case TableFormat::table: break;
  }
  return aligned(table);
}

std::string cell(double number) { return std::isnan(number) ? "" : fmt::format("{:.6g}", number); }

}  // namespace jury
