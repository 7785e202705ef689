// jury data info: what a data file holds.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "models/data/describe.hpp"
#include "models/data/guess_roles.hpp"
#include "models/data/load.hpp"
#include "models/data/suggest.hpp"
#include "runtime/base/hash.hpp"
#include "runtime/base/text.hpp"
#include "search/study/json.hpp"
#include "tools/command/command.hpp"
#include "tools/command/print_table.hpp"
#include "tools/config/toml.hpp"

namespace jury {
namespace {

DataOptions read_data_options(const std::string& file, const Arguments& settings) {
  Config config;
  for (const std::string& setting : settings) apply_setting(config, setting, "--set");
  config.set("train", Config(file));
  DataOptions options;
  Problems problems;
  read_options(config, options, "", problems);
  problems.throw_if_any();
  return options;
}

// What the training file alone tells; it is not held while the dataset is.
struct FirstLook {
  std::vector<std::pair<std::string, std::string>> guesses;
  std::vector<ColumnDescription> left_out;
};

FirstLook first_look(DataOptions& data) {
  const RawTable table = read_training_file(data);
  FirstLook look{.guesses = guess_roles(table, data), .left_out = {}};
  look.left_out = describe_left_out(table, resolve_roles(table, data));
  return look;
}

void print_json(const DataDescription& about) {
  nlohmann::ordered_json columns = nlohmann::json::array(), classes = nlohmann::json::array();
  for (const auto& column : about.columns)
    columns.push_back({{"column", column.name},
                       {"kind", column.kind},
                       {"missing", column.missing},
                       {"distinct", column.distinct},
                       {"min", json_number(column.min)},
                       {"max", json_number(column.max)},
                       {"mean", json_number(column.mean)}});
  for (const auto& c : about.classes) classes.push_back({{"class", c.name}, {"n_train", c.train}, {"n_test", c.test}});
  const nlohmann::ordered_json all = {{"n_train", about.num_train},
                                      {"n_test", about.num_test},
                                      {"task", about.task},
                                      {"shape", about.shape},
                                      {"columns", columns},
                                      {"classes", classes},
                                      {"duplicates", about.num_duplicates},
                                      {"constant_columns", about.constant_columns},
                                      {"notes", about.warnings},
                                      {"data_hash", hex(about.data_hash)},
                                      {"bytes", about.size_bytes}};
  fmt::print("{}\n", all.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_description(const DataDescription& about, TableFormat format) {
  if (format == TableFormat::json) return print_json(about);
  TextTable table{.header = {"column", "kind", "missing", "distinct", "min", "max", "mean"}, .rows = {}};
  for (const auto& column : about.columns)
    table.rows.push_back({column.name, column.kind, std::to_string(column.missing), std::to_string(column.distinct),
                          cell(column.min), cell(column.max), cell(column.mean)});
  const std::string text = format == TableFormat::table ? to_text(table, standard_output()) : to_text(table, format);
  std::fputs(text.c_str(), stdout);
  if (format != TableFormat::table) return;
  fmt::print("\n{} for training, {} for testing, {} ({} in memory, hash {})\n", counted(about.num_train, "row"),
             about.num_test, about.task, format_bytes(static_cast<double>(about.size_bytes)), hex(about.data_hash));
  for (const auto& c : about.classes) fmt::print("class {}: {} training, {} test\n", c.name, c.train, c.test);
  if (about.num_duplicates > 0) fmt::print("{} repeat an earlier row\n", counted(about.num_duplicates, "row"));
  for (const auto& warning : about.warnings) fmt::print("note: {}\n", warning);
}

}  // namespace

ExitCode data_info_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("set,s", po::value<Arguments>()->composing(), "a key of [data], as in target=quality")(
      "format,f", po::value<std::string>()->default_value("table"), "table, csv (of the columns) or json")(
      "suggest", po::bool_switch(), "print only an experiment file to start with");
  const ParsedArguments parsed(self, options, "FILE", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  const TableFormat format = table_format(parsed.get<std::string>("format"));
  DataOptions data = read_data_options(parsed.operand(0), parsed.get_or<Arguments>("set", {}));
  const FirstLook look = first_look(data);
  const Dataset dataset = Dataset::own(load_dataset(data, 0));
  if (parsed.on("suggest")) {
    std::fputs(suggest_experiment(dataset, data).c_str(), stdout);
    return ExitCode::done;
  }
  print_description(describe(dataset, look.left_out), format);
  if (format != TableFormat::table) return ExitCode::done;
  for (const auto& [path, reason] : look.guesses) fmt::print("note: {}: {} (-s overrides it)\n", path, reason);
  fmt::print("\nAn experiment to start with ('jury data info {} --suggest > experiment.toml'):\n\n{}", data.train,
             suggest_experiment(dataset, data));
  return ExitCode::done;
}

}  // namespace jury
