#include "runtime/base/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

// The list element a path segment such as "0" names, or null.
Config* element(Config::List& list, std::string_view segment) {
  std::size_t index = 0;
  const auto [end, errc] = std::from_chars(segment.data(), segment.data() + segment.size(), index);
  const bool whole = errc == std::errc{} && end == segment.data() + segment.size();
  return whole && index < list.size() ? &list[index] : nullptr;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// A key as TOML has it: bare where it may be.
std::string key_text(std::string_view key) {
  const auto is_bare = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !key.empty() && std::all_of(key.begin(), key.end(), is_bare) ? std::string(key) : quoted(key);
}

std::string number_text(double number) {
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  if (std::isnan(number)) return "nan";
  std::string text = fmt::format("{}", number);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

}  // namespace

std::string prefix(const Origin& origin) {
  if (origin.source.empty()) return "";
  if (origin.line == 0) return origin.source + ": ";
  return fmt::format("{}:{}:{}: ", origin.source, origin.line, origin.column);
}

const Config* Config::find(std::string_view key) const noexcept {
  JURY_EXPECTS(is_table());
  for (const auto& [name, entry] : *as<Table>())
    if (name == key) return &entry;
  return nullptr;
}

void Config::set(std::string_view key, Config value) {
  JURY_EXPECTS(is_table());
  auto& table = std::get<Table>(value_);
  for (auto& [name, entry] : table) {
    if (name != key) continue;
    entry = std::move(value);
    return;
  }
  table.emplace_back(std::string(key), std::move(value));
}

void Config::set_path(std::string_view path, Config value) {
  const std::size_t dot = path.find('.');
  const std::string_view head = path.substr(0, dot);
  if (head.empty()) throw ConfigError("a setting's path has an empty part ('" + std::string(path) + "')");
  if (auto* list = std::get_if<List>(&value_)) {
    Config* entry = element(*list, head);
    if (entry == nullptr) throw ConfigError("there is no element '" + std::string(head) + "' in this list");
    if (dot == std::string_view::npos) {
      *entry = std::move(value);
    } else {
      entry->set_path(path.substr(dot + 1), std::move(value));
    }
    return;
  }
  if (!is_table())
    throw ConfigError("'" + std::string(head) + "' cannot be set inside " + to_text(*this) + " (it is no table)");
  if (dot == std::string_view::npos) return set(head, std::move(value));
  if (find(head) == nullptr) set(head, Config(Table{}, value.origin()));
  for (auto& [name, entry] : std::get<Table>(value_))
    if (name == head) return entry.set_path(path.substr(dot + 1), std::move(value));
}

const Config* Config::find_path(std::string_view path) const noexcept {
  const std::size_t dot = path.find('.');
  const std::string_view head = path.substr(0, dot);
  const Config* entry = nullptr;
  if (is_table()) {
    entry = find(head);
  } else if (const auto* list = as<List>()) {
    entry = element(const_cast<List&>(*list), head);
  }
  if (entry == nullptr || dot == std::string_view::npos) return entry;
  return entry->find_path(path.substr(dot + 1));
}

std::string_view kind_name(const Config& config) noexcept {
  static constexpr std::string_view names[] = {"a table",        "a list",   "true or false",
                                               "a whole number", "a number", "a text"};
  return names[config.value().index()];
}

std::string to_text(const Config& config) {
  struct Printer {
    std::string operator()(const Config::Table& table) const {
      std::string out;
      for (const auto& [key, value] : table) out += (out.empty() ? "" : ", ") + key_text(key) + " = " + to_text(value);
      return "{" + out + "}";
    }
    std::string operator()(const Config::List& list) const {
      std::string out;
      for (const auto& value : list) out += (out.empty() ? "" : ", ") + to_text(value);
      return "[" + out + "]";
    }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(double value) const { return number_text(value); }
    std::string operator()(const std::string& value) const { return quoted(value); }
  };
  return std::visit(Printer{}, config.value());
}

}  // namespace jury
