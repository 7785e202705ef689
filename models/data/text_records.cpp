#include "models/data/text_records.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view without_blanks(const char* begin, const char* end) noexcept {
  while (begin != end && is_blank(*begin)) ++begin;
  while (begin != end && is_blank(end[-1])) --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

// A bit in the highest place of each byte that is zero; beyond the first such byte there may be others (Mycroft 1987).
constexpr std::uint64_t zero_bytes(std::uint64_t word) noexcept {
  return (word - 0x0101010101010101U) & ~word & 0x8080808080808080U;
}

// `at` stands on an opening quote. Behind the closing one, or the end where there is none.
const char* behind_quotes(const char* at, const char* end) noexcept {
  for (++at; at != end; ++at) {
    at = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
    if (at == nullptr) return end;
    if (++at == end || *at != '"') return at;
  }
  return end;
}

}  // namespace

const char* cell_end(const char* at, const char* end, char separator) noexcept {
  const std::uint64_t separators = 0x0101010101010101U * static_cast<unsigned char>(separator);
  constexpr std::uint64_t kLineEnds = 0x0101010101010101U * static_cast<unsigned char>('\n');
  for (; end - at >= 8; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    if (const std::uint64_t found = zero_bytes(word ^ separators) | zero_bytes(word ^ kLineEnds); found != 0)
      return at + std::countr_zero(found) / 8;
  }
  while (at != end && *at != separator && *at != '\n') ++at;
  return at;
}

TextRecords::TextRecords(std::string_view text, char separator, std::string source, std::uint32_t lines_before)
    : text_(text),
      separator_(separator),
      source_(std::move(source)),
      lines_before_(lines_before),
      next_line_(lines_before + 1) {}

void TextRecords::rewind() noexcept {
  at_ = 0;
  line_ = 0;
  next_line_ = lines_before_ + 1;
}

// at_ stands on the opening quote; afterwards behind the closing one.
std::string_view TextRecords::quoted_cell() {
  const std::size_t begin = ++at_;
  bool doubled = false;
  for (;; ++at_) {
    const std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos)
      throw DataError(source_ + ":" + std::to_string(line_) + ": a quote has no end");
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') break;
    doubled = true;
  }
  const std::string_view inside = text_.substr(begin, at_ - 1 - begin);
  for (const char c : inside) next_line_ += c == '\n' ? 1U : 0U;
  if (!doubled) return inside;
  std::string& plain = unquoted_.emplace_back();
  for (std::size_t i = 0; i < inside.size(); ++i) {
    plain += inside[i];
    if (inside[i] == '"') ++i;
  }
  return plain;
}

bool TextRecords::next(std::vector<std::string_view>& cells) {
  cells.clear();
  const std::size_t size = text_.size();
  const char* const data = text_.data();
  while (at_ < size) {
    line_ = next_line_;
    for (;;) {  // one cell a round
      if (separator_ == kBlanks)
        while (at_ < size && is_blank(data[at_])) ++at_;
      std::size_t begin = at_;
      while (begin < size && data[begin] == ' ' && separator_ != kBlanks) ++begin;
      std::string_view cell;
      if (begin < size && data[begin] == '"' && separator_ != kBlanks) {
        at_ = begin;
        cell = quoted_cell();
        begin = at_;
        at_ = static_cast<std::size_t>(cell_end(data + at_, data + size, separator_) - data);
        if (!without_blanks(data + begin, data + at_).empty())
          throw DataError(source_ + ":" + std::to_string(line_) + ": there is text behind a closing quote");
      } else {
        if (separator_ == kBlanks) {
          while (at_ < size && !is_blank(data[at_]) && data[at_] != '\n') ++at_;
        } else {
          at_ = static_cast<std::size_t>(cell_end(data + at_, data + size, separator_) - data);
        }
        cell = without_blanks(data + begin, data + at_);
      }
      const bool end_of_line = at_ == size || data[at_] == '\n';
      if (separator_ != kBlanks || !cell.empty()) cells.push_back(cell);
      if (at_ < size) ++at_;
      if (end_of_line) break;
    }
    ++next_line_;
    const bool blank = cells.empty() || (cells.size() == 1 && cells[0].empty());
    if (!blank) return true;
    cells.clear();
  }
  return false;
}

std::size_t count_line_ends(std::string_view text) noexcept {
  std::size_t count = 0;
  for (const char *at = text.data(), *const end = at + text.size(); at != end; ++count, ++at) {
    at = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    if (at == nullptr) break;
  }
  return count;
}

char detect_separator(std::string_view text) noexcept {
  static constexpr std::array<char, 4> candidates = {',', ';', '\t', '|'};
  std::array<std::size_t, 4> counts{};
  bool inside = false;
  for (const char c : text) {
    if (c == '"') inside = !inside;
    if (inside) continue;
    if (c == '\n') break;
    for (std::size_t i = 0; i < candidates.size(); ++i) counts[i] += c == candidates[i] ? 1U : 0U;
  }
  return candidates[static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

std::size_t whole_records(std::string_view text, char separator) noexcept {
  if (separator == TextRecords::kBlanks || text.find('"') == std::string_view::npos) return text.rfind('\n') + 1;
  const char *at = text.data(), *const end = at + text.size();
  std::size_t whole = 0;
  while (at != end) {  // one cell a round
    while (at != end && *at == ' ') ++at;
    if (at != end && *at == '"') at = behind_quotes(at, end);
    at = cell_end(at, end, separator);
    if (at == end) break;
    if (*at++ == '\n') whole = static_cast<std::size_t>(at - text.data());
  }
  return whole;
}

std::string_view text_of(const char* data, std::size_t size, const std::string& source, std::uint32_t lines_before) {
  std::string_view text(data, size);
  const bool is_front = lines_before == 0;
  if (is_front && (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")))
    throw DataError(source + ": is UTF-16 text (only UTF-8 is read) save it as UTF-8");
  if (text.find('\0') != std::string_view::npos) throw DataError(source + ": is no text (it holds zero bytes)");
  if (is_front && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text;
}

}  // namespace jury
