// Versions of jury and of the libraries it runs with.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace jury {

std::string jury_version();
/// `git describe` of the source at configure time, or "".
std::string jury_git();
/// Name and version of each library whose results or files matter.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace jury
