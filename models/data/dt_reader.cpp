// Proben1's .dt files (Prechelt 1994): seven "key=value" lines, then rows of inputs and outputs, the
// training examples first, then the validation and the test examples.
#include <array>
#include <cmath>

#include "models/data/reader.hpp"
#include "models/data/text_columns.hpp"
#include "models/data/text_records.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr std::array<std::string_view, 7> kKeys = {
    "bool_in", "real_in", "bool_out", "real_out", "training_examples", "validation_examples", "test_examples"};
enum Key : std::size_t { bool_in, real_in, bool_out, real_out, training, validation, test };

std::array<std::size_t, 7> read_header(TextRecords& records, const std::string& source) {
  std::array<std::size_t, 7> values{};
  std::vector<std::string_view> cells;
  for (std::size_t i = 0; i < kKeys.size(); ++i) {
    const bool found = records.next(cells);
    const std::string place = source + ":" + std::to_string(records.line());
    const std::string expected = place + ": must be \"" + std::string(kKeys[i]) + "=<number>\"";
    if (!found || cells.size() != 1 || !cells[0].starts_with(std::string(kKeys[i]) + "=")) throw DataError(expected);
    const auto value = parse_number(cells[0].substr(kKeys[i].size() + 1));
    if (!value || !(*value >= 0) || *value > 1e9 || *value != std::floor(*value)) throw DataError(expected);
    values[i] = static_cast<std::size_t>(*value);
  }
  return values;
}

// The class a row of outputs names: the greatest of several, or whether the only one is over a half.
double class_of(std::span<const double> outputs) noexcept {
  if (outputs.size() == 1) return outputs[0] > 0.5 ? 1 : 0;
  std::size_t best = 0;
  for (std::size_t c = 1; c < outputs.size(); ++c)
    if (outputs[c] > outputs[best]) best = c;
  return static_cast<double>(best);
}

}  // namespace

RawTable read_dt(const Bytes& bytes, const ReadRequest& request) {
  RawTable table;
  table.source = request.path.string();
  const std::string_view text = text_of(reinterpret_cast<const char*>(bytes.data()), bytes.size(), table.source);
  TextRecords records(text, TextRecords::kBlanks, table.source);
  const auto header = read_header(records, table.source);
  const std::size_t num_inputs = header[bool_in] + header[real_in];
  const std::size_t num_outputs = header[bool_out] + header[real_out];
  if (num_inputs == 0 || num_outputs == 0) throw DataError(table.source + ": declares no inputs or no outputs");
  if (header[bool_out] > 0 && header[real_out] > 0)
    throw DataError(table.source + ": has both classes and numbers for outputs (one kind is read)");
  if (num_inputs > bytes.size()) throw DataError(table.source + ": declares more columns than the file has bytes");
  table.labelled = header[bool_out] > 0;
  for (std::size_t j = 0; j < num_inputs; ++j) table.columns.push_back({.name = "x" + std::to_string(j)});
  const std::size_t num_targets = table.labelled ? 1 : num_outputs;
  for (std::size_t j = 0; j < num_targets; ++j) {
    table.targets.push_back(num_targets == 1 ? "y" : "y" + std::to_string(j));
    table.columns.push_back({.name = table.targets.back()});
  }

  std::vector<std::string_view> cells;
  std::vector<double> outputs(num_outputs);
  while (records.next(cells)) {
    const std::string place = table.source + ":" + std::to_string(records.line());
    if (cells.size() != num_inputs + num_outputs)
      throw DataError(place + ": has " + counted(cells.size(), "cell") + " (" +
                      std::to_string(num_inputs + num_outputs) + " declared)");
    for (std::size_t j = 0; j < cells.size(); ++j) {
      const CellNumber number = number_of(cells[j]);
      if (!number.is_number || !std::isfinite(number.value))
        throw DataError(place + ": '" + std::string(cells[j].substr(0, 60)) + "' is no finite number");
      (j < num_inputs ? table.columns[j].numbers.emplace_back() : outputs[j - num_inputs]) = number.value;
    }
    if (table.labelled) outputs[0] = class_of(outputs);
    for (std::size_t j = 0; j < num_targets; ++j) table.columns[num_inputs + j].numbers.push_back(outputs[j]);
    table.lines.push_back(records.line());
  }
  table.num_rows = table.lines.size();
  table.num_validation = header[validation];
  table.num_test = header[test];
  if (table.num_rows != header[training] + header[validation] + header[test])
    throw DataError(table.source + ": has " + counted(table.num_rows, "row") + " (" +
                    std::to_string(header[training] + header[validation] + header[test]) + " declared)");
  return table;
}

}  // namespace jury
