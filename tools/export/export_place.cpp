#include "tools/export/export_place.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "runtime/base/error.hpp"
#include "runtime/store/file.hpp"
#include "runtime/store/new_file.hpp"

namespace jury {
namespace {

namespace fs = std::filesystem;

void check_output(const ExportPlace& place) {
  if (place.kind == ExportPlace::Kind::folder)
    throw ConfigError("a folder of files does not go to standard output (--output names the folder)");
  const bool is_text = place.ending == ".csv" || place.ending == ".json" || place.ending == ".log";
  if (!is_text && isatty(STDOUT_FILENO) == 1)
    throw ConfigError("this export is no text for a terminal (redirect standard output, or give --output a file)");
}

// The first file of a folder that no export of this format wrote, or "".
std::string foreign_file(const ExportPlace& place) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(place.path, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (at->is_directory() && !at->is_symlink()) continue;
    const bool ours = place.opening.empty() ? name.ends_with(place.ending) : name.starts_with(place.opening);
    if (!ours || at->is_symlink()) return name;
  }
  if (error) throw IoError(fmt::format("cannot read '{}' ({})", place.path, error.message()));
  return {};
}

std::string parent_of(const std::string& path) {
  const fs::path whole(path);
  return folder_of((whole.has_filename() ? whole : whole.parent_path()).string());
}

void make_folder(const std::string& path) {
  constexpr mode_t kMode = 0777;  // less the umask
  if (system_files().mkdir(path.c_str(), kMode) < 0) throw_errno("cannot write", meant_by(path));
}

void rename_to(const std::string& from, const std::string& to) {
  if (system_files().rename(from.c_str(), to.c_str()) < 0) throw_errno("cannot write", to);
}

}  // namespace

void check_place(const ExportPlace& place) {
  const std::string& path = place.path;
  if (place.is_output()) return check_output(place);
  if (place.kind == ExportPlace::Kind::file)
    return require_new_file(path, place.overwrite ? Existing::replace : Existing::refuse);
  std::error_code none;
  if (const std::string parent = parent_of(path); !fs::is_directory(parent, none))
    throw IoError(fmt::format("cannot write '{}' (there is no folder '{}')", path, parent));
  if (!exists(path)) return;
  if (!place.overwrite) throw ConfigError(fmt::format("'{}' is there already (--overwrite replaces it)", path));
  if (!fs::is_directory(path, none) || fs::is_symlink(path, none))
    throw ConfigError(fmt::format("'{}' is no folder (this format writes several files: name a folder)", path));
  if (const std::string foreign = foreign_file(place); !foreign.empty())
    throw ConfigError(
        fmt::format("'{}' holds what this export did not write (say '{}') name another folder", path, foreign));
}

void write_export(const ExportPlace& place, std::string_view content) {
  if (place.is_output()) {
    std::fwrite(content.data(), 1, content.size(), stdout);
    return;
  }
  replace_file(place.path, content);
}

void write_export(const ExportPlace& place, const std::map<std::string, std::string>& files) {
  std::string path = place.path;
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  const std::string aside = name_aside(path);
  try {
    make_folder(aside);
    for (const auto& [name, content] : files) {
      for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
        if (const std::string folder = aside + "/" + name.substr(0, slash); !exists(folder)) make_folder(folder);
      replace_file(aside + "/" + name, content);
    }
    if (exists(path)) {
      const std::string old = name_aside(path);
      rename_to(path, old);
      rename_to(aside, path);
      remove_tree(old);
    } else {
      rename_to(aside, path);
    }
    sync_folder(folder_of(path));
  } catch (const Error&) {
    remove_tree(aside);
    throw;
  }
}

}  // namespace jury
