// jury schema, completion, man and help: what jury says of itself.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <iostream>

#include "runtime/base/text.hpp"
#include "search/sampler/parse_distribution.hpp"
#include "search/study/versions.hpp"
#include "tools/command/command.hpp"
#include "tools/reference/completion.hpp"
#include "tools/reference/experiment_schema.hpp"
#include "tools/reference/man_page.hpp"

namespace jury {
namespace {

ShellWords shell_words() {
  ShellWords words{.commands = describe_commands(), .settings = experiment_settings(), .distributions = {}};
  for (const DistributionForm& form : distribution_forms()) words.distributions.push_back(std::string(form.name) + "(");
  return words;
}

}  // namespace

ExitCode schema_command(const Command& self, const Arguments& arguments) {
  const ParsedArguments parsed(self, {}, "", arguments);
  if (!parsed.help_printed()) std::fputs(experiment_schema().c_str(), stdout);
  return ExitCode::done;
}

ExitCode completion_command(const Command& self, const Arguments& arguments) {
  const ParsedArguments parsed(self, {}, "SHELL", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  constexpr std::pair<std::string_view, std::string (*)(const ShellWords&)> shells[] = {
      {"bash", bash_completion}, {"zsh", zsh_completion}, {"fish", fish_completion}};
  for (const auto& [shell, script] : shells) {
    if (parsed.operand(0) != shell) continue;
    std::fputs(script(shell_words()).c_str(), stdout);
    return ExitCode::done;
  }
  throw ConfigError(fmt::format("there is no completion for '{}'{}", parsed.operand(0),
                                suggestion(parsed.operand(0), {"bash", "zsh", "fish"})));
}

ExitCode man_command(const Command& self, const Arguments& arguments) {
  const ParsedArguments parsed(self, {}, "[PAGE]", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const std::string page = parsed.operand(0).empty() ? "jury" : parsed.operand(0);
  if (page != "jury" && page != "jury-experiment")
    throw ConfigError(
        fmt::format("there is no manual page '{}'{}", page, suggestion(page, {"jury", "jury-experiment"})));
  const std::string text =
      page == "jury" ? command_manual(describe_commands(), jury_version()) : experiment_manual(jury_version());
  std::fputs(text.c_str(), stdout);
  return ExitCode::done;
}

ExitCode help_command(const Command& self, const Arguments& arguments) {
  const ParsedArguments parsed(self, {}, "[COMMAND...]", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  Arguments asked = parsed.operands();
  if (asked.empty()) {
    print_overview(std::cout);
    return ExitCode::done;
  }
  asked.push_back("--help");
  return dispatch_words(asked);
}

}  // namespace jury
