// jury data convert: a data file in another format.
#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <filesystem>

#include "models/data/load.hpp"
#include "models/data/reader.hpp"
#include "tools/command/command.hpp"
#include "tools/command/data_output.hpp"

namespace jury {
namespace {

// What --format and --header say, checked as the settings of [data] they stand for.
DataOptions conversion_of(const ParsedArguments& parsed) {
  Config config;
  config.set("train", Config(parsed.operand(0)));
  config.set("format", Config(parsed.get<std::string>("format")));
  config.set("header", Config(parsed.get<std::string>("header")));
  DataOptions options;
  Problems problems;
  read_options(config, options, "", problems);
  if (!problems.empty()) throw ConfigError("--" + problems.lines().front());
  if (parsed.has("missing")) options.missing = parsed.get<Arguments>("missing");
  options.categorical = parsed.get_or<Arguments>("categorical", {});
  return options;
}

// HDF5 files that this command writes hold one matrix of this name.
std::string with_array(const std::string& input) { return input.ends_with(".h5") ? input + ":/data" : input; }

void require_columns(const RawTable& table, const Arguments& names) {
  for (const std::string& name : names) target_columns(table, {.path = {}, .targets = {name}});
}

}  // namespace

ExitCode data_convert_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()(
      "target,t", po::value<Arguments>()->composing(),
      "a column to predict, for npz, libsvm and idx, which keep it apart (default: as IN says, or the last)")(
      "categorical,c", po::value<Arguments>()->composing(), "a column of numbers that are names, as data.categorical")(
      "missing", po::value<Arguments>()->composing(),
      "a cell that stands for a missing value, as data.missing (default: empty, NA and ?)")(
      "format,f", po::value<std::string>()->default_value("auto"), "of IN, as data.format")(
      "header", po::value<std::string>()->default_value("auto"), "whether IN's first line holds names, as data.header");
  add_data_output_options(options);
  const ParsedArguments parsed(self, options, "IN OUT", arguments);
  if (parsed.help_printed()) {
    fmt::print(
        "\nOUT ends in .csv, .tsv, .arff, .npy, .npz, .libsvm or -images-idx3-ubyte, each also with .gz, or in .h5 "
        "(one matrix,\n'data'; a.h5:/b/c names it); - is csv on standard output, and IN - standard input. Numbers come "
        "back as the same\nnumbers.\n");
    return ExitCode::done;
  }
  const std::string output = parsed.operand(1);
  check_data_output(output, parsed);
  DataOptions data = conversion_of(parsed);
  data.train = with_array(data.train);
  std::error_code none;
  if (output != "-" && std::filesystem::equivalent(parsed.operand(0), output_files(output).front(), none))
    throw ConfigError(fmt::format("'{}' is input and output (name another output)", output));
  RawTable table = read_training_file(data);
  require_columns(table, data.categorical);
  const WriteRequest request{.path = output, .targets = parsed.get_or<Arguments>("target", {})};
  require_columns(table, request.targets);
  write_data_output(std::move(table), request, parsed);
  return ExitCode::done;
}

}  // namespace jury
