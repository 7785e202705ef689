#include "models/data/text_columns.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "models/data/decimal.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/memory.hpp"

namespace jury {

std::string_view without_quotes(std::string_view cell) noexcept {
  if (cell.size() >= 2 && cell.front() == '\'' && cell.back() == '\'') return cell.substr(1, cell.size() - 2);
  return cell;
}

CellNumber number_of(std::string_view cell) noexcept {
  cell = without_quotes(cell);
  CellNumber number;
  if (read_decimal(cell.data(), cell.data() + cell.size(), number.value) == cell.data() + cell.size()) {
    number.is_number = !cell.empty();
    return number;
  }
  if (cell.starts_with('+')) cell.remove_prefix(1);
  const auto [end, errc] = std::from_chars(cell.data(), cell.data() + cell.size(), number.value);
  number.is_number = errc == std::errc{} && end == cell.data() + cell.size() && !cell.empty();
  return number;
}

TextColumn::TextColumn(std::string name, FeatureKind kind, Certainty certainty) : certainty_(certainty) {
  column_.name = std::move(name);
  column_.kind = kind;
}

std::string TextColumn::place_of(std::string_view cell, std::uint32_t line, const ReadRequest& request) const {
  return request.path.string() + ":" + std::to_string(line) + ": '" + std::string(cell.substr(0, 60)) +
         "' in column '" + column_.name + "'";
}

std::string TextColumn::text_problem(std::string_view cell, std::uint32_t line, const ReadRequest& request) const {
  return place_of(cell, line, request) +
         " is no number (the column has numbers) correct it, or list it in data.missing, "
         "or the column in data.categorical or data.ignore";
}

void TextColumn::report(const std::string& problem) {
  if (certainty_ == Certainty::settled) throw DataError(problem);
  if (column_.problem.empty()) column_.problem = problem;
}

void TextColumn::add(std::string_view cell, std::uint32_t line, const ReadRequest& request) {
  cell = without_quotes(cell);
  if (column_.kind == FeatureKind::categorical) {
    if (request.is_missing(cell)) return column_.codes.push_back(kMissingCode);
    const auto [entry, is_new] = codes_.try_emplace(cell, static_cast<std::uint32_t>(column_.vocabulary.size()));
    if (is_new) column_.vocabulary.emplace_back(cell);
    return column_.codes.push_back(entry->second);
  }
  if (request.is_missing(cell)) return column_.numbers.push_back(kMissingNumber);
  const CellNumber number = number_of(cell);
  if (number.is_number && std::isinf(number.value)) {
    report(place_of(cell, line, request) + " is not finite (numbers must be) correct it, or list it in data.missing");
    return column_.numbers.push_back(kMissingNumber);
  }
  if (!number.is_number) {
    if (certainty_ == Certainty::settled) report(text_problem(cell, line, request));
    if (num_texts_++ == 0) {
      first_text_ = cell;
      first_line_ = line;
    }
    return column_.numbers.push_back(kMissingNumber);
  }
  ++num_numbers_;
  column_.numbers.push_back(number.value);
}

void TextColumn::add_numbers(const double* numbers, std::size_t rows, std::size_t stride) {
  const std::size_t before = column_.numbers.size();
  column_.numbers.resize(before + rows);
  double* const to = column_.numbers.data() + before;
  for (std::size_t row = 0; row < rows; ++row) {
    to[row] = numbers[row * stride];
    num_numbers_ += std::isnan(to[row]) ? 0U : 1U;
  }
}

void TextColumn::reserve(std::size_t rows) {
  if (column_.kind == FeatureKind::categorical) return column_.codes.reserve(rows);
  column_.numbers.reserve(rows);
  prefer_large_pages(column_.numbers.data(), rows * sizeof(double));
}

bool TextColumn::was_wrong() const noexcept {
  return column_.kind == FeatureKind::numeric && num_texts_ > 0 && num_texts_ >= num_numbers_;
}

RawColumn TextColumn::finish(const std::vector<std::uint32_t>& lines, const ReadRequest& request) && {
  if (column_.kind == FeatureKind::numeric) {
    if (num_texts_ > 0) report(text_problem(first_text_, first_line_, request));
    return std::move(column_);
  }
  if (certainty_ == Certainty::settled) return std::move(column_);
  std::vector<bool> is_text;
  for (const std::string& text : column_.vocabulary) is_text.push_back(!number_of(text).is_number);
  std::size_t texts = 0, numbers = 0, first = column_.codes.size();
  for (std::size_t row = 0; row < column_.codes.size(); ++row) {
    const std::uint32_t code = column_.codes[row];
    if (code == kMissingCode) continue;
    if (is_text[code]) first = std::min(first, row);
    ++(is_text[code] ? texts : numbers);
  }
  if (texts > 0 && numbers > texts)
    report(text_problem(column_.vocabulary[column_.codes[first]], lines[first], request));
  return std::move(column_);
}

}  // namespace jury
