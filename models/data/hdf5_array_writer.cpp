// A matrix of numbers in an HDF5 file of its own.
#include <fmt/format.h>

#include "models/data/reader.hpp"
#include "models/data/writer.hpp"
#include "runtime/base/error.hpp"
#include "runtime/store/hdf5_writer.hpp"

namespace jury {
namespace {

constexpr std::string_view kUsualName = "data";

}  // namespace

void write_hdf5(RawTable table, const WriteRequest& request) {
  const std::string path = request.path.string(), file = output_files(request.path).front().string();
  std::string place =
      path.size() > file.size() ? path.substr(file.size() + 2) : std::string(kUsualName);  // behind ":/"
  if (place.empty() || place.ends_with('/'))
    throw ConfigError(fmt::format("'{}' names no array (write {}:/{})", path, file, kUsualName));
  table = with_pixels_as_columns(std::move(table));
  require_numbers(table, "h5");
  const std::size_t width = table.columns.size();
  std::vector<double> values(table.num_rows * width);
  std::vector<std::string> names;
  for (std::size_t j = 0; j < width; ++j) {
    names.push_back(table.columns[j].name);
    for (std::size_t row = 0; row < table.num_rows; ++row) values[row * width + j] = table.columns[j].numbers[row];
  }
  const std::size_t slash = place.rfind('/');
  write_hdf5_aside(file, [&](Hdf5Writer& writer) {
    const Hdf5Group group = slash == std::string::npos ? writer.root() : writer.group(place.substr(0, slash));
    const Dimension row{"row", table.num_rows}, column{"column", width};
    group.texts("column", names, {column}, {.help = "names of the columns"});
    group.array(place.substr(slash + 1), values, {row, column}, {.help = "one row a sample; NaN: missing"});
  });
}

}  // namespace jury
