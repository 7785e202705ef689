#include "runtime/store/new_file.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "runtime/base/error.hpp"
#include "runtime/store/file.hpp"

namespace jury {

void require_new_file(const std::string& path, Existing existing) {
  std::error_code none;
  if (std::filesystem::is_directory(path, none))
    throw ConfigError(fmt::format("'{}' is a folder (name the file in it)", path));
  if (existing == Existing::refuse && exists(path))
    throw ConfigError(fmt::format("'{}' is there already (--overwrite replaces it)", path));
  if (const std::string folder = folder_of(path); !std::filesystem::is_directory(folder, none))
    throw IoError(fmt::format("cannot write '{}' (there is no folder '{}')", path, folder));
}

}  // namespace jury
