#include "tools/reference/completion.hpp"

#include "runtime/base/field_info.hpp"
#include "search/study/experiment.hpp"

namespace jury {
namespace {

std::vector<std::string> values_of(const FieldInfo& field) {
  const FieldInfo& one = field.kind == FieldKind::list ? field.inside.front() : field;
  std::vector<std::string> values;
  if (one.kind == FieldKind::boolean) values = {"true", "false"};
  for (const std::string_view choice : one.about.choices)
    if (!choice.empty()) values.emplace_back(choice);
  return values;
}

}  // namespace

std::vector<SettingInfo> experiment_settings() {
  std::vector<SettingInfo> settings;
  const std::vector<FieldInfo> fields = fields_of<Experiment>();
  for (const NamedField& leaf : leaves_of(fields))
    settings.push_back(
        {.path = leaf.path, .help = std::string(leaf.field->about.help), .values = values_of(*leaf.field)});
  return settings;
}

std::vector<SettingInfo> settings_within(const std::vector<SettingInfo>& settings, std::string_view section) {
  std::vector<SettingInfo> within;
  for (SettingInfo setting : settings) {
    if (!setting.path.starts_with(section)) continue;
    setting.path.erase(0, section.size());
    within.push_back(std::move(setting));
  }
  return within;
}

std::string section_of_help(std::string_view help) {
  const std::size_t open = help.find("a key of [");
  if (open == std::string_view::npos) return "";
  const std::string_view rest = help.substr(open + 10);
  return std::string(rest.substr(0, rest.find(']'))) + ".";
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace jury
