// jury export: what a run found and trained, for other programs.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <filesystem>

#include "runtime/base/text.hpp"
#include "tools/command/command.hpp"
#include "tools/command/export_tables.hpp"
#include "tools/export/export_onnx.hpp"
#include "tools/export/export_optuna.hpp"
#include "tools/export/export_place.hpp"
#include "tools/export/export_tensorboard.hpp"
#include "tools/export/export_weights.hpp"

namespace jury {
namespace {

namespace fs = std::filesystem;

// What is asked of one export.
struct ExportRequest {
  std::string run;
  ExportPlace place;
  std::string table;
  OnnxRequest onnx = {};
  bool quiet = false;

  void warn(const std::string& text) const {
    if (!quiet) fmt::print(stderr, "jury: warning: {}\n", text);
  }
  void written(const std::string& what) const {
    if (!quiet && !place.is_output()) fmt::print("{} ({})\n", place.path, what);
  }
  void write(std::string_view content) const {
    write_export(place, content);
    written(format_bytes(static_cast<double>(content.size())));
  }
};

// Tables can be looked at while a run goes on.
RunResults results_of(const ExportRequest& request) {
  RunResults results(request.run, ReadFor::exporting);
  if (!results.complete())
    request.warn(
        fmt::format("'{0}' is not finished: exported is what it has so far ('jury resume {0}' goes on)", request.run));
  return results;
}

void export_csv(const ExportRequest& request) {
  const RunResults results = results_of(request);
  if (!request.table.empty()) return request.write(one_table(results, request.table, TableFormat::csv));
  const auto files = tables_as_csv(results);
  write_export(request.place, files);
  request.written(counted(files.size(), "table"));
}

void export_json(const ExportRequest& request) {
  const RunResults results = results_of(request);
  request.write(request.table.empty() ? tables_as_json(results) : one_table(results, request.table, TableFormat::json));
}

void export_npz(const ExportRequest& request) {
  std::vector<std::string> left_out;
  const std::string content = export_weights(read_ensemble(request.run), left_out);
  request.write(content);
  if (!left_out.empty())
    request.warn(fmt::format("left out: {} (boosted trees have no tensors)", fmt::join(left_out, ", ")));
}

void export_model(const ExportRequest& request) {
  std::vector<std::string> notes;
  const StoredEnsemble ensemble = read_ensemble(request.run);
  request.write(export_onnx(ensemble, request.onnx, notes));
  for (const std::string& note : notes) request.warn("the model has " + note);
}

void export_journal(const ExportRequest& request) { request.write(export_optuna(results_of(request))); }

void export_events(const ExportRequest& request) {
  const auto files = export_tensorboard(results_of(request));
  write_export(request.place, files);
  request.written(counted(files.size(), "event file"));
}

struct ExportFormat {
  std::string_view name;
  const char* file;  // in the directory of the run, unless it is said
  ExportPlace::Kind kind;
  std::string_view ending, opening;
  void (*run)(const ExportRequest&);
  std::string_view what;
};
constexpr ExportFormat kFormats[] = {
    {"csv", "tables", ExportPlace::Kind::folder, ".csv", "", export_csv,
     "every table as a file of a folder, or one of them (--table)"},
    {"json", "tables.json", ExportPlace::Kind::file, ".json", "", export_json,
     "every table, what is said of them and the settings, as one object"},
    {"onnx", "model.onnx", ExportPlace::Kind::file, ".onnx", "", export_model,
     "preprocessing, members, mean, votes and spread as one graph, for ONNX Runtime"},
    {"weights", "weights.npz", ExportPlace::Kind::file, ".npz", "", export_npz,
     "tensors of the stored networks by layer, for numpy.load()"},
    {"optuna", "optuna.log", ExportPlace::Kind::file, ".log", "", export_journal,
     "trials as a journal, for Optuna's JournalStorage and its dashboard"},
    {"tensorboard", "tensorboard", ExportPlace::Kind::folder, "", "events.out.tfevents.", export_events,
     "curves of every fit and trials, for tensorboard --logdir"},
};

const ExportFormat& format_called(const std::string& name) {
  std::vector<std::string_view> known;
  for (const ExportFormat& format : kFormats) {
    if (format.name == name) return format;
    known.push_back(format.name);
  }
  throw ConfigError(fmt::format("there is no format '{}'{}", name, suggestion(name, known)));
}

ExportPlace place_of(const ExportFormat& format, const ParsedArguments& parsed) {
  const bool one_table = parsed.has("table");
  ExportPlace place{.path = parsed.get_or<std::string>("output", one_table ? "-" : ""),
                    .kind = one_table ? ExportPlace::Kind::file : format.kind,
                    .overwrite = parsed.on("overwrite"),
                    .ending = format.ending,
                    .opening = format.opening};
  if (place.kind == ExportPlace::Kind::folder && !format.ending.empty() && place.path.ends_with(format.ending))
    throw ConfigError(
        fmt::format("'{}' names a file (every table is a file of a folder) name the folder, or one table with --table",
                    place.path));
  if (!place.path.empty()) return place;
  const std::string run = parsed.operand(0);
  std::error_code none;
  if (fs::exists(run, none) && !fs::is_directory(run, none))
    throw ConfigError("an export of a results.h5 needs --output (a file or folder to write, or - for standard output)");
  if (parsed.has("output")) throw ConfigError("--output is empty (name a file or folder)");
  place.path = (fs::path(run) / format.file).string();
  return place;
}

}  // namespace

ExitCode export_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("output,o", po::value<std::string>(),
                        "the file or folder; - is standard output (default: in the directory of the run)")(
      "table,t", po::value<std::string>(),
      "of csv and json: this table alone, as 'jury show' names it or by its group")(
      "combine,c", po::value<std::string>(), "of onnx: how members are joined (default: as the run reports it)")(
      "uncalibrated,u", po::bool_switch(), "of onnx: label and probabilities without final.calibrate of the run")(
      "overwrite", po::bool_switch(), "replace what is there")("quiet,q", po::bool_switch(), "print errors only");
  const ParsedArguments parsed(self, options, "DIR FORMAT", arguments);
  if (parsed.help_printed()) {
    fmt::print("\nFormats:\n");
    for (const ExportFormat& format : kFormats) fmt::print("  {:<12} {} ({})\n", format.name, format.what, format.file);
    return ExitCode::done;
  }
  const ExportFormat& format = format_called(parsed.operand(1));
  if (parsed.has("table") && format.name != "csv" && format.name != "json")
    throw ConfigError(
        fmt::format("--table is for csv and json (no tables are exported as {}) leave it out", format.name));
  if ((parsed.has("combine") || parsed.on("uncalibrated")) && format.name != "onnx")
    throw ConfigError(fmt::format(
        "--combine and --uncalibrated are for onnx (no members are joined in {}) leave them out", format.name));
  const ExportRequest request{
      .run = parsed.operand(0),
      .place = place_of(format, parsed),
      .table = parsed.get_or<std::string>("table", ""),
      .onnx = {.combine = parsed.get_or<std::string>("combine", ""), .calibrated = !parsed.on("uncalibrated")},
      .quiet = parsed.on("quiet")};
  results_file_of(request.run);
  check_place(request.place);
  format.run(request);
  return ExitCode::done;
}

}  // namespace jury
