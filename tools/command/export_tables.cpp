#include "tools/command/export_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "tools/command/results_table.hpp"

namespace jury {
namespace {

using Json = nlohmann::ordered_json;

// "/ensemble/overall" as "ensemble.overall".
std::string name_of(const std::string& group) {
  std::string name = group.substr(1);
  std::ranges::replace(name, '/', '.');
  return name;
}

bool is_bytes(const Hdf5Array& array) { return array.type == ElementType::uint8; }

// Calls take(name, table) for every table and about(group, attributes) for every group.
template <class Take, class About>
void for_each_table(const RunResults& results, TableFormat format, Take&& take, About&& about) {
  about(std::string("/"), results.root().attributes);
  for (ResultsTables& entry : results.tables()) {
    about(entry.path, entry.group.attributes);
    std::erase_if(entry.group.arrays, is_bytes);
    for (const NamedTable& found : to_tables(entry.group, format))
      take(name_of(entry.path) + (found.name.empty() ? "" : "." + found.name), found.table);
  }
}

Json value_of(const AttributeValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

std::string text_of(const AttributeValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr ? *text : value_of(value).dump();
}

// Lines of a value two levels within an object.
std::string indented(const std::string& text) {
  std::string out;
  for (const std::string_view line : split_text(text, '\n')) out.append(out.empty() ? "" : "\n    ").append(line);
  return out;
}

}  // namespace

std::map<std::string, std::string> tables_as_csv(const RunResults& results) {
  std::map<std::string, std::string> files;
  TextTable attributes{.header = {"group", "name", "value"}, .rows = {}};
  for_each_table(
      results, TableFormat::csv,
      [&](const std::string& name, const TextTable& table) { files[name + ".csv"] = to_text(table, TableFormat::csv); },
      [&](const std::string& group, const Attributes& all) {
        for (const auto& [name, value] : all) attributes.rows.push_back({group, name, text_of(value)});
      });
  files["attributes.csv"] = to_text(attributes, TableFormat::csv);
  return files;
}

std::string tables_as_json(const RunResults& results) {
  Json attributes = Json::object();
  std::string tables;
  for_each_table(
      results, TableFormat::json,
      [&](const std::string& name, const TextTable& table) {
        std::string rows = to_text(table, TableFormat::json);
        rows.pop_back();
        tables += fmt::format("{}\n    {}: {}", tables.empty() ? "" : ",", Json(name).dump(), indented(rows));
      },
      [&](const std::string& group, const Attributes& all) {
        for (const auto& [name, value] : all) attributes[group][name] = value_of(value);
      });
  const auto settings = results.texts(results.group("/config"), "resolved_json");
  const Json config = settings.size() == 1 ? Json::parse(settings[0], nullptr, false) : Json(Json::value_t::discarded);
  if (config.is_discarded()) results.damaged("it lacks its settings");
  Json head{{"attributes", attributes}, {"config", config}};
  std::string out = head.dump(2);
  out.resize(out.size() - 2);  // the end of the object
  return out + ",\n  \"tables\": {" + tables + "\n  }\n}\n";
}

std::string one_table(const RunResults& results, const std::string& name, TableFormat format) {
  std::vector<std::string> known;
  std::string wanted = name.starts_with('/') ? name_of(name) : name;
  for (const ShownTable& shown : shown_tables()) {
    known.emplace_back(shown.name);
    if (shown.name == name) wanted = name_of(shown.group);
  }
  for (ResultsTables& entry : results.tables()) {
    const std::string prefix = name_of(entry.path);
    known.push_back(prefix);
    if (wanted != prefix && !wanted.starts_with(prefix + ".")) continue;
    std::erase_if(entry.group.arrays, is_bytes);
    const std::vector<NamedTable> tables = to_tables(entry.group, format);
    for (const NamedTable& found : tables)
      if (wanted == prefix + (found.name.empty() ? "" : "." + found.name)) return to_text(found.table, format);
    if (wanted == prefix && tables.size() > 1)
      throw ConfigError(fmt::format("'{}' is several tables (say {}.{})", name, prefix, tables.front().name));
  }
  for (const ShownTable& shown : shown_tables())
    if (shown.name == name) refuse_absent_table(results, shown);
  refuse_unknown_table(name, {known.begin(), known.end()});
}

}  // namespace jury
