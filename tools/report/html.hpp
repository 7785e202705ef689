// HTML of text, tables and whole pages. Whatever comes from a file of others is escaped here and nowhere else.
#pragma once

#include <string>
#include <string_view>

#include "tools/report/report_page.hpp"

namespace jury {

/// Text for HTML and for attributes in double quotes: & < > " ' escaped, what is no UTF-8 and control characters
/// replaced.
std::string escape_html(std::string_view text);

/// The text, cut to so many bytes at a character's end, with "..." where it was cut.
std::string cut_text(std::string_view text, std::size_t max_bytes);

/// A number with so many significant digits, "" for NaN.
std::string brief(double number, int digits = 4);

/// The number as JSON with five significant digits; null for what is none.
Json brief_json(double number);

/// A list of them.
Json brief_json(const std::vector<double>& numbers);

/// The whole page: offline, with its scripts and style in it, and a policy that forbids everything else.
std::string to_html(const ReportPage& page);

}  // namespace jury
