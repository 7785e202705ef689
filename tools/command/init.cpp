// jury init: a commented experiment file for a data file.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <set>

#include "models/data/load.hpp"
#include "models/data/reader.hpp"
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

using Reasons = std::vector<std::pair<std::string, std::string>>;

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

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

// The column with a name that targets have, else the last; nothing where the format says it.
void guess_target(const RawTable& table, DataOptions& options, Reasons& reasons) {
  static constexpr std::array<std::string_view, 8> kNames = {"target",  "label",    "class",     "y",
                                                             "outcome", "response", "diagnosis", "species"};
  if (!options.target.empty() || !table.targets.empty()) return;
  for (const std::string_view name : kNames)
    for (const RawColumn& column : table.columns)
      if (table.named && lower_case(column.name) == name) {
        options.target = {column.name};
        reasons.emplace_back("data.target", "guessed by its name; --target names another");
        return;
      }
  options.target = {table.named ? table.columns.back().name : std::string("last")};
  reasons.emplace_back("data.target", "guessed: the last column; --target names another");
}

bool is_target(const DataOptions& options, const std::string& name) {
  return std::ranges::find(options.target.items(), name) != options.target.items().end();
}

// Columns that number or name the rows: a model learns them by heart.
void ignore_names_of_rows(const RawTable& table, DataOptions& options, Reasons& reasons) {
  static constexpr std::array<std::string_view, 6> kNumbers = {"id", "index", "row", "rowid", "row_id", "unnamed: 0"};
  static constexpr std::size_t kFewTexts = 50;
  if (!table.named || !options.ignore.empty() || !options.features.empty()) return;
  for (const RawColumn& column : table.columns) {
    const std::set<std::string> used = {options.weight, options.group, options.time};
    if (is_target(options, column.name) || used.contains(column.name)) continue;
    const bool numbers_rows = column.kind == FeatureKind::numeric &&
                              std::ranges::find(kNumbers, lower_case(column.name)) != kNumbers.end() &&
                              std::set<double>(column.numbers.begin(), column.numbers.end()).size() == table.num_rows;
    const bool names_rows =
        column.kind == FeatureKind::categorical && column.vocabulary.size() > std::max(kFewTexts, table.num_rows / 2);
    if (numbers_rows || names_rows) options.ignore.push_back(column.name);
  }
  if (!options.ignore.empty())
    reasons.emplace_back("data.ignore", "almost every row has its own value: names, not properties");
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
  Reasons reasons;
  {
    const RawTable table = read_training_file(data);
    if (table.columns.empty())
      throw DataError(
          fmt::format("{}: has no labels (there is nothing to predict) name the file that has them", table.source));
    guess_target(table, data, reasons);
    ignore_names_of_rows(table, data, reasons);
  }
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
