// jury data make: samples of a generator as a file.
#include <fmt/format.h>

#include <boost/program_options.hpp>

#include "models/data/generators.hpp"
#include "models/data/load.hpp"
#include "runtime/base/text.hpp"
#include "tools/command/command.hpp"
#include "tools/command/data_output.hpp"
#include "tools/config/toml.hpp"

namespace jury {
namespace {

const Generator& generator_called(const std::string& name) {
  std::vector<std::string_view> known;
  for (const Generator& generator : generators()) {
    if (generator.name == name) return generator;
    known.push_back(generator.name);
  }
  const std::string near = nearest_suggestion(name, known);
  throw ConfigError(
      fmt::format("there is no generator '{}'{}", name, near.empty() ? " ('jury data make --help' lists them)" : near));
}

DataOptions drawing_of(const ParsedArguments& parsed, const Generator& generator) {
  // data.noise = -1 stands for what is not given.
  if (parsed.has("noise") && !(parsed.get<double>("noise") >= 0))
    throw ConfigError(fmt::format("--noise = {} is out of range (must be at least 0)", parsed.get<double>("noise")));
  Config config;
  config.set("generator", Config(std::string(generator.name)));
  config.set("rows", Config(parsed.get<std::int64_t>("rows")));
  if (parsed.has("noise")) config.set("noise", Config(parsed.get<double>("noise")));
  if (parsed.has("a")) config.set("a", Config(parsed.get<double>("a")));
  DataOptions options;
  Problems problems;
  read_options(config, options, "", problems);
  if (!problems.empty()) throw ConfigError("--" + problems.lines().front());
  if (parsed.has("noise") && !generator.takes_noise())
    throw ConfigError(
        fmt::format("--noise does not suit {} (its classes overlap by themselves) leave it out", generator.name));
  if (parsed.has("a") && generator.name != "ringnorm")
    throw ConfigError(fmt::format("--a does not suit {} (ringnorm has it) leave it out", generator.name));
  return options;
}

void print_generators() {
  fmt::print("\nGenerators (the source and the formula of each: models/data/README.md):\n");
  for (const Generator& g : generators())
    fmt::print("  {:<13} {}, {}\n", g.name, counted(g.num_features, "feature"),
               g.num_classes > 0 ? fmt::format("{} classes", g.num_classes) : "a number");
  fmt::print(
      "\nThe rows are those that an experiment with this data.generator, data.rows and experiment.seed draws.\n");
}

}  // namespace

ExitCode data_make_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()(
      "output,o", po::value<std::string>(),
      "a .csv, .tsv, .arff, .npy, .npz, .libsvm, -images-idx3-ubyte or .h5; - is csv on standard output")(
      "rows,n", po::value<std::int64_t>()->default_value(300), "samples")("noise", po::value<double>(),
                                                                          "as data.noise (default: as published)")(
      "a", po::value<double>(), "ringnorm: mean of the second class, as data.a")(
      "seed", po::value<std::uint64_t>()->default_value(1), "as experiment.seed")(
      "truth", po::bool_switch(), "columns with the noise-free target, or the probability of each class, as well");
  add_data_output_options(options);
  const ParsedArguments parsed(self, options, "GENERATOR", arguments);
  if (parsed.help_printed()) {
    print_generators();
    return ExitCode::done;
  }
  const DataOptions data = drawing_of(parsed, generator_called(parsed.operand(0)));
  const std::string output = parsed.get_or<std::string>("output", "");
  if (output.empty())
    throw ConfigError("'jury data make' needs --output (a .csv, .npy or another, or - for csv on standard output)");
  check_data_output(output, parsed);
  const Dataset dataset = Dataset::own(load_dataset(data, parsed.get<std::uint64_t>("seed")));
  RawTable table = table_of(dataset, parsed.on("truth") ? Answers::kept : Answers::left_out);
  write_data_output(std::move(table), {.path = output, .targets = {"y"}}, parsed);
  return ExitCode::done;
}

}  // namespace jury
