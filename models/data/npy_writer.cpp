// NumPy's arrays: a matrix as .npy; samples and targets as .npz (a zip of them, stored).
#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "models/data/npy_format.hpp"
#include "models/data/writer.hpp"
#include "runtime/base/bytes.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

static_assert(std::endian::native == std::endian::little, "the types below say little-endian");

using Rows = std::pair<std::size_t, std::size_t>;  // from, and behind the last

// (rows, columns) numbers, row-major.
std::string matrix(const RawTable& table, const std::vector<std::size_t>& columns, Rows rows) {
  std::vector<double> values((rows.second - rows.first) * columns.size());
  for (std::size_t j = 0; j < columns.size(); ++j)
    for (std::size_t row = rows.first; row < rows.second; ++row)
      values[(row - rows.first) * columns.size() + j] = table.columns[columns[j]].numbers[row];
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)};
}

// One column: int64 where all are whole, as classes are.
std::string vector_npy(const std::vector<double>& numbers, Rows rows) {
  const auto first = numbers.begin() + static_cast<std::ptrdiff_t>(rows.first),
             last = numbers.begin() + static_cast<std::ptrdiff_t>(rows.second);
  const std::vector<std::uint64_t> shape = {rows.second - rows.first};
  const bool whole = std::all_of(first, last, [](double x) {
    return std::abs(x) <= 0x1p53 && x == std::floor(x) && !(x == 0 && std::signbit(x));
  });
  if (!whole)
    return npy_header("<f8", shape) + std::string(reinterpret_cast<const char*>(&*first), shape[0] * sizeof(double));
  std::vector<std::int64_t> values;
  std::transform(first, last, std::back_inserter(values), [](double x) { return static_cast<std::int64_t>(x); });
  return npy_header("<i8", shape) +
         std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(std::int64_t));
}

std::string samples_npy(const RawTable& table, const std::vector<std::size_t>& features, Rows rows) {
  const std::uint64_t count = rows.second - rows.first;
  if (table.pixels.empty()) return npy_header("<f8", {count, features.size()}) + matrix(table, features, rows);
  std::vector<std::uint64_t> shape = {count};
  for (const std::int64_t extent : table.shape) shape.push_back(static_cast<std::uint64_t>(extent));
  const std::size_t width = table.pixels.size() / table.num_rows;
  return npy_header("|u1", shape) +
         std::string(reinterpret_cast<const char*>(table.pixels.data()) + rows.first * width, count * width);
}

// PKWARE's APPNOTE 4.3, method 0. Times are zip's first day, so that equal data give equal files.
class ZipWriter {
 public:
  void add(const std::string& name, const std::string& content) {
    if (content.size() >= std::numeric_limits<std::uint32_t>::max() ||
        archive_.bytes().size() >= std::numeric_limits<std::uint32_t>::max())
      throw DataError("'" + name + "' makes the .npz larger than 4 GiB (more does not fit into a zip) write .npy");
    const auto offset = static_cast<std::uint32_t>(archive_.bytes().size());
    archive_.add(std::uint32_t{0x04034b50});
    describe(archive_, name, content);
    archive_.raw(std::as_bytes(std::span(name))).raw(std::as_bytes(std::span(content)));
    directory_.add(std::uint32_t{0x02014b50}).add(std::uint16_t{20});
    describe(directory_, name, content);
    directory_.add(std::uint16_t{0}).add(std::uint16_t{0}).add(std::uint16_t{0}).add(std::uint32_t{0}).add(offset);
    directory_.raw(std::as_bytes(std::span(name)));
    ++count_;
  }
  std::string take() {
    const auto begin = static_cast<std::uint32_t>(archive_.bytes().size());
    archive_.raw(directory_.bytes());
    archive_.add(std::uint32_t{0x06054b50}).add(std::uint32_t{0}).add(count_).add(count_);
    archive_.add(static_cast<std::uint32_t>(directory_.bytes().size())).add(begin).add(std::uint16_t{0});
    const Bytes& bytes = archive_.bytes();
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

 private:
  static void describe(ByteWriter& to, const std::string& name, const std::string& content) {
    const auto size = static_cast<std::uint32_t>(content.size());
    const auto crc =
        static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(size)));
    to.add(std::uint16_t{20})
        .add(std::uint16_t{0})
        .add(std::uint16_t{0})
        .add(std::uint16_t{0})
        .add(std::uint16_t{0x21});
    to.add(crc).add(size).add(size).add(static_cast<std::uint16_t>(name.size())).add(std::uint16_t{0});
  }

  ByteWriter archive_, directory_;
  std::uint16_t count_ = 0;
};

}  // namespace

std::string npy_header(std::string_view type, const std::vector<std::uint64_t>& shape) {
  std::string extents;
  for (const std::uint64_t extent : shape) extents += fmt::format("{}{}", extents.empty() ? "" : ", ", extent);
  if (shape.size() == 1) extents += ',';
  std::string dictionary = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, extents);
  static constexpr std::size_t kBefore = 10;  // magic, version, length of the dictionary
  dictionary.resize((kBefore + dictionary.size()) / 64 * 64 + 64 - kBefore, ' ');
  dictionary.back() = '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(dictionary.size() & 0xff);
  header += static_cast<char>(dictionary.size() >> 8);
  return header + dictionary;
}

void write_npy(RawTable table, const WriteRequest& request) {
  table = with_pixels_as_columns(std::move(table));
  require_numbers(table, "npy");
  std::vector<std::size_t> all(table.columns.size());
  for (std::size_t j = 0; j < all.size(); ++j) all[j] = j;
  save_output(request.path, npy_header("<f8", {table.num_rows, all.size()}) + matrix(table, all, {0, table.num_rows}));
}

void write_npz(RawTable table, const WriteRequest& request) {
  require_numbers(table, "npz");
  const auto targets = target_columns(table, request);
  std::vector<std::size_t> features;
  for (std::size_t j = 0; j < table.columns.size(); ++j)
    if (std::find(targets.begin(), targets.end(), j) == targets.end()) features.push_back(j);
  if (targets.empty() || (features.empty() && table.pixels.empty()))
    throw DataError(table.source +
                    ": needs columns to learn from and one to predict for an npz (its x and y) write npy");
  if (!features.empty() && !table.pixels.empty()) {
    table = with_pixels_as_columns(std::move(table));
    return write_npz(std::move(table), request);
  }
  const auto add = [&](ZipWriter& zip, const std::string& suffix, Rows rows) {
    zip.add("x" + suffix + ".npy", samples_npy(table, features, rows));
    zip.add("y" + suffix + ".npy", targets.size() == 1 ? vector_npy(table.columns[targets[0]].numbers, rows)
                                                       : npy_header("<f8", {rows.second - rows.first, targets.size()}) +
                                                             matrix(table, targets, rows));
  };
  ZipWriter zip;
  const std::size_t num_train = table.num_rows - table.num_test;
  add(zip, table.num_test > 0 ? "_train" : "", {0, num_train});
  if (table.num_test > 0) add(zip, "_test", {num_train, table.num_rows});
  save_output(request.path, zip.take());
}

}  // namespace jury
