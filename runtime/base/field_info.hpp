// Options structs as data: what schemas, completions and manuals are made from.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "runtime/base/options.hpp"

namespace jury {

/// What a field takes. `words`: a value or a list of values, each as text; `anything`: whoever reads it says.
enum class FieldKind : std::uint8_t { boolean, whole, number, text, whole_or_word, words, list, table, anything };

/// All that is known of a field of an options struct.
struct FieldInfo {
  std::string key = {};  ///< "" of what a list holds
  FieldKind kind = FieldKind::anything;
  Field about = {};
  Config otherwise = {};                                    ///< its default, as it is recorded
  bool is_optional = false;                                 ///< may be absent, which false says too
  double least = -std::numeric_limits<double>::infinity();  ///< the range of a whole number's type
  double most = std::numeric_limits<double>::infinity();
  std::vector<FieldInfo> inside = {};  ///< the fields of a table, in their order; the one thing that a list holds
};

template <OptionsStruct T>
std::vector<FieldInfo> fields_of(const T& defaults = T{});

/// A field with this value as its default.
template <class T>
FieldInfo field_info(const T& value, const Field& about) {
  FieldInfo info{.about = about};
  if constexpr (std::is_same_v<T, Config>) {
    info.otherwise = value;
  } else if constexpr (std::is_same_v<T, NumberOrWord>) {
    info.kind = FieldKind::whole_or_word;
  } else if constexpr (std::is_same_v<T, bool>) {
    info.kind = FieldKind::boolean;
  } else if constexpr (std::is_integral_v<T>) {
    info.kind = FieldKind::whole;
    info.least = static_cast<double>(std::numeric_limits<T>::min());
    info.most = static_cast<double>(std::numeric_limits<T>::max());
  } else if constexpr (std::is_floating_point_v<T>) {
    info.kind = FieldKind::number;
  } else if constexpr (std::is_same_v<T, std::string>) {
    info.kind = FieldKind::text;
  } else if constexpr (OptionsStruct<T>) {
    // Some read and write a single value in their own way, and have no fields.
    info.inside = fields_of(value);
    info.kind = info.inside.empty() && !to_config(value, Fields::all).is_table() ? FieldKind::words : FieldKind::table;
  } else if constexpr (requires { value.has_value(); }) {
    info = field_info(value.value_or(typename T::value_type{}), about);
    info.is_optional = true;
  } else {
    info.kind = FieldKind::list;
    info.inside.push_back(field_info(typename T::value_type{}, about));
  }
  return info;
}

/// The fields of an options struct, in the order of its list.
template <OptionsStruct T>
std::vector<FieldInfo> fields_of(const T& defaults) {
  std::vector<FieldInfo> all;
  const auto add = [&](std::string_view key, const auto& field, const Field& about) {
    FieldInfo info = field_info(field, about);
    info.key = key;
    all.push_back(std::move(info));
  };
  T::fields(defaults, add);
  if (all.empty()) return all;
  const Config table = to_config(defaults, Fields::all);
  for (FieldInfo& info : all)
    if (const Config* value = table.find(info.key)) info.otherwise = *value;
  return all;
}

/// A field by its whole name, "train.lr".
struct NamedField {
  std::string path;
  const FieldInfo* field;
};

/// The fields that hold values, not tables of fields, each by its path; `prefix` stands before them ("" or "train").
/// The fields live as long as `fields`.
std::vector<NamedField> leaves_of(const std::vector<FieldInfo>& fields, const std::string& prefix = {});

/// "a whole number from 1 to 1000", "relu, tanh or sigmoid", "a list of texts": what it takes, for people.
std::string allowed_text(const FieldInfo& field);

}  // namespace jury
