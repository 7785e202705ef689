// Small conversions between what people write and what programs use.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jury {

/// Seconds in "90", "1.5h", "3h50min", "20min", "10 s", "2d"; nothing when the text is no duration.
/// Units: d, h, min or m, s, ms; largest first.
std::optional<double> parse_duration(std::string_view text);

/// "3h50min", "12.3 s", "450 ms": a duration for people.
std::string format_duration(double seconds);

/// "512 B", "3.2 MiB": a size for people.
std::string format_bytes(double bytes);

/// "1 fold", "3 folds".
std::string counted(std::uint64_t count, std::string_view noun);

/// "a, b, c, ...": the first ten names.
std::string listed(const std::vector<std::string>& names);

/// Number of insertions, deletions, substitutions and swaps of neighbours that make a of b
/// (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// " did you mean 'x'?" with the nearest known name when one is near, else "".
std::string nearest_suggestion(std::string_view name, const std::vector<std::string_view>& known);

/// " did you mean 'x'?" with the nearest known name when one is near, else " (known: ...)" when
/// there are few, else "".
std::string suggestion(std::string_view name, const std::vector<std::string_view>& known);

/// Text without blanks (space, tab, CR, LF) at either end.
std::string_view trimmed(std::string_view text) noexcept;

/// Parts between separators; "a,,b" has three. They lie in the text, which must outlive them.
std::vector<std::string_view> split_text(std::string_view text, char separator);
template <std::same_as<std::string> T>
void split_text(T&& text_that_ends, char separator) = delete;

/// The whole text as a number, or nothing. Accepts what std::from_chars does, and a leading '+'.
std::optional<double> parse_number(std::string_view text) noexcept;

/// The order people expect: numbers within texts compare as numbers, and a list comes before a longer one that begins
/// like it: [4], [16], [16, 8], [32].
bool natural_less(std::string_view a, std::string_view b);

}  // namespace jury
