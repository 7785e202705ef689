// Tables on standard output, for people and for programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jury {

/// Text cells by row; every row as long as the header.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

enum class TableFormat { table, csv, json };

/// "table", "csv" or "json". Throws ConfigError for anything else.
TableFormat table_format(std::string_view name);

/// The table as text. table: aligned columns, numbers to the right; csv: RFC 4180 with a header;
/// json: a list of objects, numbers as numbers and empty or NaN cells as null.
std::string to_text(const TextTable& table, TableFormat format);

/// What standard output is.
struct Terminal {
  std::size_t width = 0;  ///< in characters; 0: none, a file or a pipe
  bool colour = false;
};

/// Width from the terminal, or COLUMNS; colours unless NO_COLOR is set or TERM is "dumb" (no-color.org).
Terminal standard_output();

/// The table for people. On a terminal the header stands out, and columns that do not fit are left out and named in a
/// last line with what shows them: first those that say the same in every line, then the last ones. The first is always
/// there, cut to the width. The same as to_text(table, TableFormat::table) elsewhere.
std::string to_text(const TextTable& table, const Terminal& terminal, std::string_view all_with = "-f csv");

/// A number with enough digits to read (6 significant), "" for NaN.
std::string cell(double number);

}  // namespace jury
