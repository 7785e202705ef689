// Completion for bash: tables of words, and functions that look them up.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "runtime/base/text.hpp"
#include "tools/reference/completion.hpp"

namespace jury {
namespace {

// Keys are "command:--option", "command:1" (an operand; "*" is a last one that repeats) and "command:" (its options).
constexpr std::string_view kBashFunctions = R"(
# Words of the line up to the cursor. (Bash's own break at '=', where KEY=VALUE is one word to us.)
_jury_split() {
  local text=${COMP_LINE:0:COMP_POINT}
  _jury_line=()
  while [[ $text =~ ^[[:space:]]*([^[:space:]]+)(.*)$ ]]; do
    _jury_line+=("${BASH_REMATCH[1]}")
    text=${BASH_REMATCH[2]}
  done
  [[ ${COMP_LINE:0:COMP_POINT} =~ [[:space:]]$ ]] && _jury_line+=("")
}

_jury_words() { mapfile -t COMPREPLY < <(compgen -P "$3" -S "$4" -W "$1" -- "$2"); }

# KEY or KEY=VALUE: $1 names the keys, $2 is what is there; a value's words are in _jury_values[$3KEY], or $4.
_jury_pair() {
  local key=${2%%=*}
  if [[ $2 == *=* ]]; then
    _jury_words "${4:-${_jury_values[$3$key]-}}" "${2#*=}" "$key=" ""
  else
    _jury_words "$1" "$2" "" "="
  fi
  [[ $2 == *=* && -z $4 ]] || compopt -o nospace 2>/dev/null
}

# Sets COMPREPLY to what may stand at a place: $1 is its key, $2 what is there.
_jury_offer() {
  case ${_jury_kinds[$1]-nothing} in
    words) _jury_words "${_jury_table[$1]-}" "$2" "" "" ;;
    files) mapfile -t COMPREPLY < <(compgen -f -- "$2"); compopt -o filenames 2>/dev/null ;;
    folders) mapfile -t COMPREPLY < <(compgen -d -- "$2"); compopt -o filenames 2>/dev/null ;;
    experiments) mapfile -t COMPREPLY < <(compgen -d -- "$2"; compgen -f -X '!*.toml' -- "$2"); compopt -o filenames 2>/dev/null ;;
    settings) _jury_pair "${_jury_table[$1]-$_jury_settings}" "$2" "${_jury_sections[$1]-}" "" ;;
    spaces) _jury_pair "$_jury_settings" "$2" "" "$_jury_distributions" ;;
  esac
}

_jury() {
  local _jury_line command="" first=1 place=1 i last current word option="" ended="" quote="" kept
  COMPREPLY=()
  _jury_split
  last=$((${#_jury_line[@]} - 1))
  current=${_jury_line[last]}
  [[ $current == [\'\"]* ]] && quote=1 current=${current:1}
  for ((i = 0; i < last; ++i)); do  # behind a launcher: mpirun -n 4 jury ...
    [[ ${_jury_line[i]##*/} == jury ]] && first=$((i + 1)) && break
  done
  for ((i = first; i < last; ++i)); do
    word=${command:+$command }${_jury_line[i]}
    [[ -n ${_jury_table[$word:]+x} ]] || break
    command=$word
  done
  if [[ -z ${_jury_kinds[$command:]+x} ]]; then
    ((i == last)) && _jury_words "${_jury_table[$command:]}" "$current" "" ""
    return 0
  fi
  for ((; i < last; ++i)); do
    word=${_jury_line[i]}
    if [[ -n $option ]]; then
      option=""
    elif [[ -z $ended && $word == -- ]]; then
      ended=1
    elif [[ -z $ended && $word == -?* ]]; then
      word=${_jury_letters[$command:$word]-$word}
      [[ $word != *=* && -n ${_jury_kinds[$command:$word]+x} ]] && option=$word
    else
      ((++place))
    fi
  done
  [[ -n ${_jury_kinds[$command:$place]+x} ]] || place='*'
  if [[ -n $option ]]; then
    _jury_offer "$command:$option" "$current"
  elif [[ -z $ended && $current == --*=* ]]; then
    _jury_offer "$command:${current%%=*}" "${current#*=}"
    COMPREPLY=("${COMPREPLY[@]/#/${current%%=*}=}")
  elif [[ -z $ended && $current == -* ]]; then
    _jury_words "${_jury_table[$command:]}" "$current" "" ""
  else
    _jury_offer "$command:$place" "$current"
  fi
  if [[ -z $quote && $COMP_WORDBREAKS == *=* && $current == *=* ]]; then  # bash puts only what is behind the '=' in place
    kept=${current%"${current##*=}"}
    for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]=${COMPREPLY[i]#"$kept"}; done
  fi
  return 0
}

complete -F _jury jury
)";

constexpr std::string_view kOfferNames[] = {"nothing",     "words",    "files", "folders",
                                            "experiments", "settings", "spaces"};

std::string name_of(Offers offers) { return std::string(kOfferNames[static_cast<std::size_t>(offers)]); }

// An associative array of bash.
std::string array(std::string_view name, const std::map<std::string, std::string>& entries) {
  std::string text = fmt::format("declare -gA {}=(\n", name);
  for (const auto& [key, value] : entries) text += fmt::format("  [{}]={}\n", shell_quoted(key), shell_quoted(value));
  return text + ")\n";
}

struct Tables {
  std::map<std::string, std::string> kinds, words, letters, sections, values;
};

void add_option(const CommandInfo& command, const OptionInfo& option, const ShellWords& all, Tables& tables) {
  const std::string name = "--" + option.name, key = command.name + ":" + name;
  std::string& options = tables.words[command.name + ":"];
  options += (options.empty() ? "" : " ") + name;
  if (option.letter != '\0') tables.letters[command.name + ":-" + option.letter] = name;
  if (!option.takes_value) return;
  tables.kinds[key] = name_of(option.offers);
  if (option.offers == Offers::words) tables.words[key] = words_text(option.words);
  const std::string section = option.offers == Offers::settings ? section_of_help(option.help) : "";
  if (section.empty()) return;
  tables.sections[key] = section;
  for (const SettingInfo& setting : settings_within(all.settings, section)) tables.words[key] += setting.path + " ";
}

void add_command(const CommandInfo& command, const ShellWords& all, Tables& tables) {
  tables.kinds[command.name + ":"] = "command";
  const auto words = split_text(command.name, ' ');
  if (words.size() > 1) tables.words[std::string(words[0]) + ":"] += std::string(words[1]) + " ";
  tables.words[command.name + ":"];
  for (const OptionInfo& option : command.options) add_option(command, option, all, tables);
  for (std::size_t i = 0; i < command.operands.size(); ++i) {
    const OperandInfo& operand = command.operands[i];
    for (const std::string& place : {std::to_string(i + 1), std::string("*")}) {
      if (place == "*" && !operand.repeats) continue;
      tables.kinds[command.name + ":" + place] = name_of(operand.offers);
      if (operand.offers == Offers::words) tables.words[command.name + ":" + place] = words_text(operand.words);
    }
  }
}

}  // namespace

std::string bash_completion(const ShellWords& words) {
  Tables tables;
  tables.words[":"] = words_text(first_words(words.commands)) + " --help --version";
  for (const CommandInfo& command : words.commands) add_command(command, words, tables);
  std::string settings;
  for (const SettingInfo& setting : words.settings) {
    settings += (settings.empty() ? "" : " ") + setting.path;
    if (!setting.values.empty()) tables.values[setting.path] = fmt::format("{}", fmt::join(setting.values, " "));
  }
  return "# Completion of jury for bash; made by 'jury completion bash'.\n" + array("_jury_kinds", tables.kinds) +
         array("_jury_table", tables.words) + array("_jury_letters", tables.letters) +
         array("_jury_sections", tables.sections) + array("_jury_values", tables.values) +
         "_jury_settings=" + shell_quoted(settings) +
         "\n_jury_distributions=" + shell_quoted(fmt::format("{}", fmt::join(words.distributions, " "))) + "\n" +
         std::string(kBashFunctions);
}

}  // namespace jury
