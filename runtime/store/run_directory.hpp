// The folder of one run: where it is, what state it is in, and where its members are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/store/file.hpp"

namespace jury {

enum class RunState {
  absent,
  empty,       ///< nothing in it but what a run leaves before its journal
  unfinished,  ///< a journal, and work left
  finished,    ///< a journal that says so
  foreign,     ///< something else
};

/// What to do with a run that is there already.
enum class RunMode {
  fresh,      ///< refuse
  resume,     ///< continue it; where there is none, start one
  overwrite,  ///< remove it and start again
};

/// A folder that belongs to one run. Members are plain files whose names never change.
class RunDirectory {
 public:
  /// "<output_dir>/<name>-<8 hex digits of the identity>". Throws ConfigError unless the name is made
  /// of letters, digits, '.', '_' and '-', does not begin with '.', and has 1 to 100 characters.
  static std::string path_for(const std::string& output_dir, std::string_view name, std::uint64_t identity);

  /// What is at `path`. Throws IoError when it cannot be looked at.
  static RunState state_of(const std::string& path, FileSystem& files = system_files());

  /// Makes the folder ready for a run, creating it (and folders above) where needed. Throws
  /// ConfigError when the mode forbids what is there or something foreign is there; IoError when it
  /// belongs to another user, another process is writing it, or cannot be made.
  static RunDirectory open(const std::string& path, RunMode mode, FileSystem& files = system_files());

  /// A run that exists, for reading it. Throws ConfigError when there is none.
  static RunDirectory existing(const std::string& path, FileSystem& files = system_files());

  /// Removes what was written aside and never put in its place, by sessions that were killed. For who holds the
  /// journal's lock. Throws IoError.
  void remove_asides(FileSystem& files = system_files()) const;

  /// Nobody but its owner may enter it from now on, also where it was made by an earlier session. Throws IoError.
  void hide() const;

  const std::string& path() const noexcept { return path_; }
  /// As it was found, before open() changed anything; empty after an overwrite.
  RunState state() const noexcept { return state_; }

  std::string experiment_toml() const { return path_ + "/experiment.toml"; }
  std::string journal() const { return path_ + "/journal"; }
  std::string results() const { return path_ + "/results.h5"; }
  std::string report() const { return path_ + "/report.html"; }
  std::string summary() const { return path_ + "/summary.json"; }
  std::string trials_csv() const { return path_ + "/trials.csv"; }
  std::string log() const { return path_ + "/log.txt"; }
  std::string progress() const { return path_ + "/progress.json"; }
  std::string blobs() const { return path_ + "/blobs"; }

 private:
  RunDirectory(std::string path, RunState state) : path_(std::move(path)), state_(state) {}

  std::string path_;
  RunState state_;
};

}  // namespace jury
