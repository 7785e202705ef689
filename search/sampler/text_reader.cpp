#include "search/sampler/text_reader.hpp"

#include <charconv>
#include <cmath>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_word(char c) noexcept { return is_letter(c) || is_digit(c) || c == '-'; }
bool is_number(char c) noexcept { return is_word(c) || c == '.' || c == '+'; }

}  // namespace

void fail_at(std::size_t column, const std::string& text) {
  throw ConfigError("column " + std::to_string(column) + ": " + text);
}

void TextReader::skip_blanks() noexcept {
  while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t' || text_[position_] == '\n'))
    ++position_;
}

bool TextReader::at(std::string_view token) const noexcept {
  const std::string_view rest = text_.substr(position_);
  if (!rest.starts_with(token)) return false;
  return !is_letter(token.front()) || rest.size() == token.size() || !is_word(rest[token.size()]);
}

bool TextReader::accept(std::string_view token) noexcept {
  if (!at(token)) return false;
  position_ += token.size();
  skip_blanks();
  return true;
}

void TextReader::expect(std::string_view token) {
  if (!accept(token)) fail("'" + std::string(token) + "'");
}

void TextReader::expect_end() {
  if (!at_end()) fail("the end");
}

std::string_view TextReader::word() const noexcept {
  std::size_t end = position_;
  while (end < text_.size() && is_number(text_[end])) ++end;
  if (end == position_ && end < text_.size()) ++end;
  return text_.substr(position_, end - position_);
}

void TextReader::fail(std::string_view expected) const {
  fail_at(column(),
          "expected " + std::string(expected) + ", found " + (at_end() ? "the end" : "'" + std::string(word()) + "'"));
}

bool TextReader::at_name() const noexcept { return !at_end() && is_letter(text_[position_]); }

std::string TextReader::name() {
  if (!at_name()) fail("a name");
  const std::size_t begin = position_;
  while (position_ < text_.size() && is_word(text_[position_])) ++position_;
  const std::string name(text_.substr(begin, position_ - begin));
  skip_blanks();
  return name;
}

std::string TextReader::path() {
  if (!at_name()) fail("the path of a setting");
  const std::size_t begin = position_;
  while (position_ < text_.size() && (is_word(text_[position_]) || text_[position_] == '.')) ++position_;
  const std::string path(text_.substr(begin, position_ - begin));
  if (path.back() == '.' || path.find("..") != std::string::npos)
    fail_at(begin + 1, "the path '" + path + "' has an empty part");
  skip_blanks();
  return path;
}

bool TextReader::at_value() const noexcept {
  if (at_end()) return false;
  const char c = text_[position_];
  return is_digit(c) || std::string_view("+-.'\"[{").find(c) != std::string_view::npos || at("true") || at("false");
}

Config TextReader::value() {
  if (accept("true")) return Config(true);
  if (accept("false")) return Config(false);
  if (!at_value()) fail(at_name() ? "a value (texts in quotes)" : "a value");
  switch (text_[position_]) {
    case '[':
      return list();
    case '{':
      return table();
    case '\'':
    case '"':
      return text();
    default:
      return number();
  }
}

Config TextReader::number() {
  const std::string_view digits = word();
  const std::string_view bare = digits.starts_with('+') ? digits.substr(1) : digits;
  std::int64_t whole = 0;
  const auto [end, errc] = std::from_chars(bare.data(), bare.data() + bare.size(), whole);
  const bool is_whole = errc == std::errc{} && end == bare.data() + bare.size();
  const auto real = parse_number(digits);
  if (!is_whole && !(real && std::isfinite(*real))) fail("a number");
  position_ += digits.size();
  skip_blanks();
  return is_whole ? Config(whole) : Config(*real);
}

Config TextReader::text() {
  const std::size_t begin = position_;
  const char quote = text_[position_++];
  std::string out;
  while (position_ < text_.size() && text_[position_] != quote) {
    if (quote == '"' && text_[position_] == '\\' && position_ + 1 < text_.size()) ++position_;
    out += text_[position_++];
  }
  if (at_end()) fail_at(begin + 1, std::string("the text has no closing ") + quote);
  ++position_;
  skip_blanks();
  return Config(std::move(out));
}

Config TextReader::list() {
  expect("[");
  Config::List values;
  while (!at("]")) {
    values.push_back(value());
    if (!accept(",") && !at("]")) fail("',' or ']'");
  }
  expect("]");
  return Config(std::move(values));
}

Config TextReader::table() {
  expect("{");
  Config table;
  while (!at("}")) {
    const std::size_t begin = column();
    const std::string key = at("'") || at("\"") ? *text().as<std::string>() : name();
    if (table.find(key) != nullptr) fail_at(begin, "the key '" + key + "' is given twice");
    expect("=");
    table.set(key, value());
    if (!accept(",") && !at("}")) fail("',' or '}'");
  }
  expect("}");
  return table;
}

}  // namespace jury
