// How the arguments of a command are read, and what it takes.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <sstream>

#include "runtime/base/text.hpp"
#include "tools/command/command.hpp"

namespace po = boost::program_options;

namespace jury {
namespace {

std::string usage(const Command& command) {
  return fmt::format("jury {}{}{}", command.name, command.synopsis.empty() ? "" : " ", command.synopsis);
}

void print_help(const Command& command, const po::options_description& options) {
  std::ostringstream text;
  text << "Usage: " << usage(command) << "\n\n" << command.summary << "\n\nExamples:\n" << command.examples;
  if (!options.options().empty()) text << "\n" << options;
  std::fputs(text.str().c_str(), stdout);
}

std::vector<std::string_view> option_names(const po::options_description& options, std::vector<std::string>& storage) {
  for (const auto& option : options.options()) storage.push_back("--" + option->long_name());
  return {storage.begin(), storage.end()};
}

// "format,f" with its value, as programs see it.
OptionInfo option_info(const po::option_description& option) {
  OptionInfo info{
      .name = option.long_name(), .help = option.description(), .takes_value = option.semantic()->max_tokens() > 0};
  const std::string shown = option.canonical_display_name(po::command_line_style::allow_dash_for_short);
  if (shown.size() == 2 && shown[0] == '-') info.letter = shown[1];
  // Its form is "arg (=table)" where it has a default.
  const std::string form = option.format_parameter();
  if (const std::size_t start = form.find("(="); start != std::string::npos)
    info.otherwise = form.substr(start + 2, form.rfind(')') - start - 2);
  return info;
}

CommandInfo described(const Command& command, const po::options_description& options, std::string_view operands) {
  CommandInfo info{.name = std::string(command.name),
                   .synopsis = std::string(command.synopsis),
                   .summary = std::string(command.summary),
                   .examples = std::string(command.examples)};
  for (const auto& option : options.options()) info.options.push_back(option_info(*option));
  for (std::string_view name : operands.empty() ? std::vector<std::string_view>{} : split_text(operands, ' ')) {
    OperandInfo operand{.is_required = !name.starts_with('['), .repeats = name.find("...") != std::string_view::npos};
    name = name.substr(name.starts_with('[') ? 1 : 0);
    operand.name = name.substr(0, name.find_first_of(".]"));
    info.operands.push_back(std::move(operand));
  }
  return info;
}

}  // namespace

ParsedArguments::ParsedArguments(const Command& command, const po::options_description& options,
                                 std::string_view operands, const Arguments& arguments) {
  po::options_description visible("Options");
  visible.add(options).add_options()("help,h", po::bool_switch(), "show examples and options");
  if (command.is_asked) throw described(command, visible, operands);
  po::options_description all;
  all.add(visible).add_options()("operand", po::value<Arguments>()->default_value({}, ""));
  po::positional_options_description positions;
  positions.add("operand", -1);
  namespace style = po::command_line_style;
  try {
    po::store(po::command_line_parser(arguments)
                  .options(all)
                  .positional(positions)
                  .style(style::unix_style & ~style::allow_guessing)
                  .run(),
              values_);
    po::notify(values_);
  } catch (const po::unknown_option& error) {
    std::vector<std::string> storage;
    throw ConfigError(fmt::format("unknown option '{}' of 'jury {}'{}", error.get_option_name(), command.name,
                                  suggestion(error.get_option_name(), option_names(visible, storage))));
  } catch (const po::error& error) {
    throw ConfigError(fmt::format("{} (see 'jury {} --help')", error.what(), command.name));
  }
  if (values_["help"].as<bool>()) {
    print_help(command, visible);
    help_printed_ = true;
    return;
  }
  operands_ = values_["operand"].as<Arguments>();
  const auto names = operands.empty() ? std::vector<std::string_view>{} : split_text(operands, ' ');
  std::size_t required = 0;
  for (const auto name : names) required += name.starts_with('[') ? 0U : 1U;
  if (operands_.size() < required)
    throw ConfigError(
        fmt::format("'jury {}' needs {} (usage: {})", command.name, names[operands_.size()], usage(command)));
  if (operands_.size() > names.size() && !operands.ends_with("...]"))
    throw ConfigError(fmt::format("'jury {}' does not know what to do with '{}' (usage: {})", command.name,
                                  operands_[names.size()], usage(command)));
}

}  // namespace jury
