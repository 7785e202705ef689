// A file system in memory, in one thread, whose every call can fail or be the last.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/store/file.hpp"
#include "support/fake_disk.hpp"

namespace jury {

/// What goes wrong, once, at one call.
struct Fault {
  enum class Kind {
    none,
    stop_before,  ///< the process dies instead of the call
    stop_after,   ///< it dies after it
    stop_within,  ///< it dies when a write has taken a part
    error,   ///< the call fails with `error` (one that only looks, with EIO); a write or a sync may have done a part of
             ///< it
    errors,  ///< and so does every later one that changes anything, until restart()
    short_write,  ///< a write takes a part only; other calls are interrupted by a signal
  };
  Kind kind = Kind::none;
  std::uint64_t call = 0;  ///< number of the call, from 0 since the last restart
  int error = EIO;
};

/// What a restart leaves of what was never synced: all of it (the process died), or what the disk
/// happened to write (the machine did).
enum class Outage { process, power };

/// The file system of one process that may die and start again. Knows no links and no permissions:
/// everything belongs to whoever asks.
class FakeFiles final : public FileSystem {
 public:
  /// Thrown where the process dies, and by every call after that. No std::exception: nothing catches it.
  struct Stop {};

  explicit FakeFiles(std::uint64_t seed) : rng_(seed), root_(make_node(true)) {}

  void plan(const Fault& fault) { fault_ = fault; }
  std::uint64_t num_calls() const noexcept { return num_calls_; }

  /// A new process, after the old one died, failed or ended.
  void restart(Outage loss) {
    opened_.clear();
    holders_.clear();
    if (loss == Outage::power) root_->cut_power(rng_);
    fault_ = {};
    num_calls_ = 0;
    stopped_ = false;
  }

  /// What a program would read; null where there is nothing. No call, so nothing fails.
  const FakeNode* find(const std::string& path) const { return node_at(path).get(); }

  int open(const char* path, int flags, mode_t) override {
    const bool creates = (flags & O_CREAT) != 0;
    return call(creates || (flags & O_TRUNC) != 0, [&] {
      std::shared_ptr<FakeNode> node = node_at(path);
      if (!node && creates && folder_at(path)) {
        node = make_node(false);
        folder_at(path)->name({{name_in(path), node}});
      }
      if (!node) return refuse(ENOENT);
      if (node->is_folder() != ((flags & O_DIRECTORY) != 0)) return refuse(node->is_folder() ? EISDIR : ENOTDIR);
      if ((flags & O_TRUNC) != 0 && !node->content().empty()) node->truncate(0);
      opened_.emplace(++last_fd_, node);
      return last_fd_;
    });
  }
  void close(int fd) noexcept override {
    std::erase_if(holders_, [&](const auto& holder) { return holder.second == fd; });
    opened_.erase(fd);
  }
  ssize_t read_at(int fd, void* data, std::size_t size, off_t offset) override {
    return call(false, [&]() -> ssize_t {
      const Bytes& content = opened_.at(fd)->content();
      const std::size_t begin = std::min(content.size(), static_cast<std::size_t>(offset));
      const std::size_t count = std::min(size, content.size() - begin);
      std::copy_n(content.data() + begin, count, static_cast<std::byte*>(data));
      return static_cast<ssize_t>(count);
    });
  }
  ssize_t write(int fd, const void* data, std::size_t size) override {
    const auto opened = opened_.find(fd);
    const std::uint64_t end = opened == opened_.end() ? 0 : opened->second->content().size();
    return write_at(fd, data, size, static_cast<off_t>(end));  // every file is written at its end
  }
  ssize_t write_at(int fd, const void* data, std::size_t size, off_t offset) override {
    const auto bytes = std::span(static_cast<const std::byte*>(data), size);
    const auto take = [&](std::size_t count) {
      opened_.at(fd)->write(static_cast<std::uint64_t>(offset), bytes.first(count));
      return static_cast<ssize_t>(count);
    };
    const bool in_part =
        is_next(Fault::Kind::stop_within) || is_next(Fault::Kind::error) || is_next(Fault::Kind::errors);
    if (!stopped_ && in_part) take(size - 1 - rng_.below(size));
    if (!stopped_ && is_next(Fault::Kind::short_write)) return ++num_calls_, take(1 + rng_.below(size));
    return call(true, [&] { return take(size); });
  }
  int truncate(int fd, off_t size) override {
    return call(true, [&] { return opened_.at(fd)->truncate(static_cast<std::uint64_t>(size)), 0; });
  }
  int fsync(int fd) override {
    if (!stopped_ && (is_next(Fault::Kind::error) || (is_next(Fault::Kind::errors)))) opened_.at(fd)->fail_sync(rng_);
    return call(true, [&] { return opened_.at(fd)->sync(), 0; });
  }
  int fdatasync(int fd) override { return fsync(fd); }
  int try_lock(int fd) override {
    return call(false, [&] {
      const auto [holder, is_mine] = holders_.emplace(opened_.at(fd)->number(), fd);
      return is_mine || holder->second == fd ? 0 : refuse(EWOULDBLOCK);
    });
  }
  int fstat(int fd, struct stat& about) override {
    return call(false, [&] { return describe(*opened_.at(fd), about); });
  }
  int stat(const char* path, struct stat& about) override {
    return call(false, [&] {
      const auto node = node_at(path);
      return node ? describe(*node, about) : refuse(ENOENT);
    });
  }
  int lstat(const char* path, struct stat& about) override { return stat(path, about); }
  int rename(const char* from, const char* to) override {
    return call(true, [&] {
      const auto node = node_at(from);
      if (!node || !folder_at(to)) return refuse(ENOENT);
      JURY_EXPECTS(folder_at(from) == folder_at(to));  // nobody needs more
      return folder_at(to)->name({{name_in(from), nullptr}, {name_in(to), node}}), 0;
    });
  }
  int unlink(const char* path) override { return remove(path, false); }
  int rmdir(const char* path) override { return remove(path, true); }
  int mkdir(const char* path, mode_t) override {
    return call(true, [&] {
      if (node_at(path)) return refuse(EEXIST);
      if (!folder_at(path)) return refuse(ENOENT);
      return folder_at(path)->name({{name_in(path), make_node(true)}}), 0;
    });
  }
  int list(const char* path, std::vector<std::string>& names) override {
    return call(false, [&] {
      const auto node = node_at(path);
      if (!node || !node->is_folder()) return refuse(node ? ENOTDIR : ENOENT);
      for (const auto& [name, below] : node->names()) names.push_back(name);
      return 0;
    });
  }

 private:
  // Every call of the store comes through here: it is counted, and the fault strikes.
  template <class Act>
  auto call(bool changes, const Act& act) -> decltype(act()) {
    if (stopped_) throw Stop();
    const bool now = num_calls_++ == fault_.call;
    const bool later = num_calls_ > fault_.call + 1;
    using Kind = Fault::Kind;
    if (now && (fault_.kind == Kind::stop_before || fault_.kind == Kind::stop_within)) stop();
    if ((now && fault_.kind == Kind::error) || ((now || later) && changes && fault_.kind == Kind::errors))
      return refuse(changes ? fault_.error : EIO);
    if (now && fault_.kind == Kind::short_write) return refuse(EINTR);
    const auto result = act();
    if (now && fault_.kind == Kind::stop_after) stop();
    return result;
  }
  bool is_next(Fault::Kind kind) const noexcept { return num_calls_ == fault_.call && fault_.kind == kind; }
  [[noreturn]] void stop() {
    stopped_ = true;
    throw Stop();
  }
  static int refuse(int error) {
    errno = error;
    return -1;
  }

  int remove(const char* path, bool folder) {
    return call(true, [&] {
      const auto node = node_at(path);
      if (!node) return refuse(ENOENT);
      if (node->is_folder() != folder) return refuse(folder ? ENOTDIR : EISDIR);
      if (!node->names().empty()) return refuse(ENOTEMPTY);
      return folder_at(path)->name({{name_in(path), nullptr}}), 0;
    });
  }
  std::shared_ptr<FakeNode> make_node(bool folder) { return std::make_shared<FakeNode>(folder, ++last_node_); }
  static int describe(const FakeNode& node, struct stat& about) {
    about = {};
    about.st_dev = 1;
    about.st_ino = node.number();
    about.st_uid = ::geteuid();
    about.st_mode = node.is_folder() ? S_IFDIR | 0755U : S_IFREG | 0644U;
    about.st_size = static_cast<off_t>(node.content().size());
    return 0;
  }

  static std::string name_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }
  std::shared_ptr<FakeNode> folder_at(const std::string& path) const { return node_at(folder_of(path)); }
  std::shared_ptr<FakeNode> node_at(const std::string& path) const {
    if (path == "/") return root_;
    const auto folder = folder_at(path);
    if (!folder) return nullptr;
    const auto found = folder->names().find(name_in(path));
    return found == folder->names().end() ? nullptr : found->second;
  }

  Rng rng_;
  Fault fault_;
  std::uint64_t num_calls_ = 0;
  bool stopped_ = false;
  std::uint64_t last_node_ = 0;
  int last_fd_ = 2;
  std::shared_ptr<FakeNode> root_;
  std::map<int, std::shared_ptr<FakeNode>> opened_;
  std::map<std::uint64_t, int> holders_;  // of locks, by node
};

}  // namespace jury
