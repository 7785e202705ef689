#include "runtime/base/field_info.hpp"

#include <fmt/format.h>

#include <cmath>

namespace jury {
namespace {

std::string one_of(const std::vector<std::string_view>& choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (i != 0) text += i + 1 == choices.size() ? " or " : ", ";
    text += choices[i].empty() ? std::string("\"\"") : std::string(choices[i]);
  }
  return text;
}

std::string in_range(const Field& about) {
  if (std::isinf(about.low) && std::isinf(about.high)) return "";
  if (std::isinf(about.high)) return fmt::format(" from {}", about.low);
  if (std::isinf(about.low)) return fmt::format(" up to {}", about.high);
  return fmt::format(" from {} to {}", about.low, about.high);
}

std::string taken(const FieldInfo& field) {
  const std::string choices = one_of(field.about.choices), range = in_range(field.about);
  switch (field.kind) {
    case FieldKind::boolean:
      return "true or false";
    case FieldKind::whole:
      return "a whole number" + range;
    case FieldKind::number:
      return (field.about.unit == Unit::seconds ? "seconds or a duration" : "a number") + range;
    case FieldKind::text:
      return choices.empty() ? "a text" : choices;
    case FieldKind::whole_or_word:
      return "a whole number" + range + (choices.empty() ? "" : ", or " + choices);
    case FieldKind::words:
      return choices.empty() ? "a value or a list of values" : choices + ", or a list of these";
    case FieldKind::list:
      return "a list: " + taken(field.inside.front());
    case FieldKind::table:
      return "a table";
    case FieldKind::anything:
      break;
  }
  return "as told";
}

void add_leaves(const std::vector<FieldInfo>& fields, const std::string& prefix, std::vector<NamedField>& leaves) {
  for (const FieldInfo& field : fields) {
    const std::string path = prefix.empty() ? field.key : prefix + "." + field.key;
    if (field.kind == FieldKind::table)
      add_leaves(field.inside, path, leaves);
    else
      leaves.push_back({.path = path, .field = &field});
  }
}

}  // namespace

std::vector<NamedField> leaves_of(const std::vector<FieldInfo>& fields, const std::string& prefix) {
  std::vector<NamedField> leaves;
  add_leaves(fields, prefix, leaves);
  return leaves;
}

std::string allowed_text(const FieldInfo& field) { return (field.is_optional ? "false, or " : "") + taken(field); }

}  // namespace jury
