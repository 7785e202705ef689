#include "tools/reference/command_info.hpp"

#include <algorithm>

#include "runtime/base/text.hpp"

namespace jury {
namespace {

bool is_word(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

std::vector<Offered> words_of_help(std::string_view help) {
  help = trimmed(help.substr(0, help.find(" (")));
  if (const std::size_t colon = help.rfind(": "); colon != std::string_view::npos) help.remove_prefix(colon + 2);
  const std::size_t last = help.rfind(" or ");
  if (last == std::string_view::npos) return {};
  std::vector<Offered> words;
  for (const std::string_view word : split_text(help.substr(0, last), ','))
    words.push_back({std::string(trimmed(word))});
  words.push_back({std::string(help.substr(last + 4))});
  const bool all = std::ranges::all_of(words, [](const Offered& each) { return is_word(each.word); });
  return all ? words : std::vector<Offered>{};
}

void guess_offers(OptionInfo& option) {
  if (!option.takes_value || option.offers != Offers::nothing) return;
  if (option.name == "set") {
    option.offers = Offers::settings;
  } else if (option.name == "space") {
    option.offers = Offers::spaces;
  } else if (option.words = words_of_help(option.help); !option.words.empty()) {
    option.offers = Offers::words;
  } else if (option.name == "output" || contains(option.help, "file")) {
    option.offers = Offers::files;
  }
}

void guess_offers(OperandInfo& operand) {
  if (operand.offers != Offers::nothing) return;
  if (!operand.words.empty()) {
    operand.offers = Offers::words;
  } else if (operand.name == "DIR") {
    operand.offers = Offers::folders;
  } else if (operand.name == "FILE") {
    operand.offers = Offers::experiments;
  } else {
    operand.offers = Offers::files;
  }
}

std::string words_text(const std::vector<Offered>& words) {
  std::string text;
  for (const Offered& each : words) text += (text.empty() ? "" : " ") + each.word;
  return text;
}

std::vector<Offered> first_words(const std::vector<CommandInfo>& commands) {
  std::vector<Offered> words;
  for (const CommandInfo& command : commands) {
    const std::string first(split_text(command.name, ' ').front());
    const auto known = std::ranges::find(words, first, &Offered::word);
    if (known == words.end())
      words.push_back({first, command.summary});
    else
      known->summary = "several: see jury --help";
  }
  return words;
}

}  // namespace jury
