#include "models/data/texts.hpp"

#include <algorithm>

namespace jury {
namespace {

// One value as text, or nothing when it is a list or a table.
bool append_text(const Config& value, std::vector<std::string>& items) {
  if (value.is_table() || value.as<Config::List>() != nullptr) return false;
  const auto* text = value.as<std::string>();
  items.push_back(text != nullptr ? *text : to_text(value));
  return true;
}

}  // namespace

template <>
void FieldReader::read<Texts>(Texts& value) const {
  std::vector<std::string> items;
  bool good = true;
  if (const auto* list = config.as<Config::List>()) {
    for (const Config& item : *list) good = append_text(item, items) && good;
  } else {
    good = append_text(config, items);
  }
  if (!good) return wrong("is " + std::string(kind_name(config)) + " (must be a value or a list of values)");
  for (const std::string& item : items) {
    if (field.choices.empty() || std::find(field.choices.begin(), field.choices.end(), item) != field.choices.end())
      continue;
    std::string known;
    for (const std::string_view choice : field.choices) known.append(known.empty() ? "" : ", ").append(choice);
    return wrong("is unknown (must be one of " + known + ")" + suggestion(item, field.choices));
  }
  value = Texts(std::move(items));
}

Config to_config(const Texts& value, Fields) {
  if (value.items().size() == 1) return Config(value.items()[0]);
  Config::List list;
  for (const std::string& item : value.items()) list.push_back(Config(item));
  return Config(std::move(list));
}

}  // namespace jury
