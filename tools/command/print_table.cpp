#include "tools/command/print_table.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
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

// The cells of these first columns.
std::string line_of(const std::vector<std::string>& cells, std::span<const Column> columns) {
  std::string text;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::string padding(columns[c].width - width_of(cells[c]), ' ');
    text += (c > 0 ? "  " : "") + (columns[c].is_numeric ? padding + cells[c] : cells[c] + padding);
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// How many columns go into a width.
std::size_t fitting(std::span<const Column> columns, std::size_t width) {
  std::size_t used = 0;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    used += columns[c].width + (c > 0 ? 2 : 0);
    if (used > width) return std::max<std::size_t>(c, 1);
  }
  return columns.size();
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

std::string to_text(const TextTable& table, const Terminal& terminal) {
  const std::vector<Column> all = columns_of(table);
  const std::size_t count = terminal.width == 0 ? all.size() : fitting(all, terminal.width);
  const auto columns = std::span(all).first(count);
  const std::string header = cut(line_of(table.header, columns), terminal.width);
  std::string out = terminal.colour ? "\x1b[1m" + header + "\x1b[0m\n" : header + "\n";
  for (const auto& row : table.rows) out += cut(line_of(row, columns), terminal.width) + "\n";
  if (count == all.size()) return out;
  const std::span<const std::string> rest = std::span(table.header).subspan(count);
  return out + fmt::format("(too wide for {}; --columns or -f csv shows them)\n", fmt::join(rest, ", "));
}

std::string cell(double number) { return std::isnan(number) ? "" : fmt::format("{:.6g}", number); }

}  // namespace jury
