#include "runtime/base/options.hpp"

#include <fmt/format.h>

#include <cmath>

namespace jury {
namespace {

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text;
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  for (const std::string_view known : names)
    if (known == name) return true;
  return false;
}

std::string range_text(double low, double high) {
  if (std::isinf(high)) return fmt::format("must be at least {}", low);
  if (std::isinf(low)) return fmt::format("must be at most {}", high);
  return fmt::format("must be in [{}, {}]", low, high);
}

}  // namespace

void Problems::throw_if_any() const {
  if (lines_.empty()) return;
  std::string all;
  for (const auto& line : lines_) all += (all.empty() ? "" : "\n") + line;
  throw ConfigError(all);
}

void FieldReader::wrong(const std::string& what) const {
  problems.add(config.origin(), path + " = " + to_text(config) + " " + what);
}

bool FieldReader::in_range(double number) const {
  if (number >= field.low && number <= field.high) return true;
  wrong("is out of range (" + range_text(field.low, field.high) + ")");
  return false;
}

void FieldReader::read(bool& value) const {
  if (const bool* given = config.as<bool>()) {
    value = *given;
  } else {
    wrong("is " + std::string(kind_name(config)) + " (must be true or false)");
  }
}

void FieldReader::read(std::int64_t& value) const {
  const auto* whole = config.as<std::int64_t>();
  if (whole == nullptr) {
    if (const auto* text = config.as<std::string>(); text != nullptr && contains(field.planned, *text))
      return wrong("is not available yet (must be a whole number)");
    std::string also;
    if (!field.choices.empty()) also = " or one of " + joined(field.choices);
    return wrong("is " + std::string(kind_name(config)) + " (must be a whole number" + also + ")");
  }
  if (in_range(static_cast<double>(*whole))) value = *whole;
}

void FieldReader::read(NumberOrWord& value) const {
  if (const auto* text = config.as<std::string>(); text != nullptr && contains(field.choices, *text)) {
    value = NumberOrWord(*text);
    return;
  }
  std::int64_t number = 0;
  const std::size_t before = problems.lines().size();
  read(number);
  if (problems.lines().size() == before) value = NumberOrWord(number);
}

void FieldReader::read(double& value) const {
  double number = 0;
  if (const auto* whole = config.as<std::int64_t>()) {
    number = static_cast<double>(*whole);
  } else if (const auto* given = config.as<double>()) {
    number = *given;
  } else if (const auto* infinite = config.as<std::string>();
             infinite != nullptr && (*infinite == "inf" || *infinite == "-inf")) {
    number = parse_number(*infinite).value_or(0);  // as JSON records it
  } else if (const auto* text = config.as<std::string>(); text != nullptr && field.unit == Unit::seconds) {
    const auto seconds = parse_duration(*text);
    if (!seconds) return wrong("is no duration (write it as in \"3h50min\", \"90s\" or in seconds)");
    number = *seconds;
  } else {
    return wrong("is " + std::string(kind_name(config)) + " (must be a number)");
  }
  if (in_range(number)) value = number;
}

void FieldReader::read(std::string& value) const {
  const auto* text = config.as<std::string>();
  if (text == nullptr) {
    const std::string also = field.choices.empty() ? "" : ": one of " + joined(field.choices);
    return wrong("is " + std::string(kind_name(config)) + " (must be a text" + also + ")");
  }
  if (contains(field.planned, *text))
    return wrong("is not available yet (this version knows " + joined(field.choices) + ")");
  if (!field.choices.empty() && !contains(field.choices, *text))
    return wrong("is unknown (must be one of " + joined(field.choices) + ")" +
                 nearest_suggestion(*text, field.choices));
  value = *text;
}

Config to_config_value(double value, const Field&) { return Config(value); }

}  // namespace jury
