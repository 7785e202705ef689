// What is known of a command: what completions and manuals are made from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace jury {

/// What a shell offers for a word.
enum class Offers : std::uint8_t {
  nothing,
  words,  ///< those listed beside it
  files,
  folders,
  experiments,  ///< .toml files, and folders on the way to one
  settings,     ///< KEY=VALUE of an experiment
  spaces,       ///< KEY=DISTRIBUTION
};

/// A word and what it is.
struct Offered {
  std::string word = {};
  std::string summary = {};
};

struct OptionInfo {
  std::string name = {};  ///< "format"
  char letter = '\0';     ///< 'f', or none
  std::string help = {};
  bool takes_value = false;
  std::string otherwise = {};  ///< the default as text, "" where there is none
  Offers offers = Offers::nothing;
  std::vector<Offered> words = {};
};

struct OperandInfo {
  std::string name = {};  ///< "DIR"
  bool is_required = true;
  bool repeats = false;
  Offers offers = Offers::nothing;
  std::vector<Offered> words = {};
};

struct CommandInfo {
  std::string name = {};      ///< "run", "data info"
  std::string synopsis = {};  ///< "FILE [options]"
  std::string summary = {};
  std::string examples = {};  ///< one a line
  std::vector<OptionInfo> options = {};
  std::vector<OperandInfo> operands = {};
};

/// The words of a help text that is a list of words, "table, csv or json"; none where it says something else. A colon
/// before the list and a bracket behind it do not count.
std::vector<Offered> words_of_help(std::string_view help);

/// What an operand or the value of an option offers by its name and help: "FILE" experiments, "DIR" folders, "--set"
/// settings, a list of words these; scores where it is a metric.
void guess_offers(OptionInfo& option);
void guess_offers(OperandInfo& operand);

/// The words, separated by blanks.
std::string words_text(const std::vector<Offered>& words);

/// The first words of commands, each once, with the summary of the command or those of its group joined.
std::vector<Offered> first_words(const std::vector<CommandInfo>& commands);

}  // namespace jury
