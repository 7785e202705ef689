// jury init: a commented experiment file for a data file.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <filesystem>

#include "models/data/guess_roles.hpp"
#include "models/data/load.hpp"
#include "models/data/suggest.hpp"
#include "runtime/base/text.hpp"
#include "runtime/store/file.hpp"
#include "runtime/store/new_file.hpp"
#include "tools/command/command.hpp"
#include "tools/command/commented_experiment.hpp"
#include "tools/config/toml.hpp"

namespace fs = std::filesystem;

namespace jury {
namespace {

DataOptions data_section_of(const ParsedArguments& parsed) {
  Config config;
  for (const std::string& setting : parsed.get_or<Arguments>("set", {})) apply_setting(config, setting, "--set");
  config.set("train", Config(parsed.operand(0)));
  if (parsed.has("target")) config.set("target", Config(parsed.get<std::string>("target")));
  if (parsed.has("task")) config.set("task", Config(parsed.get<std::string>("task")));
  DataOptions options;
  Problems problems;
  read_options(config, options, "", problems);
  problems.throw_if_any();
  return options;
}

void check_experiment_output(const std::string& path, const ParsedArguments& parsed) {
  if (path == "-") return;
  if (!path.ends_with(".toml"))
    throw ConfigError(
        fmt::format("'{}' names no experiment (--output writes a .toml, or - for standard output)", path));
  require_new_file(path, parsed.on("overwrite") ? Existing::replace : Existing::refuse);
}

// As the experiment file, which stands in its own folder, has to name a data file.
std::string seen_from(const std::string& file, const std::string& experiment) {
  if (fs::path(file).is_absolute()) return file;
  const std::string folder = experiment == "-" ? "." : folder_of(experiment);
  return fs::proximate(file, folder).string();
}

// The end of the name of a data file that is no part of what it is about.
std::string stem_of(const std::string& data) {
  const std::string name = fs::path(data).filename().string();
  return name.substr(0, std::max<std::size_t>(name.find('.'), 1));
}

}  // namespace

ExitCode init_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("output,o", po::value<std::string>(),
                        "the experiment, a .toml; - is standard output (default: DATA's name with .toml, here)")(
      "target,t", po::value<std::string>(), "column to predict: a name or an index from 0 (default: guessed)")(
      "task", po::value<std::string>(), "classification or regression (default: as the target looks)")(
      "set,s", po::value<Arguments>()->composing(), "another key of [data], as in group=patient")(
      "overwrite", po::bool_switch(), "replace the experiment that is there")("quiet,q", po::bool_switch(),
                                                                              "print errors only");
  const ParsedArguments parsed(self, options, "DATA", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const std::string output = parsed.get_or<std::string>("output", stem_of(parsed.operand(0)) + ".toml");
  check_experiment_output(output, parsed);
  DataOptions data = data_section_of(parsed);
  auto reasons = guess_roles(read_training_file(data), data);
  for (auto& [path, reason] : reasons)
    if (path == "data.target") reason += "; --target names another";
  const Dataset dataset = Dataset::own(load_dataset(data, 0));
  data.train = seen_from(data.train, output);
  Suggestion suggestion = suggest_settings(dataset, data);
  suggestion.reasons.insert(suggestion.reasons.begin(), reasons.begin(), reasons.end());
  const std::string run = output == "-" ? "EXPERIMENT.toml" : output;
  const std::string text =
      fmt::format("# {} of {}, {}.\n#   jury validate {}\n#   jury run {}\n#   mpirun -n 4 jury run {}\n",
                  name(dataset.task()), counted(dataset.rows(), "row"),
                  counted(dataset.schema().features.size(), "feature"), run, run, run) +
      "# Lines that begin with '#' are the other settings: a value is what holds without its line. In a section that "
      "begins\n# with '#' a setting needs the line of the section as well.\n" +
      commented_experiment(suggestion);
  if (output == "-") {
    std::fputs(text.c_str(), stdout);
    return ExitCode::done;
  }
  replace_file(output, text);
  if (parsed.on("quiet")) return ExitCode::done;
  fmt::print("{}: {} of '{}' from {} by {}\n", output, name(dataset.task()),
             dataset.schema().targets.empty() ? "" : dataset.schema().targets[0],
             counted(dataset.schema().features.size(), "feature"), counted(dataset.rows(), "row"));
  for (const auto& [path, reason] : reasons)
    fmt::print("{} = {}: {}\n", path, to_text(*suggestion.settings.find_path(path)), reason);
  for (const std::string& warning : dataset.schema().warnings) fmt::print("note: {}\n", warning);
  fmt::print("next: jury run {}\n", output);
  return ExitCode::done;
}

}  // namespace jury
