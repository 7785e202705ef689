#include "models/data/fill_new_rows.hpp"

#include <cmath>
#include <cstring>

#include "models/data/categories.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/numbers.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

void require_numbers(const RawTable& table, const RawColumn& column) {
  if (!column.problem.empty()) throw DataError(column.problem);
  if (column.kind == FeatureKind::categorical)
    throw DataError(table.source + ": column '" + column.name + "' holds texts" +
                    (column.vocabulary.empty() ? "" : ", say '" + column.vocabulary[0] + "'") +
                    " (numbers in the training file)");
}

}  // namespace

void RowFiller::features() {
  for (std::size_t i = 0; i < match_.features.size(); ++i) {
    const RawColumn& column = table_.columns[match_.features[i]];
    if (schema_.features[i].kind == FeatureKind::categorical) {
      categories(column, schema_.features[i]);
    } else {
      numbers(column, next_number_++);
    }
  }
  if (!table_.pixels.empty()) pixels();
  if (num_unknown_ > 0)
    notes_.push_back(counted(num_unknown_, "cell") + " of " + listed(unknown_) +
                     " with texts that the training file lacks; they count as missing");
}

void RowFiller::categories(const RawColumn& column, const Feature& feature) {
  const auto codes = codes_in(column, feature.vocabulary);
  const auto out = builder_.codes();
  const std::size_t width = count_features(schema_, FeatureKind::categorical), place = next_code_++;
  const std::size_t before = num_unknown_;
  for (std::size_t row = 0; row < codes.size(); ++row) {
    out[(first_ + row) * width + place] = codes[row];
    num_unknown_ += codes[row] == kMissingCode && !column.is_missing(row) ? 1U : 0U;
  }
  if (num_unknown_ > before) unknown_.push_back(feature.name);
}

void RowFiller::numbers(const RawColumn& column, std::size_t place) {
  require_numbers(table_, column);
  const std::size_t width = count_features(schema_, FeatureKind::numeric);
  const auto out = builder_.numeric();
  const auto bytes = builder_.bytes();
  for (std::size_t row = 0; row < table_.num_rows; ++row) {
    const double number = column.numbers[row];
    const std::size_t at = (first_ + row) * width + place;
    if (std::abs(number) > kLargestFloat)
      throw DataError(table_.place(row) + ": column '" + column.name + "' is beyond the range of 32-bit numbers");
    if (bytes.empty()) {
      out[at] = static_cast<float>(number);
    } else if (number >= 0 && number <= 255 && number == std::floor(number)) {
      bytes[at] = static_cast<std::uint8_t>(number);
    } else {
      throw DataError(table_.place(row) + ": column '" + column.name +
                      "' is no whole number in [0, 255] (the training file holds images of bytes)");
    }
  }
}

void RowFiller::pixels() {
  const std::size_t begin = first_ * schema_.features.size();
  if (const auto bytes = builder_.bytes(); !bytes.empty()) {
    std::memcpy(bytes.data() + begin, table_.pixels.data(), table_.pixels.size());
    return;
  }
  const auto out = builder_.numeric();
  for (std::size_t i = 0; i < table_.pixels.size(); ++i) out[begin + i] = static_cast<float>(table_.pixels[i]);
}

std::vector<std::uint32_t> RowFiller::targets() {
  std::vector<char> known(match_.targets.empty() ? 0 : table_.num_rows, 1);
  for (std::size_t k = 0; k < match_.targets.size(); ++k) {
    const RawColumn& column = table_.columns[match_.targets[k]];
    if (schema_.task == TaskKind::classification) {
      labels(column, known);
    } else {
      values(column, k, known);
    }
  }
  std::vector<std::uint32_t> rows;
  for (std::size_t row = 0; row < known.size(); ++row)
    if (known[row] != 0) rows.push_back(static_cast<std::uint32_t>(first_ + row));
  return rows;
}

void RowFiller::labels(const RawColumn& column, std::vector<char>& known) {
  const auto codes = codes_in(column, schema_.classes);
  std::size_t num_unknown = 0;
  for (std::size_t row = 0; row < codes.size(); ++row) {
    if (codes[row] != kMissingCode) {
      builder_.labels()[first_ + row] = static_cast<std::int32_t>(codes[row]);
    } else {
      known[row] = 0;
      num_unknown += column.is_missing(row) ? 0U : 1U;
    }
  }
  if (num_unknown > 0)
    notes_.push_back(counted(num_unknown, "row") + " of a class in '" + column.name +
                     "' that the training file lacks; not scored");
}

void RowFiller::values(const RawColumn& column, std::size_t target, std::vector<char>& known) {
  require_numbers(table_, column);
  for (std::size_t row = 0; row < table_.num_rows; ++row) {
    const double value = column.numbers[row];
    if (std::isinf(value))
      throw DataError(table_.place(row) + ": the target '" + column.name + "' is infinite (targets must be finite)");
    if (std::isnan(value)) {
      known[row] = 0;
    } else {
      builder_.targets()[(first_ + row) * schema_.targets.size() + target] = value;
    }
  }
}

void RowFiller::weights() {
  JURY_EXPECTS(match_.weight.has_value());
  const RawColumn& column = table_.columns[*match_.weight];
  require_numbers(table_, column);
  for (std::size_t row = 0; row < table_.num_rows; ++row) {
    if (!(column.numbers[row] >= 0 && column.numbers[row] <= kLargestFloat))
      throw DataError(table_.place(row) + ": the weight '" + column.name + "' is no finite number >= 0");
    builder_.weight()[first_ + row] = static_cast<float>(column.numbers[row]);
  }
}

}  // namespace jury
