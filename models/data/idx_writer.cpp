// IDX as of MNIST: samples and labels in two files.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "models/data/array_view.hpp"
#include "models/data/reader.hpp"
#include "models/data/writer.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

struct ElementCode {
  char code;
  std::size_t bytes;
};

template <class T>
bool all_fit(const std::vector<const RawColumn*>& columns) {
  for (const RawColumn* column : columns)
    for (const double x : column->numbers)
      if (!(x >= static_cast<double>(std::numeric_limits<T>::min()) &&
            x <= static_cast<double>(std::numeric_limits<T>::max())) ||
          x != std::floor(x) || (x == 0 && std::signbit(x)))
        return false;
  return true;
}

// The narrowest of bytes, 32-bit integers and doubles that holds every number.
ElementCode code_for(const std::vector<const RawColumn*>& columns) {
  if (all_fit<std::uint8_t>(columns)) return {0x08, 1};
  if (all_fit<std::int32_t>(columns)) return {0x0C, 4};
  return {0x0E, 8};
}

void append_big(std::string& to, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;) to += static_cast<char>(value >> (8 * i) & 0xff);
}

std::string header(char code, const std::vector<std::uint64_t>& shape, const RawTable& table) {
  std::string text{'\0', '\0', code, static_cast<char>(shape.size())};
  for (const std::uint64_t extent : shape) {
    if (extent > std::numeric_limits<std::uint32_t>::max())
      throw DataError(fmt::format("{}: has {} rows (idx counts in 32 bits) write npy", table.source, extent));
    append_big(text, extent, 4);
  }
  return text;
}

std::string array(const std::vector<const RawColumn*>& columns, const std::vector<std::uint64_t>& shape,
                  const RawTable& table) {
  const ElementCode element = code_for(columns);
  std::string text = header(element.code, shape, table);
  text.reserve(text.size() + table.num_rows * columns.size() * element.bytes);
  for (std::size_t row = 0; row < table.num_rows; ++row)
    for (const RawColumn* column : columns) {
      const double x = column->numbers[row];
      std::uint64_t bits = 0;
      if (element.bytes == 8)
        std::memcpy(&bits, &x, sizeof x);
      else
        bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(x));
      append_big(text, bits, element.bytes);
    }
  return text;
}

}  // namespace

void write_idx(RawTable table, const WriteRequest& request) {
  require_numbers(table, "idx");
  const auto targets = target_columns(table, request);
  for (const std::size_t target : targets) require_no_missing(table, table.columns[target], "a file of labels");
  const auto labels = idx_label_name(request.path);
  if (targets.size() > 1)
    throw DataError(fmt::format("{}: has {} columns to predict (idx has one label a row) name one with --target",
                                table.source, targets.size()));
  if (!targets.empty() && !labels)
    throw ConfigError(
        fmt::format("'{}' leaves no name for the file of the labels (it must end in -images-idx3-ubyte, the labels "
                    "being in -labels-idx1-ubyte)",
                    request.path.string()));
  std::vector<const RawColumn*> features;
  for (std::size_t j = 0; j < table.columns.size(); ++j)
    if (targets.empty() || j != targets[0]) features.push_back(&table.columns[j]);
  if (features.empty() == table.pixels.empty())
    throw DataError(fmt::format("{}: has {} (idx holds one array of samples) write npz", table.source,
                                features.empty() ? "no columns to learn from" : "pixels and columns beside them"));
  if (!targets.empty()) save_output(*labels, array({&table.columns[targets[0]]}, {table.num_rows}, table));
  std::vector<std::uint64_t> shape = {table.num_rows};
  if (table.pixels.empty()) {
    shape.push_back(features.size());
    return save_output(request.path, array(features, shape, table));
  }
  for (const std::int64_t extent : table.shape) shape.push_back(static_cast<std::uint64_t>(extent));
  save_output(request.path, header(0x08, shape, table) +
                                std::string(reinterpret_cast<const char*>(table.pixels.data()), table.pixels.size()));
}

std::vector<std::filesystem::path> output_files(const std::filesystem::path& path) {
  const std::string name = path.string();
  if (names_hdf5_array(path)) return {name.substr(0, name.find(".h5:/") + 3)};
  if (output_format(path) != "idx") return {path};
  const auto labels = idx_label_name(path);
  if (!labels) return {path};
  return {path, *labels};
}

}  // namespace jury
