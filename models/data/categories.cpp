#include "models/data/categories.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "models/data/text_columns.hpp"

namespace jury {
namespace {

void numbers_to_codes(RawColumn& column) {
  std::map<double, std::uint32_t> codes;
  for (const double number : column.numbers)
    if (!std::isnan(number)) codes.try_emplace(number, 0);
  std::uint32_t next = 0;
  for (auto& [number, code] : codes) {
    code = next++;
    column.vocabulary.push_back(fmt::format("{}", number));
  }
  column.codes.reserve(column.numbers.size());
  for (const double number : column.numbers) column.codes.push_back(std::isnan(number) ? kMissingCode : codes[number]);
  column.numbers = {};
  column.kind = FeatureKind::categorical;
}

}  // namespace

bool sort_categories(std::vector<std::uint32_t>& codes, const std::vector<std::string>& texts) {
  const bool numbers =
      std::all_of(codes.begin(), codes.end(), [&](std::uint32_t code) { return number_of(texts[code]).is_number; });
  if (numbers) {
    const auto value = [&](std::uint32_t code) { return number_of(texts[code]).value; };
    std::stable_sort(codes.begin(), codes.end(), [&](auto a, auto b) { return value(a) < value(b); });
  } else {
    std::sort(codes.begin(), codes.end(), [&](auto a, auto b) { return texts[a] < texts[b]; });
  }
  return numbers;
}

void make_categorical(RawColumn& column) {
  if (column.kind == FeatureKind::numeric) return numbers_to_codes(column);
  std::vector<char> used(column.vocabulary.size());
  for (const std::uint32_t code : column.codes)
    if (code != kMissingCode) used[code] = 1;
  std::vector<std::uint32_t> order;
  for (std::uint32_t code = 0; code < used.size(); ++code)
    if (used[code] != 0) order.push_back(code);

  const auto& texts = column.vocabulary;
  const bool all_numbers = !column.ordered && sort_categories(order, texts);
  const auto value = [&](std::uint32_t code) { return number_of(texts[code]).value; };
  std::vector<std::uint32_t> renamed(texts.size(), kMissingCode);
  std::vector<std::string> vocabulary;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool repeats = all_numbers && i > 0 && value(order[i]) == value(order[i - 1]);
    if (!repeats) vocabulary.push_back(all_numbers ? fmt::format("{}", value(order[i])) : texts[order[i]]);
    renamed[order[i]] = static_cast<std::uint32_t>(vocabulary.size() - 1);
  }
  for (std::uint32_t& code : column.codes)
    if (code != kMissingCode) code = renamed[code];
  column.vocabulary = std::move(vocabulary);
}

std::size_t append_rows(RawColumn& column, const RawColumn& more, Unknown unknown) {
  if (column.kind == FeatureKind::numeric) {
    column.numbers.insert(column.numbers.end(), more.numbers.begin(), more.numbers.end());
    return more.numbers.size();
  }
  std::map<std::string_view, std::uint32_t> codes;
  for (std::uint32_t code = 0; code < column.vocabulary.size(); ++code) codes.emplace(column.vocabulary[code], code);
  std::vector<std::uint32_t> renamed;
  for (const std::string& text : more.vocabulary) {
    const auto found = codes.find(text);
    renamed.push_back(found == codes.end() ? kMissingCode : found->second);
  }
  std::size_t first_unknown = more.codes.size();
  for (std::size_t row = more.codes.size(); row-- > 0;)
    if (more.codes[row] != kMissingCode && renamed[more.codes[row]] == kMissingCode) first_unknown = row;
  if (unknown == Unknown::added)
    for (std::size_t code = 0; code < renamed.size(); ++code) {
      if (renamed[code] != kMissingCode) continue;
      renamed[code] = static_cast<std::uint32_t>(column.vocabulary.size());
      column.vocabulary.push_back(more.vocabulary[code]);
    }
  for (const std::uint32_t code : more.codes) column.codes.push_back(code == kMissingCode ? code : renamed[code]);
  return first_unknown;
}

std::vector<std::uint32_t> codes_in(const RawColumn& column, std::span<const std::string> vocabulary) {
  std::map<std::string_view, std::uint32_t> by_text;
  std::map<double, std::uint32_t> by_number;
  for (std::uint32_t code = 0; code < vocabulary.size(); ++code) {
    by_text.try_emplace(vocabulary[code], code);
    const CellNumber number = number_of(vocabulary[code]);
    if (number.is_number && !std::isnan(number.value)) by_number.try_emplace(number.value, code);
  }
  const auto of_number = [&](double number) {
    const auto found = std::isnan(number) ? by_number.end() : by_number.find(number);
    return found == by_number.end() ? kMissingCode : found->second;
  };
  std::vector<std::uint32_t> codes;
  if (column.kind == FeatureKind::numeric) {
    for (const double number : column.numbers) codes.push_back(of_number(number));
    return codes;
  }
  std::vector<std::uint32_t> renamed;
  for (const std::string& text : column.vocabulary) {
    const auto found = by_text.find(text);
    const CellNumber number = number_of(text);
    renamed.push_back(found != by_text.end() ? found->second
                      : number.is_number     ? of_number(number.value)
                                             : kMissingCode);
  }
  for (const std::uint32_t code : column.codes) codes.push_back(code == kMissingCode ? code : renamed[code]);
  return codes;
}

}  // namespace jury
