#include "tools/config/toml.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;

Origin origin_of(const toml::source_region& region, const std::string& source) {
  return {source, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

Config convert(const toml::node& node, const Origin& origin) {
  if (const auto* table = node.as_table()) {
    Config::Table out;
    for (const auto& [key, value] : *table)
      out.emplace_back(std::string(key.str()), convert(value, origin_of(key.source(), origin.source)));
    // toml++ sorts by name; settings read in the order they were written.
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
      const Origin& x = a.second.origin();
      const Origin& y = b.second.origin();
      return std::pair(x.line, x.column) < std::pair(y.line, y.column);
    });
    return Config(std::move(out), origin);
  }
  if (const auto* list = node.as_array()) {
    Config::List out;
    for (const toml::node& value : *list) out.push_back(convert(value, origin_of(value.source(), origin.source)));
    return Config(std::move(out), origin);
  }
  if (const auto* value = node.as_string()) return Config(value->get(), origin);
  if (const auto* value = node.as_integer()) return Config(value->get(), origin);
  if (const auto* value = node.as_floating_point()) return Config(value->get(), origin);
  if (const auto* value = node.as_boolean()) return Config(value->get(), origin);
  throw ConfigError(prefix(origin) + "a date or time is not a setting (write a text in quotes)");
}

// The value with one origin throughout: lines and columns within a setting say nothing.
Config placed(const Config& config, const Origin& origin) {
  if (const auto* list = config.as<Config::List>()) {
    Config::List out;
    for (const Config& value : *list) out.push_back(placed(value, origin));
    return Config(std::move(out), origin);
  }
  if (const auto* table = config.as<Config::Table>()) {
    Config::Table out;
    for (const auto& [key, value] : *table) out.emplace_back(key, placed(value, origin));
    return Config(std::move(out), origin);
  }
  return Config(config.value(), origin);
}

// A single TOML value, or nothing when the text is none.
std::optional<Config> parse_value(std::string_view text, const std::string& source) {
  try {
    const toml::table table = toml::parse("value = " + std::string(text) + "\n");
    if (table.size() != 1) return std::nullopt;
    return placed(*convert(table, {source, 0, 0}).find("value"), {source, 0, 0});
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

}  // namespace

Config parse_toml(std::string_view text, const std::string& source) {
  try {
    return convert(toml::parse(text), {source, 1, 1});
  } catch (const toml::parse_error& error) {
    throw ConfigError(prefix(origin_of(error.source(), source)) + std::string(error.description()));
  }
}

Config load_toml(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ConfigError(fmt::format("cannot read the experiment file '{}' ({})", path, std::strerror(errno)));
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (file.gcount() == 0 && !file.eof()))
    throw ConfigError(fmt::format("cannot read the experiment file '{}' (is it a folder?)", path));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxBytes) throw ConfigError(fmt::format("'{}' is no experiment file (larger than 16 MiB)", path));
  return parse_toml(text, path);
}

void apply_setting(Config& config, std::string_view setting, const std::string& source) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string_view::npos || trimmed(setting.substr(0, equals)).empty())
    throw ConfigError(fmt::format("{}: '{}' sets nothing (write KEY=VALUE, as in train.lr=0.01)", source, setting));
  const std::string_view key = trimmed(setting.substr(0, equals));
  const std::string_view text = trimmed(setting.substr(equals + 1));
  const auto value = parse_value(text, source);
  try {
    config.set_path(key, value ? *value : Config(std::string(text), Origin{source, 0, 0}));
  } catch (const ConfigError& error) {
    throw ConfigError(fmt::format("{}: {}: {}", source, key, error.what()));
  }
}

void apply_settings(Config& config, std::string_view settings, const std::string& source) {
  std::string part;
  char quote = '\0';
  const auto flush = [&] {
    if (!trimmed(part).empty()) apply_setting(config, trimmed(part), source);
    part.clear();
  };
  for (const char c : settings) {
    if (quote == '\0' && (c == ';' || c == '\n')) {
      flush();
      continue;
    }
    if (c == '"' || c == '\'') quote = quote == '\0' ? c : (quote == c ? '\0' : quote);
    part += c;
  }
  flush();
}

}  // namespace jury
