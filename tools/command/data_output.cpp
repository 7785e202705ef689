#include "tools/command/data_output.hpp"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <cstdio>
#include <filesystem>

#include "runtime/base/text.hpp"
#include "runtime/store/file.hpp"

namespace fs = std::filesystem;

namespace jury {

void add_data_output_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  options.add_options()("overwrite", po::bool_switch(), "replace the output that is there")(
      "quiet,q", po::bool_switch(), "print errors only");
}

void check_data_output(const std::string& output, const ParsedArguments& parsed) {
  std::error_code none;
  if (output == "-") return;
  if (output.empty()) throw ConfigError("an output without a name (- is csv on standard output)");
  if (fs::is_directory(output, none)) throw ConfigError(fmt::format("'{}' is a folder (name the file in it)", output));
  output_format(output);
  for (const fs::path& file : output_files(output)) {
    const std::string path = file.string();
    if (fs::is_directory(file, none)) throw ConfigError(fmt::format("'{}' is a folder (name the file in it)", path));
    if (!parsed.on("overwrite") && exists(path))
      throw ConfigError(fmt::format("'{}' is there already (--overwrite replaces it)", path));
    if (!fs::is_directory(folder_of(path), none))
      throw IoError(fmt::format("cannot write '{}' (there is no folder '{}')", path, folder_of(path)));
  }
}

void write_data_output(RawTable table, const WriteRequest& request, const ParsedArguments& parsed) {
  const std::string path = request.path.string();
  if (path == "-") {
    for (const RawColumn& column : table.columns)
      if (!column.problem.empty()) throw DataError(column.problem);
    table = with_pixels_as_columns(std::move(table));
    require_finite(table, "text");
    const std::string text = delimited_text(table, ',');
    std::fwrite(text.data(), 1, text.size(), stdout);
    return;
  }
  const std::size_t rows = table.num_rows, parts = table.num_validation + table.num_test;
  const std::size_t columns = table.columns.size() + (table.pixels.empty() ? 0 : table.pixels.size() / rows);
  const bool loses_parts = parts > 0 && (output_format(path) != "npz" || table.num_validation > 0);
  const std::string source = table.source;
  write_table(std::move(table), request);
  if (parsed.on("quiet")) return;
  if (loses_parts)
    std::fprintf(
        stderr,
        "jury: warning: %s sets its last %s apart for validation and test: in '%s' these are rows like the others\n",
        source.c_str(), counted(parts, "row").c_str(), path.c_str());
  fmt::print("{} ({} of {})\n", path, counted(rows, "row"), counted(columns, "column"));
}

}  // namespace jury
