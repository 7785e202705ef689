// jury report: a run, or several, as one page for a browser.
#include "tools/report/report.hpp"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <filesystem>
#include <set>

#include "runtime/base/text.hpp"
#include "runtime/store/file.hpp"
#include "runtime/store/new_file.hpp"
#include "tools/command/command.hpp"

namespace jury {
namespace {

namespace fs = std::filesystem;

// Where the page goes: beside the results of a single run, unless it is said.
std::string output_of(const std::string& said, const Arguments& paths) {
  std::error_code none;
  if (!said.empty()) return said;
  if (paths.size() == 1 && fs::is_directory(paths.front(), none))
    return (fs::path(paths.front()) / "report.html").string();
  throw ConfigError("a report of several runs, or of a results.h5, needs --output (a .html, or - for standard output)");
}

// The page in a run's own directory is a file of the run, which is made again at will.
Existing existing_page(const ParsedArguments& parsed) {
  return parsed.on("overwrite") || !parsed.has("output") ? Existing::replace : Existing::refuse;
}

// What is wrong with the output is known before any work.
void check_output(const std::string& path, Existing existing) {
  if (path == "-") return;
  if (!path.ends_with(".html") && !path.ends_with(".htm"))
    throw ConfigError(fmt::format("'{}' names no page (--output writes a .html)", path));
  require_new_file(path, existing);
}

void check_paths(const Arguments& paths) {
  std::set<fs::path> seen;
  for (const std::string& path : paths) {
    std::error_code none;
    if (!seen.insert(fs::weakly_canonical(fs::is_directory(path, none) ? path + "/results.h5" : path, none)).second)
      throw ConfigError(fmt::format("'{}' is named twice (name each run once)", path));
  }
}

}  // namespace

ExitCode report_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()(
      "output,o", po::value<std::string>(),
      "the page, a .html; - is standard output (default: report.html in the directory of a single run)")(
      "overwrite", po::bool_switch(), "replace the page that --output names")("quiet,q", po::bool_switch(),
                                                                              "print errors only");
  const ParsedArguments parsed(self, options, "DIR [DIR...]", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const std::string output = output_of(parsed.get_or<std::string>("output", ""), parsed.operands());
  check_output(output, existing_page(parsed));
  check_paths(parsed.operands());

  std::vector<ReportRun> runs;
  for (const std::string& path : parsed.operands()) {
    runs.emplace_back(path);
    if (!runs.back().results.complete() && !parsed.on("quiet"))
      std::fprintf(stderr,
                   "jury: warning: '%s' is not finished: reported is what it has so far ('jury resume %s' goes on)\n",
                   path.c_str(), path.c_str());
    if (parsed.operands().size() > 1) runs.back().results.rest();  // all that a comparison shows has been read
  }
  const std::string html = runs.size() == 1 ? report_of_run(runs.front()) : report_of_runs(runs);
  if (output == "-") {
    std::fwrite(html.data(), 1, html.size(), stdout);
    return ExitCode::done;
  }
  replace_file(output, html);
  if (!parsed.on("quiet")) fmt::print("{} ({})\n", output, format_bytes(static_cast<double>(html.size())));
  return ExitCode::done;
}

}  // namespace jury
