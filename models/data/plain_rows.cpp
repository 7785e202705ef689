#include "models/data/plain_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "models/data/decimal.hpp"
#include "models/data/text_records.hpp"

namespace jury {
namespace {

constexpr std::size_t kBlockNumbers = 4096;  // 32 KiB: stays in the first cache
constexpr std::size_t kMostBlockRows = 64;

bool trims(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }

}  // namespace

PlainRows::PlainRows(std::span<TextColumn> columns, char separator, const ReadRequest& request)
    : columns_(columns),
      separator_(separator),
      blanks_(separator == TextRecords::kBlanks),
      request_(request),
      empty_is_missing_(request.is_missing("")) {
  for (const TextColumn& column : columns) {
    is_numeric_.push_back(column.kind() == FeatureKind::numeric ? 1 : 0);
    num_numeric_ += static_cast<std::size_t>(is_numeric_.back());
  }
  number_may_be_missing_ = std::any_of(request.missing.begin(), request.missing.end(),
                                       [](const std::string& text) { return number_of(text).is_number; });
  may_be_few_digits_ = !blanks_ && !number_may_be_missing_;
  block_rows_ = std::clamp<std::size_t>(kBlockNumbers / std::max<std::size_t>(num_numeric_, 1), 1, kMostBlockRows);
  block_.resize(block_rows_ * num_numeric_);
}

const char* PlainRows::behind_blanks(const char* at, const char* end) const noexcept {
  while (at != end && trims(*at) && (*at != separator_ || blanks_)) ++at;
  return at;
}

// A cell's blanks behind it are taken, too.
bool PlainRows::read_number(const char*& at, const char* end, double& number) const {
  const char* const behind = read_decimal(at, end, number);
  if (behind == nullptr) {
    number = kMissingNumber;
    at = behind_blanks(at, end);
    return empty_is_missing_ && !blanks_ && (at == end || is_end_of_cell(*at));
  }
  if (number_may_be_missing_ && request_.is_missing({at, static_cast<std::size_t>(behind - at)}))
    number = kMissingNumber;
  at = behind;
  return true;
}

bool PlainRows::read_text(const char*& at, const char* end, std::string_view& cell) const {
  if (at != end && *at == '"' && !blanks_) {
    const char* const begin = at + 1;
    const auto* quote = static_cast<const char*>(std::memchr(begin, '"', static_cast<std::size_t>(end - begin)));
    if (quote == nullptr || std::memchr(begin, '\n', static_cast<std::size_t>(quote - begin)) != nullptr) return false;
    cell = {begin, static_cast<std::size_t>(quote - begin)};
    at = quote + 1;
    return true;  // a second quote, or a text, is no end of a cell
  }
  const char* const begin = at;
  at = blanks_ ? std::find_if(at, end, [](char c) { return trims(c) || c == '\n'; }) : cell_end(at, end, separator_);
  const char* last = at;
  while (last != begin && trims(last[-1])) --last;
  cell = {begin, static_cast<std::size_t>(last - begin)};
  return true;
}

// To the next cell; the last one must end its line and no other may.
bool PlainRows::step_over_separator(const char*& at, const char* end, bool is_last) const noexcept {
  if (at != end && *at == separator_ && !blanks_ && !is_last) {
    ++at;
    return true;
  }
  const char* const behind = at;
  at = behind_blanks(at, end);
  const bool ends_line = at == end || *at == '\n';
  if (is_last || ends_line) return is_last && ends_line;
  if (blanks_) return at != behind;
  return *at++ == separator_;
}

std::size_t PlainRows::take(std::string_view text, std::uint32_t line) {
  const char *at = text.data(), *const end = at + text.size();
  double* numbers = block_.data() + rows_ * num_numeric_;
  texts_.clear();
  const std::size_t count = columns_.size();
  if (blanks_) at = behind_blanks(at, end);
  for (std::size_t j = 0; j < count; ++j) {
    if (is_numeric_[j] != 0 && may_be_few_digits_) {
      const char stop = j + 1 == count ? '\n' : separator_;
      if (const char* const behind = read_few_digits(at, end, stop, *numbers); behind != nullptr) {
        ++numbers;
        at = j + 1 == count ? behind : behind + 1;
        continue;
      }
    }
    while (at != end && *at == ' ' && !blanks_) ++at;
    if (is_numeric_[j] != 0) {
      if (!read_number(at, end, *numbers++)) return 0;
    } else {
      if (at != end && (*at == '\t' || *at == '\r')) return 0;
      if (!read_text(at, end, texts_.emplace_back())) return 0;
    }
    if (!step_over_separator(at, end, j + 1 == count)) return 0;
  }
  const auto taken = static_cast<std::size_t>(at - text.data());
  // A line without anything in it is no row.
  if (count == 1 && (texts_.empty() ? std::all_of(text.data(), at, trims) : texts_[0].empty())) return 0;
  std::size_t k = 0;
  for (std::size_t j = 0; j < count && k < texts_.size(); ++j)
    if (is_numeric_[j] == 0) columns_[j].add(texts_[k++], line, request_);
  if (++rows_ == block_rows_) flush();
  return at == end ? taken : taken + 1;
}

void PlainRows::flush() {
  std::size_t k = 0;
  for (std::size_t j = 0; j < columns_.size() && rows_ > 0; ++j)
    if (is_numeric_[j] != 0) columns_[j].add_numbers(block_.data() + k++, rows_, num_numeric_);
  rows_ = 0;
}

}  // namespace jury
