// Options structs: each lists its fields once, everything else is derived from that list.
//
//   struct SgdOptions {
//     double lr = 0.01;
//     static void fields(auto& self, auto&& visit) {
//       visit("lr", self.lr, Field{.help = "step size", .low = 0, .high = 10});
//     }
//   };
//
// A field is a bool, a whole number, a double, a text, a number or a word (NumberOrWord), a vector of
// these, an options struct (a table), an optional of one of these (false where it is absent), or a
// Config, which takes anything and is checked by whoever reads it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/base/config.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {

/// What a field's number or text stands for beyond its type.
enum class Unit { none, seconds };  ///< seconds: a double that is written as "3h50min" or as seconds

/// A whole number, or one of the field's choices instead of it: batch = 32, batch = "full".
struct NumberOrWord {
  NumberOrWord(std::int64_t count = 0) : number(count) {}
  NumberOrWord(std::string text) : word(std::move(text)) {}

  std::int64_t number = 0;
  std::string word;  ///< empty: the number counts
  bool operator==(const NumberOrWord&) const = default;
};

/// What is known of a field beside its name, type and default.
struct Field {
  std::string_view help;
  double low = -std::numeric_limits<double>::infinity();  ///< smallest allowed, of each number
  double high = std::numeric_limits<double>::infinity();  ///< largest allowed
  std::vector<std::string_view> choices = {};             ///< allowed texts; empty: any
  std::vector<std::string_view> planned = {};             ///< texts that later versions will know
  Unit unit = Unit::none;
  bool identity = true;  ///< false: changes only time or place, so it is not in a run's identity
};

template <class T>
concept OptionsStruct = requires(T& t) {
  T::fields(t, [](std::string_view, auto&, const Field&) {});
};

/// Everything wrong with a configuration, so that a user sees it all at once.
class Problems {
 public:
  void add(const Origin& origin, const std::string& text) { lines_.push_back(prefix(origin) + text); }
  void add(std::string line) { lines_.push_back(std::move(line)); }
  bool empty() const noexcept { return lines_.empty(); }
  const std::vector<std::string>& lines() const noexcept { return lines_; }
  /// Throws ConfigError with one problem a line when there is any.
  void throw_if_any() const;

 private:
  std::vector<std::string> lines_;
};

/// Reads one value into a field. Each reports a problem that names path, value and what is allowed.
struct FieldReader {
  const Config& config;
  const Field& field;
  std::string path;
  Problems& problems;

  void read(bool& value) const;
  void read(double& value) const;
  void read(std::string& value) const;
  void read(std::int64_t& value) const;
  void read(NumberOrWord& value) const;
  void read(Config& value) const { value = config; }
  template <class T>
  requires std::is_integral_v<T>
  void read(T& value) const {
    std::int64_t wide = 0;
    const std::size_t before = problems.lines().size();
    read(wide);
    if (problems.lines().size() != before) return;
    if (!std::in_range<T>(wide)) return wrong("is out of range");
    value = static_cast<T>(wide);
  }
  template <class T>
  void read(std::vector<T>& values) const;
  template <OptionsStruct T>
  void read(T& options) const;
  /// Absent, or false: nothing.
  template <class T>
  void read(std::optional<T>& value) const {
    if (const bool* on = config.as<bool>(); on != nullptr && !*on) return value.reset();
    read(value.emplace());
  }
  /// Adds "<path> = <value> <what>".
  void wrong(const std::string& what) const;

 private:
  bool in_range(double number) const;
};

/// Reads a table over the defaults in `options`. Problems are collected, not thrown: values of the
/// wrong type or out of range, and keys that Options does not list, with the nearest one it does.
template <OptionsStruct Options>
void read_options(const Config& config, Options& options, std::string_view path, Problems& problems) {
  const auto* table = config.as<Config::Table>();
  if (table == nullptr)
    return problems.add(config.origin(), std::string(path) + " = " + to_text(config) + " is " +
                                             std::string(kind_name(config)) + " (must be a table)");
  std::vector<std::string_view> known;
  Options::fields(options, [&](std::string_view key, auto& field, const Field& about) {
    known.push_back(key);
    if (const Config* value = config.find(key))
      FieldReader{*value, about, path.empty() ? std::string(key) : std::string(path) + "." + std::string(key), problems}
          .read(field);
  });
  for (const auto& [key, value] : *table) {
    bool listed = false;
    for (const std::string_view name : known) listed |= name == key;
    if (listed) continue;
    problems.add(value.origin(),
                 "unknown key '" + (path.empty() ? key : std::string(path) + "." + key) + "'" + suggestion(key, known));
  }
}

template <class T>
void FieldReader::read(std::vector<T>& values) const {
  const auto* list = config.as<Config::List>();
  if (list == nullptr) return wrong("is " + std::string(kind_name(config)) + " (must be a list)");
  values.assign(list->size(), T{});
  for (std::size_t i = 0; i < list->size(); ++i) {
    T value{};
    FieldReader{(*list)[i], field, path + "." + std::to_string(i), problems}.read(value);
    values[i] = std::move(value);
  }
}

template <OptionsStruct T>
void FieldReader::read(T& options) const {
  read_options(config, options, path, problems);
}

Config to_config_value(double value, const Field& field);

/// The options as a table with every field filled in: what is recorded, and what a resume reads.
/// With `identity_only`, fields that change only time or place are left out.
enum class Fields { all, identity_only };
template <OptionsStruct Options>
Config to_config(const Options& options, Fields which = Fields::all) {
  Config table;
  const auto convert = [&](const auto& self, const auto& value, const Field& about) -> Config {
    using T = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<T, Config>) {
      return value;
    } else if constexpr (std::is_same_v<T, NumberOrWord>) {
      return value.word.empty() ? Config(value.number) : Config(value.word);
    } else if constexpr (std::is_same_v<T, bool>) {
      return Config(value);
    } else if constexpr (std::is_integral_v<T>) {
      return Config(static_cast<std::int64_t>(value));
    } else if constexpr (std::is_floating_point_v<T>) {
      return to_config_value(value, about);
    } else if constexpr (std::is_same_v<T, std::string>) {
      return Config(value);
    } else if constexpr (OptionsStruct<T>) {
      return to_config(value, which);
    } else if constexpr (requires { value.has_value(); }) {
      return value.has_value() ? self(self, *value, about) : Config(false);
    } else {
      Config::List list;
      for (const auto& item : value) list.push_back(self(self, item, about));
      return Config(std::move(list));
    }
  };
  Options::fields(options, [&](std::string_view key, const auto& field, const Field& about) {
    if (which == Fields::all || about.identity) table.set(key, convert(convert, field, about));
  });
  return table;
}

}  // namespace jury
