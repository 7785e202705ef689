// jury compare: is one run, or one learner, better than another?
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <filesystem>
#include <set>

#include "runtime/store/file.hpp"
#include "runtime/store/new_file.hpp"
#include "search/study/compared_run.hpp"
#include "tools/command/command.hpp"
#include "tools/command/compare_output.hpp"

namespace jury {
namespace {

// What is wrong with the output is known before any work.
void check_output(const std::string& path, Existing existing) {
  if (path.empty()) return;
  if (!path.ends_with(".csv"))
    throw ConfigError(fmt::format("'{}' names no csv file (--output writes the tests to a .csv)", path));
  require_new_file(path, existing);
}

void check_runs(const Arguments& paths, const Arguments& labels) {
  if (paths.size() < 2)
    throw ConfigError(fmt::format("'{}' is a single run (name two or more to compare)", paths.front()));
  if (!labels.empty() && labels.size() != paths.size())
    throw ConfigError(fmt::format("--label is given {} times for {} runs (give it once per run, in their order)",
                                  labels.size(), paths.size()));
  std::set<std::filesystem::path> seen;
  for (const std::string& path : paths) {
    std::error_code none;
    const auto file = std::filesystem::weakly_canonical(
        std::filesystem::is_directory(path, none) ? path + "/results.h5" : path, none);
    if (!seen.insert(file).second)
      throw ConfigError(fmt::format("'{}' is named twice (a run does not differ from itself)", path));
  }
}

std::vector<ComparedRun> read_runs(const Arguments& paths, const Arguments& labels) {
  std::vector<ComparedRun> runs;
  for (const std::string& path : paths) {
    runs.push_back(read_compared_run(path));
    if (!labels.empty()) runs.back().label = labels[runs.size() - 1];
    if (!runs.back().complete)
      std::fprintf(stderr,
                   "jury: warning: '%s' is not finished: compared is what it has so far ('jury resume %s' goes on)\n",
                   path.c_str(), path.c_str());
  }
  return runs;
}

bool of_one_data_set(const std::vector<ComparedRun>& runs) {
  for (const ComparedRun& run : runs)
    if (run.data_hash != runs.front().data_hash) return false;
  return true;
}

void check_labels(const std::vector<ComparedRun>& runs) {
  std::set<std::string> seen;
  for (const ComparedRun& run : runs)
    if (!seen.insert(run.label).second)
      throw ConfigError(
          fmt::format("two runs on the same data are labelled '{}' (a label names one run there)", run.label));
}

}  // namespace

ExitCode compare_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("metric,m", po::value<std::string>(),
                        "the score to compare by (default: what the first run is judged by)")(
      "label,l", po::value<Arguments>()->composing(),
      "what to call a run, once per run in their order; on several data sets runs of one label are one learner "
      "(default: the "
      "experiment's name)")("alpha", po::value<double>()->default_value(0.05, "0.05"),
                            "level at which a difference counts as shown")(
      "format,f", po::value<std::string>()->default_value("table"), "table, csv (a line a test) or json")(
      "json", po::bool_switch(), "as -f json")("output,o", po::value<std::string>(),
                                               "write every test to this .csv as well")(
      "overwrite", po::bool_switch(), "replace the output that is there");
  const ParsedArguments parsed(self, options, "DIR [DIR...]", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const auto labels = parsed.get_or<Arguments>("label", {});
  const auto output = parsed.get_or<std::string>("output", "");
  const CompareOptions compare{.metric = parsed.get_or<std::string>("metric", ""),
                               .alpha = parsed.get<double>("alpha")};
  if (!(compare.alpha > 0 && compare.alpha < 1))
    throw ConfigError(fmt::format("--alpha {} is no level (it lies between 0 and 1)", compare.alpha));
  const TableFormat format = parsed.on("json") ? TableFormat::json : table_format(parsed.get<std::string>("format"));
  check_runs(parsed.operands(), labels);
  check_output(output, parsed.on("overwrite") ? Existing::replace : Existing::refuse);

  std::vector<ComparedRun> runs = read_runs(parsed.operands(), labels);
  std::string text;
  TextTable table;
  if (of_one_data_set(runs)) {
    if (labels.empty()) label_apart(runs);
    check_labels(runs);
    for (ComparedRun& run : runs) read_predictions(run);
    const RunComparison comparison = compare_runs(runs, compare);
    text = format == TableFormat::json ? comparison_json(comparison, runs, compare.alpha)
                                       : comparison_text(comparison, runs, standard_output());
    table = comparison_table(comparison, runs);
  } else {
    const DataSetComparison comparison = compare_data_sets(runs, compare);
    text = format == TableFormat::json ? comparison_json(comparison, compare.alpha)
                                       : comparison_text(comparison, compare.alpha, standard_output());
    table = comparison_table(comparison);
  }
  if (format == TableFormat::csv) text = to_text(table, TableFormat::csv);
  if (!output.empty()) replace_file(output, to_text(table, TableFormat::csv));
  std::fputs(text.c_str(), stdout);
  return ExitCode::done;
}

}  // namespace jury
