// The sub-commands of jury, and how each reads its arguments.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>
#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/error.hpp"
#include "tools/reference/command_info.hpp"

namespace jury {

using Arguments = std::vector<std::string>;

/// One line of the dispatcher's table.
struct Command {
  std::string_view name;      ///< "run", "data info"
  std::string_view synopsis;  ///< "FILE [options]"
  std::string_view summary;   ///< one line for the list of commands
  std::string_view examples;  ///< shown first in its help, one a line
  ExitCode (*run)(const Command& self, const Arguments& arguments);
  bool is_asked = false;  ///< what it takes: ParsedArguments then throws that, a CommandInfo, and nothing is done
};

/// Every command, in the order of the list of commands. A new command adds its file and a line here.
std::span<const Command> commands() noexcept;

/// What every command takes, in their order: as each hands it to ParsedArguments, so that nothing is told twice. What a
/// shell offers for each word is known from the help, or told in describe.cpp.
std::vector<CommandInfo> describe_commands();

/// Prints the list of commands, exit codes and first examples.
void print_overview(std::ostream& out);

/// The tables that `jury show` knows.
std::vector<Offered> offered_tables();

/// What a command's arguments say. Throws ConfigError at an unknown option (with the nearest known
/// one), a missing value or a wrong number of operands; abbreviations are not guessed.
class ParsedArguments {
 public:
  /// `operands` names the positional arguments in order, "DIR DATA"; all are required, but a last
  /// one in brackets "[TABLE]" may be absent, and "[NET...]" may be any number.
  ParsedArguments(const Command& command, const boost::program_options::options_description& options,
                  std::string_view operands, const Arguments& arguments);

  /// --help was given and has been printed: there is nothing left to do.
  bool help_printed() const noexcept { return help_printed_; }
  bool has(const std::string& option) const { return values_.count(option) != 0 && !values_[option].empty(); }
  /// A switch that was given.
  bool on(const std::string& option) const { return values_[option].as<bool>(); }
  template <class T>
  T get(const std::string& option) const {
    return values_[option].as<T>();
  }
  template <class T>
  T get_or(const std::string& option, T otherwise) const {
    return has(option) ? values_[option].as<T>() : otherwise;
  }
  /// The operand of that position, or "".
  std::string operand(std::size_t position) const {
    return position < operands_.size() ? operands_[position] : std::string();
  }
  const Arguments& operands() const noexcept { return operands_; }

 private:
  boost::program_options::variables_map values_;
  Arguments operands_;
  bool help_printed_ = false;
};

/// Runs the command that the arguments name and gives its exit code; errors become one line each on
/// standard error, "jury: <problem>".
int dispatch(const Arguments& arguments);

/// The same without a word about errors, which it throws.
ExitCode dispatch_words(const Arguments& arguments);

/// Says so of the exception under way, and gives its exit code. Ranks call it while they are still one job: the first
/// to leave with an error ends the others, whatever these have to say.
ExitCode complain();

// The commands, each in the file of its name.
ExitCode run_command(const Command&, const Arguments&);
ExitCode launch_command(const Command&, const Arguments&);
ExitCode resume_command(const Command&, const Arguments&);
ExitCode merge_command(const Command&, const Arguments&);
ExitCode validate_command(const Command&, const Arguments&);
ExitCode predict_command(const Command&, const Arguments&);
ExitCode show_command(const Command&, const Arguments&);
ExitCode compare_command(const Command&, const Arguments&);
ExitCode report_command(const Command&, const Arguments&);
ExitCode export_command(const Command&, const Arguments&);
ExitCode diff_command(const Command&, const Arguments&);
ExitCode data_info_command(const Command&, const Arguments&);
ExitCode data_make_command(const Command&, const Arguments&);
ExitCode data_convert_command(const Command&, const Arguments&);
ExitCode init_command(const Command&, const Arguments&);
ExitCode doctor_command(const Command&, const Arguments&);
ExitCode slurm_command(const Command&, const Arguments&);
ExitCode bench_steps_command(const Command&, const Arguments&);
ExitCode bench_predict_command(const Command&, const Arguments&);
ExitCode bench_tasks_command(const Command&, const Arguments&);
ExitCode bench_data_command(const Command&, const Arguments&);
ExitCode bench_trace_command(const Command&, const Arguments&);
ExitCode schema_command(const Command&, const Arguments&);
ExitCode completion_command(const Command&, const Arguments&);
ExitCode man_command(const Command&, const Arguments&);
ExitCode help_command(const Command&, const Arguments&);
ExitCode version_command(const Command&, const Arguments&);

}  // namespace jury
