// NumPy's arrays: a matrix as .npy; samples and targets as .npz.
#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <span>

#include "models/data/npy_format.hpp"
#include "models/data/npz_writer.hpp"
#include "models/data/writer.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

static_assert(std::endian::native == std::endian::little, "the types below say little-endian");

using Rows = std::pair<std::size_t, std::size_t>;  // from, and behind the last

// (rows, columns) numbers, row-major.
std::vector<double> matrix(const RawTable& table, const std::vector<std::size_t>& columns, Rows rows) {
  std::vector<double> values((rows.second - rows.first) * columns.size());
  for (std::size_t j = 0; j < columns.size(); ++j)
    for (std::size_t row = rows.first; row < rows.second; ++row)
      values[(row - rows.first) * columns.size() + j] = table.columns[columns[j]].numbers[row];
  return values;
}

// One column: int64 where all are whole, as classes are.
void add_column(NpzWriter& npz, const std::string& name, const std::vector<double>& numbers, Rows rows) {
  const auto some = std::span(numbers).subspan(rows.first, rows.second - rows.first);
  const bool whole = std::ranges::all_of(
      some, [](double x) { return std::abs(x) <= 0x1p53 && x == std::floor(x) && !(x == 0 && std::signbit(x)); });
  if (!whole) return npz.add(name, {some.size()}, some);
  std::vector<std::int64_t> values;
  std::ranges::transform(some, std::back_inserter(values), [](double x) { return static_cast<std::int64_t>(x); });
  npz.add(name, {values.size()}, values);
}

void add_samples(NpzWriter& npz, const std::string& name, const RawTable& table,
                 const std::vector<std::size_t>& features, Rows rows) {
  const std::uint64_t count = rows.second - rows.first;
  if (table.pixels.empty()) return npz.add(name, {count, features.size()}, matrix(table, features, rows));
  NpzWriter::Dims dims = {count};
  for (const std::int64_t extent : table.shape) dims.push_back(static_cast<std::uint64_t>(extent));
  const std::size_t width = table.pixels.size() / table.num_rows;
  npz.add(name, dims, std::span(table.pixels).subspan(rows.first * width, count * width));
}

}  // namespace

void write_npy(RawTable table, const WriteRequest& request) {
  table = with_pixels_as_columns(std::move(table));
  require_numbers(table, "npy");
  std::vector<std::size_t> all(table.columns.size());
  for (std::size_t j = 0; j < all.size(); ++j) all[j] = j;
  const std::vector<double> values = matrix(table, all, {0, table.num_rows});
  save_output(request.path,
              npy_header("<f8", {table.num_rows, all.size()}) +
                  std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)));
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
  NpzWriter npz;
  const auto add = [&](const std::string& suffix, Rows rows) {
    add_samples(npz, "x" + suffix, table, features, rows);
    if (targets.size() == 1) return add_column(npz, "y" + suffix, table.columns[targets[0]].numbers, rows);
    npz.add("y" + suffix, {rows.second - rows.first, targets.size()}, matrix(table, targets, rows));
  };
  const std::size_t num_train = table.num_rows - table.num_test;
  add(table.num_test > 0 ? "_train" : "", {0, num_train});
  if (table.num_test > 0) add("_test", {num_train, table.num_rows});
  save_output(request.path, npz.take());
}

}  // namespace jury
