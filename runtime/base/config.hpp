// A tree of settings, each with the place it was written at.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace jury {

/// Where a setting was written: a file with line and column (from 1), or a source such as "--set".
struct Origin {
  std::string source;
  int line = 0;
  int column = 0;
};

/// "file:line:column: ", "--set: " or "".
std::string prefix(const Origin& origin);

/// A value, a list or a table of settings, as TOML has them. Tables keep the order they were
/// written in. A plain value: copied freely, compared by value (origins do not count).
class Config {
 public:
  using List = std::vector<Config>;
  using Table = std::vector<std::pair<std::string, Config>>;
  using Value = std::variant<Table, List, bool, std::int64_t, double, std::string>;

  Config() = default;  ///< an empty table
  explicit Config(Value value, Origin origin = {}) : value_(std::move(value)), origin_(std::move(origin)) {}

  const Value& value() const noexcept { return value_; }
  const Origin& origin() const noexcept { return origin_; }
  template <class T>
  const T* as() const noexcept {
    return std::get_if<T>(&value_);
  }
  bool is_table() const noexcept { return as<Table>() != nullptr; }

  /// The entry of a table, or null. Expects is_table().
  const Config* find(std::string_view key) const noexcept;
  /// Adds or replaces an entry of a table. Expects is_table().
  void set(std::string_view key, Config value);
  /// Adds or replaces at a dotted path, making tables on the way; an element of a list of tables is
  /// named by its index, "preprocess.0.with". Throws ConfigError when a value is in the way.
  void set_path(std::string_view path, Config value);
  /// The entry at a dotted path, or null.
  const Config* find_path(std::string_view path) const noexcept;

  bool operator==(const Config& other) const noexcept { return value_ == other.value_; }

 private:
  Value value_;
  Origin origin_;
};

/// "a table", "a list", "true or false", ...: the kind of value this is, for messages.
std::string_view kind_name(const Config& config) noexcept;

/// The value on one line, as TOML would write it. Numbers read back as the same number.
std::string to_text(const Config& config);

}  // namespace jury
