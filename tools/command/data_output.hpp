// The output of the commands that write data files.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <string>

#include "models/data/writer.hpp"
#include "tools/command/command.hpp"

namespace jury {

/// Adds --overwrite and --quiet.
void add_data_output_options(boost::program_options::options_description& options);

/// Everything that can be wrong with an output before any work: its ending, a folder of that name, no folder to be in,
/// a file that is there already. "-" is csv on standard output. Throws ConfigError and IoError.
void check_data_output(const std::string& output, const ParsedArguments& parsed);

/// Writes the table and, unless --quiet, says so in a line.
void write_data_output(RawTable table, const WriteRequest& request, const ParsedArguments& parsed);

}  // namespace jury
