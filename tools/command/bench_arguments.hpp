// The arguments that the benchmarks share.
#pragma once

#include <boost/program_options/options_description.hpp>

#include "tools/bench/measure.hpp"
#include "tools/command/command.hpp"

namespace jury {

/// Adds --repeats, --seconds and --json.
void add_measure_options(boost::program_options::options_description& options);

/// What they say. Throws ConfigError for numbers that are out of range.
MeasureOptions read_measure_options(const ParsedArguments& arguments);

}  // namespace jury
