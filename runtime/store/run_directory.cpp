#include "runtime/store/run_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"
#include "runtime/store/journal.hpp"

namespace jury {
namespace {

constexpr std::size_t kMaxNameBytes = 100;

// Everything a run may leave in its folder.
constexpr std::array<std::string_view, 11> kMembers = {
    "journal", "results.h5",  "report.html",    "summary.json",  "trials.csv",     "log.txt",
    "blobs",   "checkpoints", "trial_settings", "progress.json", "experiment.toml"};

// What name_aside() gives.
bool is_aside(std::string_view name) { return name.starts_with('.') && name.ends_with(".tmp"); }

bool is_aside_of_member(std::string_view name) {
  return is_aside(name) && std::ranges::any_of(kMembers, [&](std::string_view member) {
           return name.substr(1).starts_with(std::string(member) + ".");
         });
}

bool is_member(std::string_view name) {
  return is_aside(name) || name.starts_with("journal.torn-") ||
         std::find(kMembers.begin(), kMembers.end(), name) != kMembers.end();
}

void remove_asides_below(const std::string& folder, FileSystem& files) {
  for (const std::string& name : names_in(folder, files)) {
    const std::string path = folder + "/" + name;
    if (is_aside(name))
      remove_file(path, files);
    else if (is_real_folder(path, files))
      remove_asides_below(path, files);
  }
}

bool is_own_folder(const std::string& path, FileSystem& files) {
  struct stat about {};
  if (files.stat(path.c_str(), about) == 0) return S_ISDIR(about.st_mode) && about.st_uid == ::geteuid();
  if (errno == ENOENT || errno == ENOTDIR) return false;
  throw_errno("cannot look at", path);
}

// Makes the folder, and those above it that are missing. Also syncs the names of those that are there: who made
// them may have died before it did.
void make_folders(const std::string& path, FileSystem& files) {
  const std::string above = folder_of(path);
  struct stat about {};
  const bool there = files.stat(path.c_str(), about) == 0 && S_ISDIR(about.st_mode);
  if (above != path && (!there || is_own_folder(above, files))) make_folders(above, files);
  if (there && (above == path || !is_own_folder(above, files))) return;
  if (!there && files.mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) throw_errno("cannot create the folder", path);
  sync_folder(above, files);
}

void expect_own(const std::string& path, FileSystem& files) {
  struct stat about {};
  if (files.stat(path.c_str(), about) != 0) throw_errno("cannot look at", path);
  if (about.st_uid != ::geteuid())
    throw IoError("run directory '" + path + "' belongs to another user (its owner is user " +
                  std::to_string(about.st_uid) + ") choose another with --output");
}

// Removes the members of a run, and nothing else: the journal first, because without it there is no
// run, and the experiment last.
void wipe(const std::string& path, FileSystem& files) {
  std::vector<std::string> names = names_in(path, files);
  const auto order = [](const std::string& name) { return name == "journal" ? 0 : name == "experiment.toml" ? 2 : 1; };
  std::stable_sort(names.begin(), names.end(), [&](const auto& a, const auto& b) { return order(a) < order(b); });
  for (const std::string& name : names)
    if (is_member(name)) remove_tree(path + "/" + name, files);
  sync_folder(path, files);
}

// Throws IoError while another process writes the run.
void expect_unused(const std::string& journal, FileSystem& files) {
  if (!File::append(journal, files).try_lock())
    throw IoError("journal '" + journal + "' is in use (another process holds its lock) wait until it has ended");
}

}  // namespace

std::string RunDirectory::path_for(const std::string& output_dir, std::string_view name, std::uint64_t identity) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  if (name.empty() || name.size() > kMaxNameBytes || name.front() == '.' ||
      !std::all_of(name.begin(), name.end(), allowed))
    throw ConfigError("experiment.name cannot name a folder (1 to " + std::to_string(kMaxNameBytes) +
                      " letters, digits, '.', '_' and '-', not beginning with '.')");
  const std::string folder = output_dir.empty() ? "." : output_dir;
  return folder + (folder.ends_with('/') ? "" : "/") + std::string(name) + "-" + hex(identity).substr(0, 8);
}

RunState RunDirectory::state_of(const std::string& path, FileSystem& files) {
  struct stat about {};
  if (files.stat(path.c_str(), about) != 0) {
    if (errno == ENOENT) return RunState::absent;
    throw_errno("cannot look at", path);
  }
  if (!S_ISDIR(about.st_mode)) return RunState::foreign;
  const std::vector<std::string> names = names_in(path, files);
  if (std::find(names.begin(), names.end(), "journal") == names.end())
    return std::all_of(names.begin(), names.end(), is_member) ? RunState::empty : RunState::foreign;
  try {
    return is_finished_journal(path + "/journal", files) ? RunState::finished : RunState::unfinished;
  } catch (const DataError&) {
    return RunState::foreign;
  }
}

RunDirectory RunDirectory::open(const std::string& path, RunMode mode, FileSystem& files) {
  const RunState state = state_of(path, files);
  if (state == RunState::foreign) {
    if (exists(path + "/journal", files)) is_finished_journal(path + "/journal", files);  // says what is wrong
    throw ConfigError("'" + path + "' is not a run of jury (it holds something else) choose another with --output");
  }
  if (state != RunState::absent) expect_own(path, files);
  const bool is_run = state == RunState::unfinished || state == RunState::finished;
  if (is_run && mode == RunMode::fresh)
    throw ConfigError(state == RunState::finished
                          ? "'" + path + "' holds a finished run (it is not overwritten) add --overwrite to replace it"
                          : "'" + path +
                                "' holds an unfinished run (it is not overwritten) add --resume to continue "
                                "it or --overwrite to replace it");
  make_folders(path, files);
  if (mode != RunMode::overwrite) return {path, state};
  if (is_run) expect_unused(path + "/journal", files);
  if (state != RunState::absent) wipe(path, files);
  return {path, RunState::empty};
}

void RunDirectory::remove_asides(FileSystem& files) const {
  for (const std::string& name : names_in(path_, files)) {
    if (is_aside_of_member(name)) remove_file(path_ + "/" + name, files);
    if (name == "blobs" || name == "checkpoints") remove_asides_below(path_ + "/" + name, files);
  }
}

void RunDirectory::hide() const {
  if (::chmod(path_.c_str(), S_IRWXU) != 0) throw_errno("cannot make private", path_);
}

RunDirectory RunDirectory::existing(const std::string& path, FileSystem& files) {
  const RunState state = state_of(path, files);
  if (state == RunState::foreign && exists(path + "/journal", files))
    is_finished_journal(path + "/journal", files);  // says what is wrong
  if (state != RunState::unfinished && state != RunState::finished)
    throw ConfigError(state == RunState::absent ? "there is no run directory '" + path + "'"
                                                : "'" + path + "' is not a run of jury (it has no journal)");
  return {path, state};
}

}  // namespace jury
