// jury bench trace: a short training written down, for another program to repeat.
#include <fmt/format.h>

#include <boost/program_options.hpp>

#include "models/data/load.hpp"
#include "models/nn/session.hpp"
#include "tools/bench/trace.hpp"
#include "tools/command/command.hpp"
#include "tools/config/toml.hpp"

namespace jury {
namespace {

TrainOptions read_train_options(const BenchNet& net, std::int64_t steps, const Arguments& settings) {
  Config config;
  for (const std::string& setting : settings) apply_setting(config, setting, "--set");
  TrainOptions options{.batch = net.batch, .epochs = 10'000'000, .max_steps = steps, .precision = net.precision};
  Problems problems;
  read_options(config, options, "", problems);
  problems.throw_if_any();
  return options;
}

// A fifth of a file is kept for testing; made-up data has ten batches of rows and no test set.
Dataset data_of(const BenchNet& net, const std::string& file, std::uint64_t seed) {
  if (file.empty()) return made_up_data(net, 10 * static_cast<std::size_t>(net.batch));
  return Dataset::own(load_dataset({.train = file,
                                    .test_fraction = 0.2,
                                    .target = {"last"},
                                    .task = "classification",
                                    .shape = {net.input.begin(), net.input.end()}},
                                   seed));
}

}  // namespace

ExitCode bench_trace_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("net", po::value<std::string>(), "name of the network, as 'bench steps' knows it")(
      "output,o", po::value<std::string>(), "directory for the files")(
      "steps", po::value<std::int64_t>()->default_value(100), "training steps")(
      "data", po::value<std::string>(), "samples to train on, their last column the target (default: made up)")(
      "seed", po::value<std::uint64_t>()->default_value(1), "of the first weights, the shuffles and the test set")(
      "set,s", po::value<Arguments>()->composing(), "a key of [train], as in optimizer=momentum");
  const ParsedArguments parsed(self, options, "", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  for (const char* option : {"net", "output"})
    if (!parsed.has(option)) throw ConfigError(fmt::format("'jury {}' needs --{} (see its --help)", self.name, option));
  const auto steps = parsed.get<std::int64_t>("steps");
  if (steps < 1 || steps > 1'000'000)
    throw ConfigError(fmt::format("--steps {} is out of range (must be in [1, 1000000])", steps));
  const auto seed = parsed.get<std::uint64_t>("seed");
  const BenchNet net = bench_nets_called(std::vector{parsed.get<std::string>("net")}).front();
  const TrainOptions train = read_train_options(net, steps, parsed.get_or<Arguments>("set", {}));
  use_threads(1);
  write_trace({.bench = make_case(net, data_of(net, parsed.get_or<std::string>("data", ""), seed)),
               .train = train,
               .seed = seed,
               .directory = parsed.get<std::string>("output")});
  return ExitCode::done;
}

}  // namespace jury
