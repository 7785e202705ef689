#include "search/study/prediction_file.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <iterator>

#include "models/data/npy_format.hpp"
#include "search/study/ensemble_voices.hpp"
#include "search/study/prediction_hdf5.hpp"

namespace jury {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr const char* kNpyType = "<f4";

// Collects columns of matrices whose columns are classes or targets.
class Columns {
 public:
  explicit Columns(const PredictionOutput& output)
      : schema_(output.ensemble.data.schema),
        width_(output.predictions.shape.width()),
        labelled_(output.predictions.shape.outcome == Outcome::classes) {}

  bool labelled() const noexcept { return labelled_; }
  const std::vector<std::string>& outputs() const noexcept { return labelled_ ? schema_.classes : schema_.targets; }

  void label(const std::string& name, const std::vector<std::int32_t>& labels) {
    columns_.push_back({.name = name, .integers = labels, .classes = schema_.classes});
  }
  // Columns [first, first + outputs) of a matrix with `stride` columns.
  void matrix(const std::string& prefix, std::span<const float> values, std::size_t stride, std::size_t first = 0) {
    for (std::size_t k = 0; k < outputs().size(); ++k)
      columns_.push_back({.name = prefix + outputs()[k], .reals = from(values, first + k), .stride = stride});
  }
  void predicted(const std::string& prefix, std::span<const float> values) { matrix(prefix, values, width_); }
  void variances(const std::string& prefix, std::span<const float> values) {
    if (width_ > outputs().size()) matrix(prefix, values, width_, outputs().size());
  }
  // A number for each row; nothing where there is none.
  void number(const char* name, const std::vector<float>& values) {
    if (!values.empty()) columns_.push_back({.name = name, .reals = values});
  }
  void counts(const std::string& prefix, std::span<const std::int32_t> values) {
    for (std::size_t k = 0; k < outputs().size(); ++k)
      columns_.push_back({.name = prefix + outputs()[k], .integers = from(values, k), .stride = outputs().size()});
  }
  // What a row is promised: an interval, or a set.
  void conformal(const EnsemblePredictions& rows) {
    if (!rows.sets.empty()) counts("set.", rows.sets);
    if (rows.low.empty()) return;
    matrix("low.", rows.low, outputs().size());
    matrix("high.", rows.high, outputs().size());
  }
  std::vector<PredictionColumn> take() { return std::move(columns_); }

 private:
  template <class T>
  static std::span<const T> from(std::span<const T> values, std::size_t first) {
    return values.subspan(std::min(first, values.size()));
  }

  const DataSchema& schema_;
  std::size_t width_;
  bool labelled_;
  std::vector<PredictionColumn> columns_;
};

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

void add_cell(std::string& text, const PredictionColumn& column, std::size_t row) {
  const std::size_t at = row * column.stride;
  if (column.integers.empty()) {
    if (!std::isnan(column.reals[at])) fmt::format_to(std::back_inserter(text), "{}", column.reals[at]);
  } else if (column.classes.empty()) {
    if (column.integers[at] >= 0) fmt::format_to(std::back_inserter(text), "{}", column.integers[at]);
  } else if (column.integers[at] >= 0) {
    text += csv_cell(column.classes[static_cast<std::size_t>(column.integers[at])]);
  }
}

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string csv_names(const std::vector<PredictionColumn>& columns) {
  std::string text;
  for (const PredictionColumn& column : columns) text += (text.empty() ? "" : ",") + csv_cell(column.name);
  return text + "\n";
}

std::string csv_rows(const std::vector<PredictionColumn>& columns, std::size_t rows) {
  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t begin = text.size();
    for (std::size_t j = 0; j < columns.size(); ++j) {
      if (j > 0) text += ',';
      add_cell(text, columns[j], row);
    }
    if (text.size() == begin) text += "\"\"";  // readers skip a blank line
    text += "\n";
  }
  return text;
}

Bytes npy_rows(const std::vector<PredictionColumn>& columns, std::size_t rows) {
  ByteWriter writer;
  std::vector<float> line(columns.size());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t j = 0; j < columns.size(); ++j) {
      const std::size_t at = row * columns[j].stride;
      line[j] = columns[j].integers.empty() ? columns[j].reals[at] : static_cast<float>(columns[j].integers[at]);
    }
    writer.raw(std::as_bytes(std::span(line)));
  }
  return writer.take();
}

std::string ending(const std::string& path) { return std::filesystem::path(path).extension().string(); }

}  // namespace

std::vector<PredictionColumn> prediction_columns(const PredictionOutput& output) {
  const EnsemblePredictions& rows = output.predictions;
  const bool all = output.detail == Detail::all;
  Columns columns(output);
  if (columns.labelled()) {
    columns.label("label", rows.label);
    columns.conformal(rows);
    if (all) {
      columns.label("label_mean", rows.label_mean);
      columns.label("label_vote", rows.label_vote);
      columns.predicted("p.", rows.calibrated.empty() ? rows.combined.front() : rows.calibrated);
      columns.matrix("std.", rows.deviation, rows.shape.num_outputs);
      columns.counts("votes.", rows.votes);
      columns.number("entropy", rows.uncertainty.total);
      columns.number("mutual_information", rows.uncertainty.epistemic);
    }
  } else {
    columns.predicted("value.", rows.combined.front());
    columns.conformal(rows);
    if (all) {
      columns.predicted("mean.", rows.mean);
      columns.matrix("std.", rows.deviation, rows.shape.num_outputs);
      columns.variances("variance.", rows.mean);
      if (rows.has_split_variance()) {
        columns.matrix("aleatoric.", rows.uncertainty.aleatoric, rows.shape.num_outputs);
        columns.matrix("epistemic.", rows.uncertainty.epistemic, rows.shape.num_outputs);
      }
      if (!rows.calibrated.empty()) columns.variances("calibrated_variance.", rows.calibrated);
    }
  }
  const auto numbers = EnsembleVoices::numbers_of(output.ensemble);
  for (std::size_t m = 0; m < output.members.size(); ++m) {
    const std::string prefix = fmt::format("{}{}.", output.ensemble.stack ? 'b' : 'm', numbers[m]);
    if (columns.labelled()) columns.label(prefix + "label", output.member_labels[m]);
    columns.predicted(prefix + (columns.labelled() ? "p." : "value."), output.members[m]);
    columns.variances(prefix + "variance.", output.members[m]);
  }
  return columns.take();
}

void require_prediction_format(const std::string& path) {
  const std::string format = ending(path);
  if (format != ".csv" && format != ".npy" && format != ".h5")
    throw ConfigError(fmt::format(
        "'{}' names no format (it must end in .csv, .npy or .h5, or be - for csv on standard output)", path));
}

PredictionWriter::PredictionWriter(const std::string& path) : path_(path) {
  if (path_ == kStandardOutput) return;
  require_prediction_format(path_);
  if (ending(path_) == ".h5") return;
  aside_ = name_aside(path_);
  file_ = File::create(aside_);
}

PredictionWriter::~PredictionWriter() {
  if (file_) std::remove(aside_.c_str());
}

void PredictionWriter::write(std::span<const std::byte> bytes) {
  if (file_) return file_->write_all(bytes);
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
}

void PredictionWriter::add(const PredictionOutput& output) {
  const bool is_first = rows_ == 0;
  rows_ += output.predictions.shape.num_rows;
  if (ending(path_) == ".h5") {
    JURY_EXPECTS(is_first);
    return write_predictions_hdf5(path_, output);
  }
  const auto columns = prediction_columns(output);
  JURY_EXPECTS(is_first || columns.size() == columns_);
  columns_ = columns.size();
  const std::size_t rows = output.predictions.shape.num_rows;
  if (ending(path_) != ".npy") return write(bytes_of((is_first ? csv_names(columns) : "") + csv_rows(columns, rows)));
  if (is_first) write(bytes_of(npy_header(kNpyType, {rows, columns_})));
  write(npy_rows(columns, rows));
}

void PredictionWriter::finish() {
  if (!file_) return;
  if (ending(path_) == ".npy") {  // only now it is known how many rows there are
    file_ = File::overwrite(aside_);
    file_->write_at(0, bytes_of(npy_header(kNpyType, {rows_, columns_})));
  }
  file_->move_to(path_);
  file_.reset();
}

}  // namespace jury
