#include "tools/reference/free_settings.hpp"

#include <fmt/format.h>

#include <vector>

#include "models/metrics/scores.hpp"
#include "models/nn/layer_settings.hpp"
#include "search/sampler/parse_distribution.hpp"
#include "search/study/configuration.hpp"
#include "tools/reference/experiment_schema.hpp"

namespace jury {
namespace {

using Json = nlohmann::ordered_json;

Json reference(std::string_view name) { return {{"$ref", fmt::format("#/definitions/{}", name)}}; }
Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }
Json or_list_of(const Json& one) { return {{"anyOf", {one, list_of(one)}}}; }

// Known names are offered; others are for `jury validate`: "oob.log_loss" is an objective.
Json metric() {
  Json known = Json::array();
  for (const Metric& each : metrics()) known.push_back(each.name);
  return {{"anyOf", {Json{{"enum", std::move(known)}}, Json{{"type", "string"}}}}};
}

// "uniform(0, 1)", of any of the known forms.
Json distribution() {
  std::string names;
  for (const DistributionForm& form : distribution_forms())
    names += (names.empty() ? "" : "|") + std::string(form.name);
  return {{"type", "string"}, {"pattern", fmt::format("^ *({}) *\\(", names)}};
}

Json space() {
  const Json full = {{"type", "object"},
                     {"properties", {{"dist", distribution()}, {"when", {{"type", "string"}}}}},
                     {"required", {"dist"}},
                     {"additionalProperties", false}};
  return {{"type", "object"}, {"additionalProperties", {{"anyOf", {distribution(), full, reference("space")}}}}};
}

// What every layer takes, and the settings of one.
Json layer(std::string_view name, std::string_view summary, const std::vector<FieldInfo>& settings) {
  Json schema = table_schema(settings, fmt::format("layer.{}", name));
  Json& properties = schema["properties"];
  for (const char* key : {"units", "channels"})
    if (properties.contains(key)) properties[key] = {{"anyOf", {properties[key], Json{{"const", "outputs"}}}}};
  properties["type"] = {{"const", name}, {"description", summary}};
  properties["name"] = {{"type", "string"}, {"description", "what others call it"}};
  properties["from"] = or_list_of({{"type", "string"}});
  properties["from"]["description"] = "layers it reads (not given: the one before); \"input\" is the network's";
  properties["lr_factor"] = {{"type", "number"}, {"minimum", 0}, {"description", "factor of the learning rate"}};
  properties["frozen"] = {{"type", "boolean"}, {"description", "does not train"}};
  schema["required"] = {"type"};
  return schema;
}

// By type, so that a wrong key is said to be wrong for this type.
Json layers() {
  Json types = Json::array(), branches = Json::array();
  for (const auto& each : layer_settings()) {
    types.push_back(each.name);
    branches.push_back({{"if", {{"properties", {{"type", {{"const", each.name}}}}}}},
                        {"then", layer(each.name, each.summary, each.make())}});
  }
  return list_of({{"type", "object"},
                  {"required", {"type"}},
                  {"properties", {{"type", {{"enum", std::move(types)}}}}},
                  {"allOf", std::move(branches)}});
}

}  // namespace

std::optional<Json> free_setting_schema(const std::string& path, FieldKind kind) {
  // A base has sections of the same names.
  for (const std::string_view section : {"model", "train", "trees", "ensemble"})
    if (path == section || path == fmt::format("base.{}", section)) return reference(section);
  if (path == "model.layers") return reference("layers");
  if (path == "ensemble.base") return list_of(reference("base"));
  if (path == "model.lr_factors")
    return Json{{"type", "object"}, {"additionalProperties", {{"type", "number"}, {"minimum", 0}}}};
  if (path == "train.class_weights")
    return Json{
        {"anyOf", {Json{{"enum", {"none", "balanced"}}}, list_of({{"type", "number"}, {"exclusiveMinimum", 0}})}}};
  if (path == "cv.metrics") return list_of(metric());
  if (path == "search.objective") return or_list_of(metric());
  if (path == "search.direction") return or_list_of({{"enum", {"auto", "minimize", "maximize"}}});
  if (path == "search.space") return reference("space");
  if (path == "search.start") return list_of({{"type", "object"}});
  if (path == "layer.branches.branches") return list_of(reference("layers"));
  // Windows: a number or one for each dimension, or a word.
  if (path.starts_with("layer.") && kind == FieldKind::anything) return or_list_of({{"type", {"integer", "string"}}});
  return std::nullopt;
}

Json free_setting_definitions() {
  Json definitions = {
      {"layers", layers()}, {"base", table_schema(fields_of<Configuration>(), "base")}, {"space", space()}};
  for (const FieldInfo& section : fields_of<Configuration>())
    if (section.kind == FieldKind::table) definitions[section.key] = table_schema(section.inside, section.key);
  return definitions;
}

}  // namespace jury
