#include "tools/command/data_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "runtime/base/text.hpp"
#include "runtime/store/file.hpp"
#include "runtime/store/new_file.hpp"

namespace fs = std::filesystem;

namespace jury {
namespace {

// Whether readers can tell from this column that a line of names stands above it.
bool has_number(const RawColumn& column) {
  if (column.kind == FeatureKind::numeric)
    return std::ranges::any_of(column.numbers, [](double x) { return !std::isnan(x); });
  return std::ranges::any_of(column.vocabulary, [](const std::string& text) { return parse_number(text).has_value(); });
}

}  // namespace

void add_data_output_options(boost::program_options::options_description& options) {
  namespace po = boost::program_options;
  options.add_options()("overwrite", po::bool_switch(), "replace the output that is there")(
      "quiet,q", po::bool_switch(), "print errors only");
}

void check_data_output(const std::string& output, const ParsedArguments& parsed) {
  if (output == "-") return;
  if (output.empty()) throw ConfigError("an output without a name (- is csv on standard output)");
  const Existing existing = parsed.on("overwrite") ? Existing::replace : Existing::refuse;
  std::error_code none;
  if (fs::is_directory(output, none)) require_new_file(output, existing);  // it has no format
  output_format(output);
  for (const fs::path& file : output_files(output)) require_new_file(file.string(), existing);
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
  const std::string_view format = output_format(path);
  const bool only_texts =
      (format == "csv" || format == "tsv") && table.pixels.empty() && std::ranges::none_of(table.columns, has_number);
  write_table(std::move(table), request);
  if (parsed.on("quiet")) return;
  if (loses_parts)
    std::fprintf(
        stderr,
        "jury: warning: %s sets its last %s apart for validation and test: in '%s' these are rows like the others\n",
        source.c_str(), counted(parts, "row").c_str(), path.c_str());
  if (only_texts)
    std::fprintf(
        stderr,
        "jury: warning: '%s' has no number below its line of names: whoever reads it must say data.header = true\n",
        path.c_str());
  fmt::print("{} ({} of {})\n", path, counted(rows, "row"), counted(columns, "column"));
}

}  // namespace jury
