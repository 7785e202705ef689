// Reads the small language of search spaces: names, signs and values, with the column of each mistake.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "runtime/base/config.hpp"

namespace jury {

/// A text that is read from left to right; blanks between words do not count. Every reading function
/// throws ConfigError "column N: expected X, found Y" when the text goes on otherwise.
class TextReader {
 public:
  explicit TextReader(std::string_view text) : text_(text) { skip_blanks(); }

  /// Whether the text goes on with this sign, or with this whole word.
  bool at(std::string_view token) const noexcept;
  /// The same, and moves behind it.
  bool accept(std::string_view token) noexcept;
  void expect(std::string_view token);
  bool at_end() const noexcept { return position_ == text_.size(); }
  void expect_end();

  bool at_name() const noexcept;
  /// Letters, digits, '_' and '-', beginning with a letter or '_'.
  std::string name();
  /// Names joined by dots; later parts may begin with a digit, "preprocess.0.with".
  std::string path();

  /// A number, a text in ' or ", true, false, a list [a, b] or a table {a = 1, b = 2}.
  bool at_value() const noexcept;
  Config value();

  /// Where the next word begins, from 1.
  std::size_t column() const noexcept { return position_ + 1; }
  /// "column N: expected <what>, found <the next word>".
  [[noreturn]] void fail(std::string_view expected) const;

 private:
  void skip_blanks() noexcept;
  std::string_view word() const noexcept;
  Config number();
  Config text();
  Config list();
  Config table();

  std::string_view text_;
  std::size_t position_ = 0;
};

/// "column N: <text>" as a ConfigError: for what reads well and means nothing.
[[noreturn]] void fail_at(std::size_t column, const std::string& text);

}  // namespace jury
