#include "tools/command/shared_places.hpp"

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

namespace fs = std::filesystem;

constexpr std::array kOfEachNode = {"/tmp", "/var/tmp", "/run", "/var/run", "/dev", "/proc"};

bool is_in(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

// What there is of a path.
fs::path existing_part(fs::path path) {
  while (!fs::exists(path) && path.has_relative_path()) path = path.parent_path();
  return path;
}

bool is_in_memory(const fs::path& path) {
  struct statfs about {};
  if (::statfs(existing_part(path).c_str(), &about) != 0) return false;
  return about.f_type == TMPFS_MAGIC || about.f_type == RAMFS_MAGIC;
}

}  // namespace

void expect_seen_by_all_nodes(const std::string& what, const std::string& path,
                              const std::vector<std::string>& shared) {
  const fs::path place = fs::weakly_canonical(fs::absolute(path));
  if (std::ranges::any_of(shared,
                          [&](const std::string& folder) { return is_in(place, fs::weakly_canonical(folder)); }))
    return;
  const auto own = std::ranges::find_if(kOfEachNode, [&](const char* folder) { return is_in(place, folder); });
  std::string why;
  if (own != kOfEachNode.end())
    why = fmt::format("each node has its own {}", *own);
  else if (is_in_memory(place))
    why = "its file system is in this machine's memory";
  if (why.empty()) return;
  throw ConfigError(fmt::format(
      "{} '{}' is not seen by all nodes ({}) use a folder that they share, or name it in 'shared' of slurm.toml", what,
      path, why));
}

}  // namespace jury
