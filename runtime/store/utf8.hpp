// Text that every reader takes.
#pragma once

#include <string>
#include <string_view>

namespace jury {

/// The text with each byte that is not part of valid UTF-8, and each NUL, replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace jury
