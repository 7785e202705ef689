#include "tools/command/print_table.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

bool is_number(std::string_view text) {
  const auto number = parse_number(text);
  return number && std::isfinite(*number);
}

// Characters, not bytes: those that begin one in UTF-8.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

struct Column {
  std::size_t width = 0;
  bool is_numeric = true;
};

std::vector<Column> columns_of(const TextTable& table) {
  std::vector<Column> columns(table.header.size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    columns[c].width = width_of(table.header[c]);
    for (const auto& row : table.rows) {
      columns[c].width = std::max(columns[c].width, width_of(row[c]));
      if (!row[c].empty() && !is_number(row[c])) columns[c].is_numeric = false;
    }
  }
  return columns;
}

// The cells of these columns.
std::string line_of(const std::vector<std::string>& cells, std::span<const Column> columns,
                    std::span<const std::size_t> shown) {
  std::string text;
  for (const std::size_t c : shown) {
    const std::string padding(columns[c].width - width_of(cells[c]), ' ');
    text += (text.empty() ? "" : "  ") + (columns[c].is_numeric ? padding + cells[c] : cells[c] + padding);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::size_t width_of(std::span<const Column> columns, std::span<const std::size_t> shown) {
  std::size_t width = 0;
  for (const std::size_t c : shown) width += columns[c].width + (width > 0 ? 2 : 0);
  return width;
}

// One entry in all lines of several.
bool is_the_same_in_all(const TextTable& table, std::size_t column) {
  return table.rows.size() > 1 &&
         std::ranges::all_of(table.rows, [&](const auto& row) { return row[column] == table.rows.front()[column]; });
}

// The columns that go into a width; 0: any.
std::vector<std::size_t> fitting(const TextTable& table, std::span<const Column> columns, std::size_t width) {
  std::vector<std::size_t> shown(columns.size());
  std::iota(shown.begin(), shown.end(), std::size_t{0});
  if (width == 0 || width_of(columns, shown) <= width) return shown;
  std::erase_if(shown, [&](std::size_t c) { return c > 0 && is_the_same_in_all(table, c); });
  while (shown.size() > 1 && width_of(columns, shown) > width) shown.pop_back();
  return shown;
}

// At most so many characters.
std::string cut(std::string text, std::size_t width) {
  if (width == 0 || width_of(text) <= width) return text;
  std::size_t characters = 0, bytes = 0;
  for (; bytes < text.size(); ++bytes)
    if ((static_cast<unsigned char>(text[bytes]) & 0xC0U) != 0x80U && characters++ == width) break;
  return text.substr(0, bytes);
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
    case TableFormat::csv:
      return csv(table);
    case TableFormat::json:
      return json(table);
    case TableFormat::table:
      break;
  }
  return to_text(table, Terminal{});
}

Terminal standard_output() {
  if (::isatty(STDOUT_FILENO) != 1) return {};
  const auto variable = [](const char* name) {
    return std::string_view(std::getenv(name) != nullptr ? std::getenv(name) : "");
  };
  Terminal terminal{.width = 80, .colour = variable("NO_COLOR").empty() && variable("TERM") != "dumb"};
  winsize size{};
  if (const auto columns = parse_number(variable("COLUMNS")); columns && *columns >= 1 && *columns <= 10000) {
    terminal.width = static_cast<std::size_t>(*columns);
  } else if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.width = size.ws_col;
  }
  return terminal;
}

std::string to_text(const TextTable& table, const Terminal& terminal, std::string_view all_with) {
  const std::vector<Column> columns = columns_of(table);
  const std::vector<std::size_t> shown = fitting(table, columns, terminal.width);
  const std::string header = cut(line_of(table.header, columns, shown), terminal.width);
  std::string out = terminal.colour ? "\x1b[1m" + header + "\x1b[0m\n" : header + "\n";
  for (const auto& row : table.rows) out += cut(line_of(row, columns, shown), terminal.width) + "\n";
  if (shown.size() == columns.size()) return out;
  std::vector<std::string_view> rest;
  for (std::size_t c = 0; c < columns.size(); ++c)
    if (std::ranges::find(shown, c) == shown.end()) rest.push_back(table.header[c]);
  return out + fmt::format("(too wide for {}; {} shows them)\n", fmt::join(rest, ", "), all_with);
}

std::string cell(double number) { return std::isnan(number) ? "" : fmt::format("{:.6g}", number); }

}  // namespace jury
