#include "search/study/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

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

}  // namespace

std::string to_json(const Config& config, int indent) { return convert(config).dump(indent); }

}  // namespace jury
