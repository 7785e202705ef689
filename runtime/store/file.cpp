#include "runtime/store/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr mode_t kFileMode = 0644;  // less the umask: never writable by group or others

// Repeats a call that a signal interrupted.
template <class Call>
auto retried(const Call& call) {
  for (;;) {
    const auto result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "host";
  return name.data();
}

// What names aside have behind the name of the file: only this process has made them.
std::string aside_mark() { return "." + host_name() + "." + std::to_string(::getpid()) + "."; }

// As throw_errno(), in the user's terms.
[[noreturn]] void throw_of(const char* what, const std::string& path) {
  const int code = errno;
  const std::string meant = meant_by(path);
  errno = code;
  throw_errno(meant == path ? what : "cannot write", meant);
}

Handle<OpenFileTraits> open_or_throw(FileSystem& files, const std::string& path, int flags, const char* what) {
  const int fd = retried([&] { return files.open(path.c_str(), flags | O_CLOEXEC, kFileMode); });
  if (fd < 0 && errno == ELOOP && (flags & O_NOFOLLOW) != 0)
    throw IoError(std::string(what) + " '" + path + "' (it is a symbolic link, which is not followed)");
  if (fd < 0) throw_of(what, path);
  return Handle<OpenFileTraits>({fd, &files});
}

}  // namespace

int FileSystem::open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
void FileSystem::close(int fd) noexcept { ::close(fd); }
ssize_t FileSystem::read_at(int fd, void* data, std::size_t size, off_t offset) {
  return ::pread(fd, data, size, offset);
}
ssize_t FileSystem::write(int fd, const void* data, std::size_t size) { return ::write(fd, data, size); }
ssize_t FileSystem::write_at(int fd, const void* data, std::size_t size, off_t offset) {
  return ::pwrite(fd, data, size, offset);
}
int FileSystem::truncate(int fd, off_t size) { return ::ftruncate(fd, size); }
int FileSystem::fsync(int fd) { return ::fsync(fd); }
int FileSystem::fdatasync(int fd) { return ::fdatasync(fd); }
int FileSystem::try_lock(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB); }
int FileSystem::fstat(int fd, struct stat& about) { return ::fstat(fd, &about); }
int FileSystem::stat(const char* path, struct stat& about) { return ::stat(path, &about); }
int FileSystem::lstat(const char* path, struct stat& about) { return ::lstat(path, &about); }
int FileSystem::rename(const char* from, const char* to) { return ::rename(from, to); }
int FileSystem::unlink(const char* path) { return ::unlink(path); }
int FileSystem::mkdir(const char* path, mode_t mode) { return ::mkdir(path, mode); }
int FileSystem::rmdir(const char* path) { return ::rmdir(path); }
int FileSystem::list(const char* path, std::vector<std::string>& names) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(path), &::closedir);
  if (!dir) return -1;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(dir.get());
    if (entry == nullptr) return errno == 0 ? 0 : -1;
    if (const std::string_view name = entry->d_name; name != "." && name != "..") names.emplace_back(name);
  }
}

FileSystem& system_files() {
  static FileSystem files;
  return files;
}

void FdTraits::close(type& fd) noexcept { ::close(fd); }

File::File(std::string path, Handle<OpenFileTraits> file) noexcept : path_(std::move(path)), file_(std::move(file)) {}

File File::read_only(const std::string& path, FileSystem& files) {
  return {path, open_or_throw(files, path, O_RDONLY, "cannot open")};
}

File File::create(const std::string& path, FileSystem& files) {
  return {path, open_or_throw(files, path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_APPEND, "cannot create")};
}

File File::append(const std::string& path, FileSystem& files) {
  return {path, open_or_throw(files, path, O_RDWR | O_NOFOLLOW | O_APPEND, "cannot open for writing")};
}

File File::overwrite(const std::string& path, FileSystem& files) {
  return {path, open_or_throw(files, path, O_RDWR | O_NOFOLLOW, "cannot open for writing")};
}

std::uint64_t File::size() const {
  struct stat about {};
  if (files().fstat(fd(), about) != 0) throw_errno("cannot look at", path_);
  return static_cast<std::uint64_t>(about.st_size);
}

void File::write_all(std::span<const std::byte> bytes) {
  while (!bytes.empty()) bytes = bytes.subspan(written(files().write(fd(), bytes.data(), bytes.size())));
}

void File::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::size_t count = written(files().write_at(fd(), bytes.data(), bytes.size(), static_cast<off_t>(offset)));
    bytes = bytes.subspan(count);
    offset += count;
  }
}

// How far a write came; 0 when a signal interrupted it.
std::size_t File::written(ssize_t count) const {
  if (count < 0 && errno == EINTR) return 0;
  if (count < 0) throw_of("cannot write", path_);
  if (count == 0) throw IoError("cannot write '" + meant_by(path_) + "' (the system takes no more bytes)");
  return static_cast<std::size_t>(count);
}

void File::sync() {
  if (retried([&] { return files().fsync(fd()); }) != 0) throw_of("cannot sync", path_);
}

void File::sync_data() {
  if (retried([&] { return files().fdatasync(fd()); }) != 0) throw_of("cannot sync", path_);
}

void File::truncate(std::uint64_t size) {
  if (retried([&] { return files().truncate(fd(), static_cast<off_t>(size)); }) != 0) throw_errno("cannot cut", path_);
}

std::size_t File::read_at(std::uint64_t offset, std::span<std::byte> bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = retried([&] {
      return files().read_at(fd(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    });
    if (count < 0) throw_errno("cannot read", path_);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

bool File::try_lock() {
  if (retried([&] { return files().try_lock(fd()); }) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  if (errno == ENOLCK || errno == ENOTSUP || errno == ENOSYS || errno == EINVAL) return true;
  throw_errno("cannot lock", path_);
}

void File::move_to(const std::string& path) {
  sync();
  if (files().rename(path_.c_str(), path.c_str()) != 0) throw_errno("cannot rename to", path);
  path_ = path;
  sync_folder(folder_of(path), files());
}

bool File::is_at(const std::string& path) const {
  struct stat mine {};
  struct stat named {};
  if (files().fstat(fd(), mine) != 0) throw_errno("cannot look at", path_);
  if (files().stat(path.c_str(), named) != 0) return false;
  return mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

bool exists(const std::string& path, FileSystem& files) {
  struct stat about {};
  if (files.lstat(path.c_str(), about) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  throw_errno("cannot look at", path);
}

void restrict_new_files(Privacy privacy) {
  const mode_t given = ::umask(S_IRWXG | S_IRWXO);
  if (privacy == Privacy::umask) ::umask(given | S_IWGRP | S_IWOTH);
}

bool is_real_folder(const std::string& path, FileSystem& files) {
  struct stat about {};
  if (files.lstat(path.c_str(), about) == 0) return S_ISDIR(about.st_mode);
  if (errno == ENOENT || errno == ENOTDIR) return false;
  throw_errno("cannot look at", path);
}

void remove_tree(const std::string& path, FileSystem& files) {
  if (!is_real_folder(path, files)) return remove_file(path, files);
  for (const std::string& name : names_in(path, files)) remove_tree(path + "/" + name, files);
  if (files.rmdir(path.c_str()) != 0 && errno != ENOENT) throw_errno("cannot remove the folder", path);
}

std::vector<std::string> names_in(const std::string& folder, FileSystem& files) {
  std::vector<std::string> names;
  if (files.list(folder.c_str(), names) != 0) throw_errno("cannot read the folder", folder);
  std::sort(names.begin(), names.end());
  return names;
}

void sync_folder(const std::string& folder, FileSystem& files) {
  const Handle<OpenFileTraits> opened = open_or_throw(files, folder, O_RDONLY | O_DIRECTORY, "cannot open the folder");
  if (retried([&] { return files.fsync(opened.get().fd); }) != 0) throw_errno("cannot sync the folder", folder);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_aside(const std::string& path) {
  static std::atomic<std::uint64_t> count{0};
  const std::string file = path.substr(path.rfind('/') + 1);  // npos + 1 is 0: the whole path
  return folder_of(path) + "/." + file + aside_mark() + std::to_string(count.fetch_add(1, std::memory_order_relaxed)) +
         ".tmp";
}

std::string meant_by(const std::string& path) {
  const std::string mark = aside_mark();
  if (path.find(mark) == std::string::npos) return path;
  std::string meant;
  for (const std::string_view part : split_text(path, '/')) {
    const std::size_t end = part.rfind(mark);
    const bool is_aside = end != std::string_view::npos && part.starts_with('.') && part.ends_with(".tmp");
    meant.append(meant.empty() ? "" : "/").append(is_aside ? part.substr(1, end - 1) : part);
  }
  if (path.starts_with('/')) return "/" + meant;
  return meant.starts_with("./") ? meant.substr(2) : meant;
}

void replace_file(const std::string& path, std::span<const std::byte> bytes, FileSystem& files) {
  const std::string aside = name_aside(path);
  try {
    File file = File::create(aside, files);
    file.write_all(bytes);
    file.move_to(path);
  } catch (const IoError&) {
    files.unlink(aside.c_str());
    throw;
  }
}

void replace_file(const std::string& path, std::string_view text, FileSystem& files) {
  replace_file(path, std::as_bytes(std::span(text)), files);
}

Bytes read_file(const std::string& path, std::uint64_t max_bytes, FileSystem& files) {
  const File file = File::read_only(path, files);
  const std::uint64_t size = file.size();
  if (size > max_bytes)
    throw DataError("'" + path + "' is too large (" + format_bytes(static_cast<double>(size)) + ", at most " +
                    format_bytes(static_cast<double>(max_bytes)) + " expected here)");
  Bytes bytes(static_cast<std::size_t>(size));
  bytes.resize(file.read_at(0, bytes));
  return bytes;
}

std::string read_text_file(const std::string& path, std::uint64_t max_bytes) {
  const Bytes bytes = read_file(path, max_bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void remove_file(const std::string& path, FileSystem& files) {
  if (files.unlink(path.c_str()) != 0 && errno != ENOENT) throw_errno("cannot remove", path);
}

}  // namespace jury
