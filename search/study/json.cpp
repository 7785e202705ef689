#include "search/study/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

nlohmann::ordered_json convert(const Config& config) {
  struct Converter {
    nlohmann::ordered_json operator()(const Config::Table& table) const {
      auto object = nlohmann::ordered_json::object();
      for (const auto& [key, value] : table) object[key] = convert(value);
      return object;
    }
    nlohmann::ordered_json operator()(const Config::List& list) const {
      auto array = nlohmann::ordered_json::array();
      for (const auto& value : list) array.push_back(convert(value));
      return array;
    }
    nlohmann::ordered_json operator()(double number) const {
      if (std::isfinite(number)) return number;
      return to_text(Config(number));
    }
    nlohmann::ordered_json operator()(bool value) const { return value; }
    nlohmann::ordered_json operator()(std::int64_t value) const { return value; }
    nlohmann::ordered_json operator()(const std::string& value) const { return value; }
  };
  return std::visit(Converter{}, config.value());
}

constexpr int kDeepest = 64;  // levels of a text that may be hostile; an experiment has five

Config convert(const nlohmann::ordered_json& json, int depth = 0) {
  if (depth > kDeepest) throw DataError("settings are nested too deeply");
  if (json.is_object()) {
    Config::Table table;
    for (const auto& [key, value] : json.items()) table.emplace_back(key, convert(value, depth + 1));
    return Config(std::move(table));
  }
  if (json.is_array()) {
    Config::List list;
    for (const auto& value : json) list.push_back(convert(value, depth + 1));
    return Config(std::move(list));
  }
  if (json.is_string()) return Config(json.get<std::string>());
  if (json.is_number_integer()) return Config(json.get<std::int64_t>());
  if (json.is_number()) return Config(json.get<double>());
  return Config(json.is_boolean() && json.get<bool>());
}

}  // namespace

Config config_from_json(const std::string& text) {
  try {
    return convert(nlohmann::ordered_json::parse(text));
  } catch (const nlohmann::json::exception& error) {
    throw DataError(std::string("settings are no JSON (") + error.what() + ")");
  }
}

nlohmann::ordered_json json_number(double value) {
  if (std::isfinite(value)) return value;
  return nullptr;
}

std::string to_json(const Config& config, int indent) { return convert(config).dump(indent); }

}  // namespace jury
