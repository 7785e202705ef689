#include "tools/reference/experiment_schema.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "search/study/experiment.hpp"
#include "search/study/json.hpp"
#include "tools/reference/free_settings.hpp"

namespace jury {
namespace {

using Json = nlohmann::ordered_json;

Json texts(const std::vector<std::string_view>& words) {
  Json list = Json::array();
  for (const std::string_view word : words) list.push_back(word);
  return list;
}

// Whole numbers stay whole, so that bounds read as people write them.
Json bound(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
  return value;
}

Json number(std::string_view type, double low, double high) {
  Json schema = {{"type", type}};
  if (std::isfinite(low)) schema["minimum"] = bound(low);
  if (std::isfinite(high)) schema["maximum"] = bound(high);
  return schema;
}

Json word(const FieldInfo& field) {
  Json schema = {{"type", "string"}};
  if (!field.about.choices.empty()) schema["enum"] = texts(field.about.choices);
  return schema;
}

Json schema_of(const FieldInfo& field, const std::string& path);

Json plain_schema(const FieldInfo& field, const std::string& path) {
  const Field& about = field.about;
  switch (field.kind) {
    case FieldKind::boolean:
      return {{"type", "boolean"}};
    case FieldKind::text:
      return word(field);
    case FieldKind::table:
      return table_schema(field.inside, path);
    case FieldKind::list:
      return {{"type", "array"}, {"items", schema_of(field.inside.front(), path)}};
    case FieldKind::whole: {
      const bool is_wide = std::abs(field.most) > 1e15;  // beyond what a double tells apart
      return number("integer", is_wide && field.least < 0 ? about.low : std::max(about.low, field.least),
                    is_wide ? about.high : std::min(about.high, field.most));
    }
    case FieldKind::number: {
      const Json plain = number("number", about.low, about.high);
      if (about.unit == Unit::seconds) return {{"anyOf", {plain, Json{{"type", "string"}, {"pattern", "^[0-9]"}}}}};
      if (std::isfinite(about.low) && std::isfinite(about.high)) return plain;
      return {{"anyOf", {plain, Json{{"enum", {"inf", "-inf"}}}}}};
    }
    case FieldKind::whole_or_word:
      return {{"anyOf", {number("integer", about.low, about.high), word(field)}}};
    case FieldKind::words: {
      Json one = {{"type", {"string", "number", "boolean"}}};
      if (!about.choices.empty()) {
        one = Json{{"enum", texts(about.choices)}};
        for (const bool truth : {true, false})
          if (std::ranges::count(about.choices, truth ? "true" : "false") != 0) one["enum"].push_back(truth);
      }
      return {{"anyOf", {one, Json{{"type", "array"}, {"items", one}}}}};
    }
    case FieldKind::anything:
      break;
  }
  return Json::object();
}

// The schema, what it is for and its default. A reference stands alone in draft 7, so it is wrapped.
Json schema_of(const FieldInfo& field, const std::string& path) {
  Json schema = free_setting_schema(path, field.kind).value_or(Json());
  if (schema.is_null()) schema = plain_schema(field, path);
  if (field.is_optional) schema = {{"anyOf", {schema, Json{{"const", false}}}}};
  if (schema.contains("$ref")) schema = {{"allOf", {schema}}};
  if (!field.about.help.empty()) schema["description"] = field.about.help;
  const bool has_default = !field.key.empty() && field.kind != FieldKind::table && !(field.otherwise == Config());
  if (has_default) schema["default"] = Json::parse(to_json(field.otherwise));
  return schema;
}

}  // namespace

Json table_schema(const std::vector<FieldInfo>& fields, const std::string& path) {
  Json properties = Json::object();
  for (const FieldInfo& field : fields)
    properties[field.key] = schema_of(field, path.empty() ? field.key : path + "." + field.key);
  return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

std::string experiment_schema() {
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "Experiment file of jury"}};
  schema.update(table_schema(fields_of<Experiment>(), ""));
  schema["definitions"] = free_setting_definitions();
  return schema.dump(1) + "\n";
}

}  // namespace jury
