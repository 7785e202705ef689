// The scripts and the style of the page, built once by tools/report/build.mjs and part of the program.
#pragma once

#include <string_view>

namespace jury {

std::string_view report_script() noexcept;
std::string_view report_style() noexcept;
/// "sha256-<base64>" of the script, as a Content-Security-Policy names it.
std::string_view report_script_hash() noexcept;

}  // namespace jury
