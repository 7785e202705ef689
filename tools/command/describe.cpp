// What every command takes, with the words that a shell may offer for it.
#include <algorithm>
#include <array>

#include "models/metrics/scores.hpp"
#include "runtime/base/field_info.hpp"
#include "search/study/experiment.hpp"
#include "tools/bench/bench_net.hpp"
#include "tools/command/command.hpp"
#include "tools/reference/completion.hpp"

namespace jury {
namespace {

// Options whose values are those of a setting.
constexpr std::array<std::array<std::string_view, 3>, 3> kAsSettings = {{
    {"predict", "combine", "ensemble.combine"},
    {"predict", "format", "data.format"},
    {"predict", "header", "data.header"},
}};

std::vector<Offered> offered(const std::vector<std::string>& words) {
  std::vector<Offered> all;
  for (const std::string& word : words) all.push_back({word});
  return all;
}

std::vector<Offered> metric_names() {
  std::vector<Offered> names;
  for (const Metric& metric : metrics()) names.push_back({std::string(metric.name)});
  return names;
}

std::vector<Offered> net_names() {
  std::vector<Offered> names;
  for (const BenchNet& net : bench_nets()) names.push_back({std::string(net.name)});
  return names;
}

void tell_offers(const CommandInfo& command, OptionInfo& option, const std::vector<SettingInfo>& settings) {
  for (const auto& [name, key, path] : kAsSettings)
    if (command.name == name && option.name == key)
      option.words = offered(std::ranges::find(settings, path, &SettingInfo::path)->values);
  if (option.name == "metric") option.words = metric_names();
  if (option.name == "net") option.words = net_names();
  if (option.name == "journal" || option.name == "data") option.offers = Offers::files;
  if (option.name == "shards") option.offers = Offers::folders;
  if (!option.words.empty()) option.offers = Offers::words;
  guess_offers(option);
}

void tell_offers(const CommandInfo& command, OperandInfo& operand, const std::vector<CommandInfo>& all) {
  if (operand.name == "TABLE") operand.words = offered_tables();
  if (operand.name == "NET") operand.words = net_names();
  if (operand.name == "SHELL") operand.words = offered({"bash", "zsh", "fish"});
  if (operand.name == "PAGE") operand.words = offered({"jury", "jury-experiment"});
  if (operand.name == "COMMAND") operand.words = first_words(all);
  if (operand.name == "FILE" && command.name.starts_with("data ")) operand.offers = Offers::files;
  if (operand.name == "RUN-OPTION")
    for (const CommandInfo& run : all)
      for (const OptionInfo& option : run.options)
        if (run.name == "run") operand.words.push_back({"--" + option.name});
  guess_offers(operand);
}

CommandInfo ask(Command command) {
  command.is_asked = true;
  try {
    command.run(command, {});
  } catch (CommandInfo& told) {
    return std::move(told);
  }
  JURY_EXPECTS(!"a command reads its arguments before it does anything");
  return {};
}

}  // namespace

std::vector<CommandInfo> describe_commands() {
  std::vector<CommandInfo> all;
  for (const Command& command : commands()) all.push_back(ask(command));
  const std::vector<SettingInfo> settings = experiment_settings();
  for (CommandInfo& command : all) {
    for (OptionInfo& option : command.options) tell_offers(command, option, settings);
    for (OperandInfo& operand : command.operands) tell_offers(command, operand, all);
  }
  return all;
}

}  // namespace jury
