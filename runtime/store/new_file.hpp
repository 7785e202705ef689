// Files that a command is asked to write: what is wrong with them is known before any work.
#pragma once

#include <cstdint>
#include <string>

namespace jury {

/// What to do with a file that is there already.
enum class Existing : std::uint8_t { refuse, replace };

/// Throws ConfigError where the path is a folder, or there already and not to be replaced; IoError where its folder is
/// not there.
void require_new_file(const std::string& path, Existing existing);

}  // namespace jury
