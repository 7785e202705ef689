// Completion for fish: a line for each command, option and operand.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runtime/base/text.hpp"
#include "tools/reference/completion.hpp"

namespace jury {
namespace {

// In single quotes fish knows two escapes.
std::string fish_quoted(std::string_view text) {
  std::string safe = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') safe += '\\';
    safe += c;
  }
  return safe + "'";
}

// What -a and its companions say; "" where nothing is known.
std::string arguments(Offers offers, const std::vector<Offered>& words, std::string_view section) {
  switch (offers) {
    case Offers::words:
      return fmt::format(" -f -a {}", fish_quoted(words_text(words)));
    case Offers::files:
      return " -F";
    case Offers::folders:
      return " -f -a '(__fish_complete_directories)'";
    case Offers::experiments:
      return " -f -a '(__fish_complete_suffix .toml)'";
    case Offers::settings:
      return fmt::format(" -f -a '(__jury_setting {})'", section);
    case Offers::spaces:
      return " -f -a '(__jury_space)'";
    case Offers::nothing:
      break;
  }
  return " -f";
}

std::string lines_of(const CommandInfo& command) {
  const std::string here = fmt::format("complete -c jury -n {}", fish_quoted("__jury_is " + command.name));
  std::string text;
  for (const OptionInfo& option : command.options) {
    text += fmt::format("{} -l {}", here, option.name);
    if (option.letter != '\0') text += fmt::format(" -s {}", option.letter);
    if (option.takes_value) text += " -r" + arguments(option.offers, option.words, section_of_help(option.help));
    text += fmt::format(" -d {}\n", fish_quoted(option.help));
  }
  for (const OperandInfo& operand : command.operands)
    text += here + arguments(operand.offers, operand.words, "") + "\n";
  if (command.operands.empty()) text += here + " -f\n";
  return text;
}

constexpr std::string_view kFishFunctions = R"(
# The words of the line that name a command.
function __jury_is
    set -l words (commandline -opc)
    set -l given $words[2..-1]
    test (count $given) -ge (count $argv); and test "$given[1..$(count $argv)]" = "$argv"
end

function __jury_wants_command
    set -l words (commandline -opc)
    test (count $words) -eq (math 1 + (count $argv)); and test "$words[2..-1]" = "$argv"
end

# KEY=, or KEY=VALUE for each value; the keys within the section $argv[1].
function __jury_setting
    set -l key (commandline -ct | string replace -r '^(-s|--set=)' '')
    for line in $__jury_settings
        set -l parts (string split \t -- $line)
        set -l name (string replace -r "^"(string escape --style=regex -- "$argv[1]") '' -- $parts[1])
        if test -n "$argv[1]"; and test "$name" = "$parts[1]"
            continue
        end
        if string match -q -- "$name=*" $key
            for value in (string split ' ' -- $parts[3])
                test -n "$value"; and echo $name=$value
            end
        else
            printf '%s=\t%s\n' $name $parts[2]
        end
    end
end
)";

}  // namespace

std::string fish_completion(const ShellWords& words) {
  std::string text = "# Completion of jury for fish; made by 'jury completion fish'.\nset -g __jury_settings";
  for (const SettingInfo& setting : words.settings)
    text += fmt::format(" \\\n    {}\\t{}\\t{}", fish_quoted(setting.path), fish_quoted(setting.help),
                        fish_quoted(fmt::format("{}", fmt::join(setting.values, " "))));
  text += "\n" + std::string(kFishFunctions) +
          fmt::format(R"(
# KEY=DISTRIBUTION
function __jury_space
    set -l key (commandline -ct | string replace -r '^--space=' '')
    for line in $__jury_settings
        set -l name (string split \t -- $line)[1]
        if string match -q -- "$name=*" $key
            printf '%s\n' "$name="{}
        else if not string match -q -- '*=*' $key
            echo $name=
        end
    end
end

complete -c jury -n __jury_wants_command -f
)",
                      [&] {
                        std::string list;
                        for (const std::string& each : words.distributions)
                          list += (list.empty() ? "{" : ",") + fish_quoted(each);
                        return list + "}";
                      }());
  for (const Offered& each : first_words(words.commands))
    text +=
        fmt::format("complete -c jury -n __jury_wants_command -f -a {} -d {}\n", each.word, fish_quoted(each.summary));
  for (const CommandInfo& command : words.commands)
    if (const auto parts = split_text(command.name, ' '); parts.size() > 1)
      text += fmt::format("complete -c jury -n '__jury_wants_command {}' -f -a {} -d {}\n", parts[0], parts[1],
                          fish_quoted(command.summary));
  for (const CommandInfo& command : words.commands) text += lines_of(command);
  return text;
}

}  // namespace jury
