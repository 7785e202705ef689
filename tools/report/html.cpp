#include "tools/report/html.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "runtime/base/text.hpp"
#include "runtime/store/utf8.hpp"

namespace jury {

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : valid_utf8(text)) {
    const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += control || c == 0x7f ? ' ' : c;
    }
  }
  return out;
}

std::string cut_text(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string brief(double number, int digits) {
  if (std::isnan(number)) return "";
  return fmt::format("{:.{}g}", number == 0 ? 0.0 : number, digits);
}

Json brief_json(double number) {
  if (!std::isfinite(number)) return nullptr;
  const double rounded = std::strtod(fmt::format("{:.4e}", number).c_str(), nullptr);
  constexpr double kPlain = 1e15;
  if (rounded == std::floor(rounded) && std::abs(rounded) < kPlain)
    return static_cast<std::int64_t>(rounded);  // 3 is shorter than 3.0
  return rounded;
}

Json brief_json(const std::vector<double>& numbers) {
  Json list = Json::array();
  for (const double number : numbers) list.push_back(brief_json(number));
  return list;
}

ReportLimits ReportLimits::halved() const noexcept {
  const auto half = [](std::size_t count) { return std::max<std::size_t>(count / 2, 4); };
  return {.trials = half(trials),
          .cells = half(cells),
          .columns = half(columns),
          .points = half(points),
          .line_points = half(line_points),
          .choices = half(choices),
          .table_rows = half(table_rows),
          .matrix = half(matrix),
          .tasks = half(tasks),
          .source_bytes = half(source_bytes)};
}

}  // namespace jury
