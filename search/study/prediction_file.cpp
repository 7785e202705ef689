#include "search/study/prediction_file.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <iterator>

#include "runtime/base/hash.hpp"
#include "runtime/store/file.hpp"
#include "runtime/store/hdf5_writer.hpp"
#include "search/study/ensemble_voices.hpp"

namespace jury {
namespace {

static_assert(std::endian::native == std::endian::little);

// Collects columns of matrices whose columns are classes or targets.
class Columns {
 public:
  explicit Columns(const PredictionOutput& output)
      : schema_(output.ensemble.data.schema), width_(output.predictions.shape.width()),
        labelled_(output.predictions.shape.outcome == Outcome::classes) {}

  bool labelled() const noexcept { return labelled_; }
  const std::vector<std::string>& outputs() const noexcept { return labelled_ ? schema_.classes : schema_.targets; }

  void label(const char* name, const std::vector<std::int32_t>& labels) {
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
  static std::span<const T> from(std::span<const T> values, std::size_t first) { return values.subspan(std::min(first, values.size())); }

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

std::string ending(const std::string& path) { return std::filesystem::path(path).extension().string(); }

// Columns [first, end) of rows of `width` numbers.
std::vector<float> part(const std::vector<float>& rows, std::size_t width, std::size_t first, std::size_t end) {
  std::vector<float> some;
  some.reserve(rows.size() / width * (end - first));
  for (std::size_t at = 0; at < rows.size(); at += width)
    some.insert(some.end(), rows.begin() + static_cast<std::ptrdiff_t>(at + first), rows.begin() + static_cast<std::ptrdiff_t>(at + end));
  return some;
}

// Without the members' own variances the whole spread is epistemic, and in std.
bool has_split_variance(const EnsemblePredictions& rows) { return !rows.uncertainty.aleatoric.empty() && rows.shape.outcome == Outcome::values; }

void write_uncertainty(const Hdf5Group& root, const EnsemblePredictions& rows, const std::vector<Dimension>& dims) {
  const RowUncertainty& of = rows.uncertainty;
  if (rows.shape.outcome == Outcome::classes && !of.total.empty()) {
    root.array("entropy", of.total, {dims[0]}, {.help = "of the mean of the members, in nats: expected_entropy plus mutual_information"});
    root.array("expected_entropy", of.aleatoric, {dims[0]}, {.help = "mean of the members' entropies (aleatoric)"});
    root.array("mutual_information", of.epistemic, {dims[0]}, {.help = "how much the members disagree (epistemic)"});
  }
  if (!has_split_variance(rows)) return;
  root.array("aleatoric_variance", of.aleatoric, dims, {.help = "mean of the members' variances"});
  root.array("epistemic_variance", of.epistemic, dims, {.help = "variance of the members' means"});
}

void write_conformal(const Hdf5Group& root, const PredictionOutput& output, const std::vector<Dimension>& dims) {
  const EnsemblePredictions& rows = output.predictions;
  if (rows.sets.empty() && rows.low.empty()) return;
  const StoredConformal& conformal = *output.ensemble.calibration.conformal;
  root.attribute("conformal", conformal.choice.method);
  root.attribute("coverage", conformal.coverage);
  if (!rows.sets.empty())
    return root.array("set", std::vector<std::int8_t>(rows.sets.begin(), rows.sets.end()), dims, {.help = "1: in the set, 0: not, -1: not predicted"});
  root.array("low", rows.low, dims, {.help = "of the conformal interval, rounded outward"});
  root.array("high", rows.high, dims);
}

void write_calibrated(const Hdf5Group& root, const EnsemblePredictions& rows, const std::vector<Dimension>& dims) {
  const CombinationShape& shape = rows.shape;
  if (rows.calibrated.empty()) return;
  if (shape.outcome == Outcome::classes) return root.array("calibrated", rows.calibrated, dims, {.help = "combined, calibrated as in the run"});
  root.array("calibrated_variance", part(rows.calibrated, shape.width(), shape.num_outputs, shape.width()), dims,
             {.help = "as the reported way joins the members, calibrated as in the run"});
}

void write_members(const Hdf5Group& root, const PredictionOutput& output, const std::vector<Dimension>& dims) {
  if (output.members.empty()) return;
  const CombinationShape& shape = output.predictions.shape;
  std::vector<float> values, variances;
  for (std::size_t m = 0; m < output.members.size(); ++m) {
    const auto value = part(output.members[m], shape.width(), 0, shape.num_outputs);
    const auto variance = part(output.members[m], shape.width(), shape.num_outputs, shape.width());
    values.insert(values.end(), value.begin(), value.end());
    variances.insert(variances.end(), variance.begin(), variance.end());
  }
  const Dimension member{"member", output.members.size()};
  root.array("member", EnsembleVoices::numbers_of(output.ensemble), {member});
  const std::vector<Dimension> all = {member, dims[0], dims[1]};
  root.array(shape.outcome == Outcome::classes ? "proba" : "value", values, all, {.help = "of each member"});
  if (!variances.empty()) root.array("variance", variances, all, {.help = "predicted by each member"});
}

void write_hdf5(const std::string& path, const PredictionOutput& output) {
  const EnsemblePredictions& rows = output.predictions;
  const CombinationShape& shape = rows.shape;
  const DataSchema& schema = output.ensemble.data.schema;
  const bool labelled = shape.outcome == Outcome::classes;
  write_hdf5_aside(path, [&](Hdf5Writer& file) {
    const Hdf5Group root = file.root();
    root.attribute("format", "jury-predictions");
    root.attribute("format_version", std::int64_t{1});
    root.attribute("config_hash", hex(output.ensemble.identity));
    root.attribute("task", name(schema.task));
    root.attribute("combine", rows.combines.front());
    root.attribute("num_members", static_cast<std::int64_t>(EnsembleVoices::numbers_of(output.ensemble).size()));
    const std::vector<Dimension> dims = {{"row", shape.num_rows}, {labelled ? "class" : "target", shape.num_outputs}};
    root.texts(dims[1].name, labelled ? schema.classes : schema.targets, {dims[1]});
    const bool all = output.detail == Detail::all;
    if (labelled) root.array("label", rows.label, {dims[0]}, {.help = "of the calibrated prediction where there is one, else as the reported way joins the members; -1: not predicted"});
    if (labelled && all) root.array("label_mean", rows.label_mean, {dims[0]});
    if (labelled && all) root.array("label_vote", rows.label_vote, {dims[0]});
    if (!labelled || all)
      root.array("combined", part(rows.combined.front(), shape.width(), 0, shape.num_outputs), dims,
                 {.help = "as the reported way joins the members"});
    write_conformal(root, output, dims);
    if (all) write_calibrated(root, rows, dims);
    if (all) root.array("mean", part(rows.mean, shape.width(), 0, shape.num_outputs), dims);
    if (all) root.array("std", rows.deviation, dims, {.help = "over members"});
    if (all && shape.width() > shape.num_outputs)
      root.array("mixture_variance", part(rows.mean, shape.width(), shape.num_outputs, shape.width()), dims,
                 {.help = "of the members' mixture: mean of their variances plus variance of their means"});
    if (all) write_uncertainty(root, rows, dims);
    if (labelled && all) root.array("votes", rows.votes, dims, {.help = "members whose most probable class this is"});
    write_members(root, output, dims);
  });
}

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
      if (has_split_variance(rows)) {
        columns.matrix("aleatoric.", rows.uncertainty.aleatoric, rows.shape.num_outputs);
        columns.matrix("epistemic.", rows.uncertainty.epistemic, rows.shape.num_outputs);
      }
      if (!rows.calibrated.empty()) columns.variances("calibrated_variance.", rows.calibrated);
    }
  }
  const auto numbers = EnsembleVoices::numbers_of(output.ensemble);
  for (std::size_t m = 0; m < output.members.size(); ++m) {
    const std::string prefix = fmt::format("{}{}.", output.ensemble.stack ? 'b' : 'm', numbers[m]);
    columns.predicted(prefix + (columns.labelled() ? "p." : "value."), output.members[m]);
    columns.variances(prefix + "variance.", output.members[m]);
  }
  return columns.take();
}

std::string predictions_csv(const PredictionOutput& output) {
  const auto columns = prediction_columns(output);
  std::string text;
  for (const PredictionColumn& column : columns) text += (text.empty() ? "" : ",") + csv_cell(column.name);
  text += "\n";
  for (std::size_t row = 0; row < output.predictions.shape.num_rows; ++row) {
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

Bytes predictions_npy(const PredictionOutput& output) {
  const auto columns = prediction_columns(output);
  const std::size_t rows = output.predictions.shape.num_rows;
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", rows, columns.size());
  constexpr std::size_t kBefore = 10, kAlignment = 64;  // magic, version, length; the numbers start at a multiple of 64
  header.resize((kBefore + header.size() + kAlignment) / kAlignment * kAlignment - kBefore - 1, ' ');
  header += '\n';
  ByteWriter writer;
  writer.raw(std::as_bytes(std::span("\x93NUMPY\x01", 7))).add(std::uint8_t{0}).add(static_cast<std::uint16_t>(header.size()));
  writer.raw(std::as_bytes(std::span(header)));
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

void require_prediction_format(const std::string& path) {
  const std::string format = ending(path);
  if (format != ".csv" && format != ".npy" && format != ".h5")
    throw ConfigError(fmt::format("'{}' names no format (it must end in .csv, .npy or .h5, or be - for csv on standard output)", path));
}

void write_predictions_file(const std::string& path, const PredictionOutput& output) {
  require_prediction_format(path);
  if (ending(path) == ".h5") return write_hdf5(path, output);
  if (ending(path) == ".npy") return replace_file(path, predictions_npy(output));
  replace_file(path, predictions_csv(output));
}

}  // namespace jury
