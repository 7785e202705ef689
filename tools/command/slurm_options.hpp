// What is asked of Slurm, by the command line and by a site's file.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/options.hpp"
#include "tools/command/command.hpp"

namespace jury {

/// An option of sbatch that jury hands on, under sbatch's own name. Its value becomes part of a line
/// "#SBATCH --name=value", so it may have these characters only: a line end there would begin shell text.
struct SbatchFlag {
  const char* name;
  std::string_view characters;  ///< "": a switch
  const char* help;
};
std::span<const SbatchFlag> sbatch_flags() noexcept;

/// Values of sbatch's options, each of the table and checked.
class SbatchValues {
 public:
  /// Throws ConfigError when jury hands on no such option, or the value has characters that it may not have.
  void set(std::string_view name, const std::string& value);
  /// The value, or "". A switch that is on has the value "true".
  std::string get(std::string_view name) const;
  bool has(std::string_view name) const { return !get(name).empty(); }
  /// "--nodes=2", "--exclusive", in the order of the table.
  std::vector<std::string> arguments() const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

/// A site's defaults, slurm.toml.
struct SiteOptions {
  std::string launcher = "auto";
  std::string jury = "";
  std::vector<std::string> modules = {};
  std::vector<std::string> shared = {};
  Config environment = {};
  Config sbatch = {};

  static void fields(auto& self, auto&& visit) {
    visit("launcher", self.launcher,
          Field{.help = "what starts the ranks", .choices = {"auto", "launch", "srun", "mpirun"}});
    visit("jury", self.jury,
          Field{.help = "the jury command as the nodes know it (default: the one that writes the script)"});
    visit("modules", self.modules, Field{.help = "environment modules to load"});
    visit("shared", self.shared,
          Field{.help = "folders that all nodes see although they look like a node's own, as under /tmp"});
    visit("environment", self.environment, Field{.help = "variables to set"});
    visit("sbatch", self.sbatch, Field{.help = "options of sbatch, by their own names"});
  }
};

/// The file of site defaults: $JURY_SITE, else slurm.toml beside the experiment, else ~/.config/jury/slurm.toml; ""
/// when there is none. Throws ConfigError when JURY_SITE names no file.
std::string find_site_file(const std::string& experiment);

/// Reads it. One beside an experiment may have come with it: it may say `launcher` and [sbatch] alone, nothing that
/// decides which program runs. Throws ConfigError with every problem.
SiteOptions read_site_file(const std::string& path, const std::string& experiment);

/// Adds the options of the table.
void add_sbatch_options(boost::program_options::options_description& options);

/// The site's values with those of the command line over them.
SbatchValues sbatch_values(const SiteOptions& site, const ParsedArguments& arguments);

/// Seconds of a time limit as Slurm writes it: "90" (minutes), "90:30", "4:00:00", "1-12", "1-12:30", "1-12:30:00";
/// nothing when it is none.
std::optional<double> parse_slurm_time(std::string_view text);

/// Throws ConfigError "<what> '<value>' ..." unless it has these characters only and at least one.
void expect_characters(const std::string& what, const std::string& value, std::string_view characters);

/// A value as a word: nodes = 2 and nodes = "2" are the same.
std::string word_of(const Config& value);

inline constexpr std::string_view kDigits = "0123456789";
inline constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
inline constexpr std::string_view kPathCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+@,:=";

}  // namespace jury
