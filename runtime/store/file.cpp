#include "runtime/store/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
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

Fd open_or_throw(FileSystem& files, const std::string& path, int flags, const char* what) {
  Fd fd(retried([&] { return files.open(path.c_str(), flags | O_CLOEXEC, kFileMode); }));
  if (!fd && errno == ELOOP && (flags & O_NOFOLLOW) != 0)
    throw IoError(std::string(what) + " '" + path + "' (it is a symbolic link, which is not followed)");
  if (!fd) throw_errno(what, path);
  return fd;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "host";
  return name.data();
}

}  // namespace

int FileSystem::open(const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); }
ssize_t FileSystem::write(int fd, const void* data, std::size_t size) { return ::write(fd, data, size); }
int FileSystem::truncate(int fd, off_t size) { return ::ftruncate(fd, size); }
int FileSystem::fsync(int fd) { return ::fsync(fd); }
int FileSystem::fdatasync(int fd) { return ::fdatasync(fd); }
int FileSystem::rename(const char* from, const char* to) { return ::rename(from, to); }
int FileSystem::unlink(const char* path) { return ::unlink(path); }
int FileSystem::mkdir(const char* path, mode_t mode) { return ::mkdir(path, mode); }

FileSystem& system_files() {
  static FileSystem files;
  return files;
}

void FdTraits::close(type& fd) noexcept { ::close(fd); }

File::File(std::string path, Fd fd, FileSystem& files) noexcept
    : path_(std::move(path)), fd_(std::move(fd)), files_(&files) {}

File File::read_only(const std::string& path) {
  return {path, open_or_throw(system_files(), path, O_RDONLY, "cannot open"), system_files()};
}

File File::create(const std::string& path, FileSystem& files) {
  return {path, open_or_throw(files, path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_APPEND, "cannot create"), files};
}

File File::append(const std::string& path, FileSystem& files) {
  return {path, open_or_throw(files, path, O_RDWR | O_NOFOLLOW | O_APPEND, "cannot open for writing"), files};
}

std::uint64_t File::size() const {
  struct stat about {};
  if (::fstat(fd_.get(), &about) != 0) throw_errno("cannot look at", path_);
  return static_cast<std::uint64_t>(about.st_size);
}

void File::write_all(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = retried([&] { return files_->write(fd_.get(), bytes.data(), bytes.size()); });
    if (count < 0) throw_errno("cannot write", path_);
    if (count == 0) throw IoError("cannot write '" + path_ + "' (the system takes no more bytes)");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void File::sync() {
  if (retried([&] { return files_->fsync(fd_.get()); }) != 0) throw_errno("cannot sync", path_);
}

void File::sync_data() {
  if (retried([&] { return files_->fdatasync(fd_.get()); }) != 0) throw_errno("cannot sync", path_);
}

void File::truncate(std::uint64_t size) {
  if (retried([&] { return files_->truncate(fd_.get(), static_cast<off_t>(size)); }) != 0)
    throw_errno("cannot cut", path_);
}

std::size_t File::read_at(std::uint64_t offset, std::span<std::byte> bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = retried([&] {
      return ::pread(fd_.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    });
    if (count < 0) throw_errno("cannot read", path_);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

bool File::try_lock() {
  if (retried([&] { return ::flock(fd_.get(), LOCK_EX | LOCK_NB); }) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  if (errno == ENOLCK || errno == ENOTSUP || errno == ENOSYS || errno == EINVAL) return true;
  throw_errno("cannot lock", path_);
}

void File::move_to(const std::string& path) {
  sync();
  if (files_->rename(path_.c_str(), path.c_str()) != 0) throw_errno("cannot rename to", path);
  path_ = path;
  sync_folder(folder_of(path), *files_);
}

bool File::is_at(const std::string& path) const {
  struct stat mine {};
  struct stat named {};
  if (::fstat(fd_.get(), &mine) != 0) throw_errno("cannot look at", path_);
  if (::stat(path.c_str(), &named) != 0) return false;
  return mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

void sync_folder(const std::string& folder, FileSystem& files) {
  const Fd fd = open_or_throw(files, folder, O_RDONLY | O_DIRECTORY, "cannot open the folder");
  if (retried([&] { return files.fsync(fd.get()); }) != 0) throw_errno("cannot sync the folder", folder);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_aside(const std::string& path) {
  static std::atomic<std::uint64_t> count{0};
  const std::string file = path.substr(path.rfind('/') + 1);  // npos + 1 is 0: the whole path
  return folder_of(path) + "/." + file + "." + host_name() + "." + std::to_string(::getpid()) + "." +
         std::to_string(count.fetch_add(1, std::memory_order_relaxed)) + ".tmp";
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

Bytes read_file(const std::string& path, std::uint64_t max_bytes) {
  const File file = File::read_only(path);
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
