// Completion for zsh: _arguments of each command, and functions for settings.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runtime/base/text.hpp"
#include "tools/reference/completion.hpp"

namespace jury {
namespace {

// In the specifications of _arguments and in lists of _describe these have a meaning.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe;
}

// ":name:action" of _arguments.
std::string action(std::string_view name, Offers offers, const std::vector<Offered>& words, std::string_view section) {
  switch (offers) {
    case Offers::words:
      return fmt::format(":{}:({})", name, words_text(words));
    case Offers::files:
      return fmt::format(":{}:_files", name);
    case Offers::folders:
      return fmt::format(":{}:_files -/", name);
    case Offers::experiments:
      return fmt::format(":{}:_files -g \"*.toml\"", name);
    case Offers::settings:
      return fmt::format(":{}: _jury_setting \"{}\"", name, section);
    case Offers::spaces:
      return fmt::format(":{}: _jury_space", name);
    case Offers::nothing:
      break;
  }
  return fmt::format(":{}: ", name);
}

std::string option_lines(const OptionInfo& option) {
  const std::string value =
      option.takes_value ? action("value", option.offers, option.words, section_of_help(option.help)) : "";
  const std::string many = option.offers == Offers::settings || option.offers == Offers::spaces ? "*" : "";
  std::string lines = fmt::format(
      "      {} \\\n", shell_quoted(fmt::format("{}--{}{}[{}]{}", many, option.name, option.takes_value ? "=" : "",
                                                escaped(option.help), value)));
  if (option.letter != '\0')
    lines += fmt::format("      {} \\\n",
                         shell_quoted(fmt::format("{}-{}{}[{}]{}", many, option.letter, option.takes_value ? "+" : "",
                                                  escaped(option.help), value)));
  return lines;
}

std::string function_name(std::string name) {
  for (char& c : name) c = c == ' ' ? '_' : c;
  return "_jury__" + name;
}

std::string function_of(const CommandInfo& command) {
  std::string text = fmt::format("{}() {{\n  _arguments -S \\\n", function_name(command.name));
  for (const OptionInfo& option : command.options) text += option_lines(option);
  for (std::size_t i = 0; i < command.operands.size(); ++i) {
    const OperandInfo& operand = command.operands[i];
    const std::string place = operand.repeats ? "*" : std::to_string(i + 1);
    const std::string colon = operand.is_required || operand.repeats ? "" : ":";
    text += fmt::format("      {} \\\n",
                        shell_quoted(place + colon + action(operand.name, operand.offers, operand.words, "")));
  }
  return text + "      && return 0\n  return 1\n}\n\n";
}

// The words of one level, and where each leads.
std::string level(std::string_view name, const std::vector<Offered>& words, const std::string& prefix) {
  std::string text = fmt::format("{}() {{\n  if (( CURRENT == 2 )); then\n    local -a words_here=(\n", name);
  for (const Offered& each : words)
    text += fmt::format("      {}\n", shell_quoted(escaped(each.word) + ":" + each.summary));
  text +=
      "    )\n    _describe command words_here\n    return\n  fi\n  local word=$words[2]\n  shift words\n  (( "
      "CURRENT-- ))\n  case $word in\n";
  for (const Offered& each : words)
    text += fmt::format("    {}) {} ;;\n", each.word, function_name(prefix + each.word));
  return text + "  esac\n}\n\n";
}

std::string setting_functions(const ShellWords& all) {
  std::string text = "_jury_settings=(\n";
  for (const SettingInfo& setting : all.settings)
    text += fmt::format("  {}\n", shell_quoted(setting.path + ":" + setting.help));
  text += ")\ntypeset -gA _jury_values=(\n";
  for (const SettingInfo& setting : all.settings)
    if (!setting.values.empty())
      text += fmt::format("  {} {}\n", shell_quoted(setting.path),
                          shell_quoted(fmt::format("{}", fmt::join(setting.values, " "))));
  text += ")\n";
  return text + R"(
# KEY=VALUE, the keys within the section $1 ("" or "data.").
_jury_setting() {
  if compset -P 1 '*='; then
    local key=$1${IPREFIX%=}
    local -a values=(${=_jury_values[${key##* }]-})
    (( $#values )) && compadd -a values || _message value
    return
  fi
  local -a here=(${${(M)_jury_settings:#$1*}#$1})
  _describe -t settings setting here -S =
}

# KEY=DISTRIBUTION
_jury_space() {
  if compset -P 1 '*='; then
    compadd -S '' -- )" +
         fmt::format("{}", fmt::join(
                               [&] {
                                 std::vector<std::string> quoted;
                                 for (const std::string& each : all.distributions) quoted.push_back(shell_quoted(each));
                                 return quoted;
                               }(),
                               " ")) +
         R"(
    return
  fi
  _describe -t settings setting _jury_settings -S =
}

)";
}

}  // namespace

std::string zsh_completion(const ShellWords& words) {
  std::string text =
      "#compdef jury\n# Completion of jury for zsh; made by 'jury completion zsh'.\n\n" + setting_functions(words);
  std::vector<std::string> groups;
  for (const CommandInfo& command : words.commands) {
    text += function_of(command);
    const auto parts = split_text(command.name, ' ');
    if (parts.size() == 1 || (!groups.empty() && groups.back() == parts[0])) continue;
    groups.emplace_back(parts[0]);
    std::vector<Offered> inside;
    for (const CommandInfo& other : words.commands)
      if (other.name.starts_with(groups.back() + " "))
        inside.push_back({other.name.substr(groups.back().size() + 1), other.summary});
    text += level(function_name(groups.back()), inside, groups.back() + " ");
  }
  return text + level("_jury", first_words(words.commands), "") + "_jury \"$@\"\n";
}

}  // namespace jury
