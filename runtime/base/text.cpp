#include "runtime/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

namespace jury {

namespace {

// What two texts are compared by: their numbers, and each other character. Ends of lists come first.
std::vector<std::pair<int, double>> natural_key(std::string_view text) {
  enum Kind { list_end, number, character };
  const auto is_digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  const auto is_letter = [&](std::size_t i) { return std::isalnum(static_cast<unsigned char>(text[i])) != 0; };
  std::vector<std::pair<int, double>> key;
  for (std::size_t i = 0; i < text.size();) {
    const bool is_negative = text[i] == '-' && is_digit(i + 1) && (i == 0 || !is_letter(i - 1));
    double value = 0;
    const auto [end, errc] = std::from_chars(text.data() + i, text.data() + text.size(), value);
    if ((is_digit(i) || is_negative) && errc == std::errc{}) {
      key.emplace_back(number, value);
      i = static_cast<std::size_t>(end - text.data());
    } else {
      key.emplace_back(text[i] == ']' ? list_end : character, static_cast<unsigned char>(text[i]));
      ++i;
    }
  }
  return key;
}

}  // namespace

std::optional<double> parse_duration(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  double total = 0;
  double last_unit = 1e30;
  while (!text.empty()) {
    double amount = 0;
    const auto [end, errc] = std::from_chars(text.data(), text.data() + text.size(), amount);
    if (errc != std::errc{} || !(amount >= 0) || std::isinf(amount)) return std::nullopt;
    text = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
    const auto letters = std::find_if(text.begin(), text.end(), [](char c) { return c < 'a' || c > 'z'; });
    const std::string_view name(text.data(), static_cast<std::size_t>(letters - text.begin()));
    static constexpr std::pair<std::string_view, double> units[] = {{"d", 86400}, {"h", 3600}, {"min", 60},
                                                                    {"m", 60},    {"s", 1},    {"ms", 1e-3}};
    double unit = 0;
    for (const auto& [known, seconds] : units)
      if (known == name) unit = seconds;
    if (name.empty() && text.empty() && last_unit > 1e29) unit = 1;  // a plain number of seconds
    if (unit == 0 || unit >= last_unit) return std::nullopt;
    last_unit = unit;
    total += amount * unit;
    text = trimmed(text.substr(name.size()));
  }
  return total;
}

std::string format_duration(double seconds) {
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  const std::int64_t minutes = whole / 60;
  if (minutes < 60) return fmt::format("{}min{:02}s", minutes, whole % 60);
  return fmt::format("{}h{:02}min", minutes / 60, minutes % 60);
}

std::string format_bytes(double bytes) {
  static constexpr std::array<const char*, 5> units = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return text + (names.size() > kMost ? ", ..." : "");
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string nearest_suggestion(std::string_view name, const std::vector<std::string_view>& known) {
  std::string_view nearest;
  std::size_t best = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best && distance < name.size()) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest.empty() ? "" : fmt::format(" did you mean '{}'?", nearest);
}

std::string suggestion(std::string_view name, const std::vector<std::string_view>& known) {
  if (const std::string near = nearest_suggestion(name, known); !near.empty()) return near;
  if (known.empty() || known.size() > 16) return "";
  return fmt::format(" (known: {})", fmt::join(known, ", "));
}

std::string_view trimmed(std::string_view text) noexcept {
  static constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string_view> split_text(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::optional<double> parse_number(std::string_view text) noexcept {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const auto [end, errc] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (errc != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool natural_less(std::string_view a, std::string_view b) { return natural_key(a) < natural_key(b); }

}  // namespace jury
