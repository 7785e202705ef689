#include "models/data/writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "models/data/file_bytes.hpp"
#include "models/data/reader.hpp"
#include "models/data/text_columns.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/store/file.hpp"

namespace jury {
namespace {

constexpr std::string_view kEndings =
    ".csv, .tsv, .arff, .npy, .npz, .libsvm or -images-idx3-ubyte, each also with .gz, or .h5";

bool is_infinite(const RawColumn& column, std::size_t row) {
  return column.kind == FeatureKind::numeric && std::isinf(column.numbers[row]);
}

// The number that a text is, where number_text() gives the same text back.
bool is_canonical(const std::string& text) {
  const CellNumber number = number_of(text);
  return number.is_number && number_text(number.value) == text;
}

}  // namespace

std::span<const Writer> writers() noexcept {
  static constexpr Writer table[] = {{"csv", write_csv}, {"tsv", write_tsv}, {"arff", write_arff},
                                     {"npy", write_npy}, {"npz", write_npz}, {"libsvm", write_libsvm},
                                     {"idx", write_idx}, {"h5", write_hdf5}};
  return table;
}

std::string_view output_format(const std::filesystem::path& path) {
  const std::string name = path.string();
  if (names_hdf5_array(path) || name.ends_with(".h5")) return "h5";
  const std::string_view format = format_of_name(path);
  for (const Writer& writer : writers())
    if (writer.format == format) return writer.format;
  throw ConfigError(fmt::format("'{}' names no format that is written (it must end in {})", name, kEndings));
}

void write_table(RawTable table, const WriteRequest& request) {
  for (const RawColumn& column : table.columns)
    if (!column.problem.empty()) throw DataError(column.problem);
  const std::string_view format = output_format(request.path);
  for (const Writer& writer : writers())
    if (writer.format == format) writer.write(std::move(table), request);
}

std::string number_text(double number) { return fmt::format("{}", number); }

void append_number(std::string& text, double number) { fmt::format_to(std::back_inserter(text), "{}", number); }

RawTable with_pixels_as_columns(RawTable table) {
  if (table.pixels.empty()) return table;
  const std::size_t width = table.pixels.size() / table.num_rows;
  std::vector<RawColumn> columns(width);
  for (std::size_t j = 0; j < width; ++j) {
    columns[j].name = "x" + std::to_string(j);
    columns[j].numbers.resize(table.num_rows);
    for (std::size_t row = 0; row < table.num_rows; ++row) columns[j].numbers[row] = table.pixels[row * width + j];
  }
  std::move(table.columns.begin(), table.columns.end(), std::back_inserter(columns));
  table.columns = std::move(columns);
  table.pixels = {};
  return table;
}

void require_numbers(RawTable& table, std::string_view format) {
  for (RawColumn& column : table.columns) {
    if (column.kind == FeatureKind::numeric) continue;
    const auto text = std::find_if_not(column.vocabulary.begin(), column.vocabulary.end(), is_canonical);
    if (text != column.vocabulary.end())
      throw DataError(fmt::format("{}: column '{}' holds texts such as '{}' ({} holds numbers only) write csv or arff",
                                  table.source, column.name, text->substr(0, 60), format));
    for (const std::uint32_t code : column.codes)
      column.numbers.push_back(code == kMissingCode ? kMissingNumber : number_of(column.vocabulary[code]).value);
    column.codes = {};
    column.vocabulary = {};
    column.kind = FeatureKind::numeric;
  }
}

void require_no_missing(const RawTable& table, const RawColumn& column, std::string_view format) {
  for (std::size_t row = 0; row < table.num_rows; ++row)
    if (column.is_missing(row))
      throw DataError(fmt::format(
          "{}: column '{}' has a missing cell ({} has no way to say so) write csv, arff or npy, or fill it in",
          table.place(row), column.name, format));
}

void require_finite(const RawTable& table, std::string_view format) {
  for (const RawColumn& column : table.columns)
    for (std::size_t row = 0; row < table.num_rows; ++row)
      if (is_infinite(column, row))
        throw DataError(fmt::format("{}: column '{}' has an infinite number ({} holds finite ones) write npy or npz",
                                    table.place(row), column.name, format));
}

std::vector<std::size_t> target_columns(const RawTable& table, const WriteRequest& request) {
  const std::vector<std::string>& names = request.targets.empty() ? table.targets : request.targets;
  if (names.empty() && !table.columns.empty()) return {table.columns.size() - 1};
  std::vector<std::size_t> places;
  std::vector<std::string_view> known;
  for (const RawColumn& column : table.columns) known.push_back(column.name);
  for (const std::string& name : names) {
    const auto found = std::find(known.begin(), known.end(), name);
    if (found == known.end())
      throw ConfigError(fmt::format("{} has no column '{}'{}", table.source, name, suggestion(name, known)));
    places.push_back(static_cast<std::size_t>(found - known.begin()));
  }
  return places;
}

void save_output(const std::filesystem::path& path, std::string_view bytes) {
  if (path.extension() != ".gz") return replace_file(path.string(), bytes);
  replace_file(path.string(), gzip(std::as_bytes(std::span(bytes))));
}

}  // namespace jury
