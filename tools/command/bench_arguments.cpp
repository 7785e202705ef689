#include "tools/command/bench_arguments.hpp"

#include <fmt/format.h>

#include <boost/program_options.hpp>

namespace jury {

void add_measure_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  const MeasureOptions usual;
  options.add_options()("repeats", po::value<int>()->default_value(usual.repeats), "pairs of measurements")(
      "seconds", po::value<double>()->default_value(usual.seconds, fmt::format("{}", usual.seconds)),
      "about how long each measurement takes")("json", po::bool_switch(), "print JSON");
}

MeasureOptions read_measure_options(const ParsedArguments& arguments) {
  const MeasureOptions options{.repeats = arguments.get<int>("repeats"), .seconds = arguments.get<double>("seconds")};
  if (options.repeats < 1 || options.repeats > 10'000)
    throw ConfigError(fmt::format("--repeats {} is out of range (must be in [1, 10000])", options.repeats));
  if (!(options.seconds > 0 && options.seconds <= 3600))
    throw ConfigError(fmt::format("--seconds {} is out of range (must be in (0, 3600])", options.seconds));
  return options;
}

}  // namespace jury
