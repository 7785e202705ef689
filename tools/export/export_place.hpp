// Where an export goes: a file, a folder or standard output, written aside and then renamed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace jury {

/// A file or folder to be written. "-" is standard output.
struct ExportPlace {
  enum class Kind : std::uint8_t { file, folder };

  std::string path;
  Kind kind = Kind::file;
  bool overwrite = false;         ///< what is there is replaced
  std::string_view ending = {};   ///< of the files that an export of this format writes, ".csv"
  std::string_view opening = {};  ///< or what their names begin with, "events.out.tfevents."

  bool is_output() const noexcept { return path == "-"; }
};

/// What is wrong with a place is known before any work. Throws ConfigError when something is there and is not to be
/// replaced, or is a folder that holds what no export of this format wrote, or when a folder or bytes would go to
/// standard output; IoError when its parent is not there.
void check_place(const ExportPlace& place);

/// Writes a file, or standard output. Throws IoError.
void write_export(const ExportPlace& place, std::string_view content);

/// Writes a folder of files by their names, "trial-3/events", aside, and puts it in place of what is there. Throws
/// IoError; nothing is left behind then.
void write_export(const ExportPlace& place, const std::map<std::string, std::string>& files);

}  // namespace jury
