// Files that are really on disk: write all of it, sync it, and say what went wrong where.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/base/handle.hpp"

namespace jury {

/// The system calls that the store makes, each as in POSIX: -1 and errno on failure. A test overrides
/// the ones it wants to fail, or all of them (tests/support/fake_files.hpp). HDF5 makes its own.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual int open(const char* path, int flags, mode_t mode);
  virtual void close(int fd) noexcept;
  virtual ssize_t read_at(int fd, void* data, std::size_t size, off_t offset);
  virtual ssize_t write(int fd, const void* data, std::size_t size);
  virtual ssize_t write_at(int fd, const void* data, std::size_t size, off_t offset);
  virtual int truncate(int fd, off_t size);
  virtual int fsync(int fd);
  virtual int fdatasync(int fd);
  virtual int try_lock(int fd);  ///< exclusive, as flock() does; EWOULDBLOCK while another has it
  virtual int fstat(int fd, struct stat& about);
  virtual int stat(const char* path, struct stat& about);
  virtual int lstat(const char* path, struct stat& about);
  virtual int rename(const char* from, const char* to);
  virtual int unlink(const char* path);
  virtual int mkdir(const char* path, mode_t mode);
  virtual int rmdir(const char* path);
  virtual int list(const char* path, std::vector<std::string>& names);  ///< but "." and ".."
};

/// The machine's own.
FileSystem& system_files();

struct FdTraits {
  using type = int;
  static type null() noexcept { return -1; }
  static void close(type& fd) noexcept;
};
using Fd = Handle<FdTraits>;

struct OpenFileTraits {
  struct type {
    int fd = -1;
    FileSystem* files = nullptr;
    bool operator==(const type&) const = default;
  };
  static type null() noexcept { return {}; }
  static void close(type& file) noexcept { file.files->close(file.fd); }
};

/// An open file with its path for messages. Everything it throws is an IoError that names the path, of a name aside
/// the one that is meant, and the system's reason.
class File {
 public:
  /// Opens for reading.
  static File read_only(const std::string& path, FileSystem& files = system_files());
  /// Creates the file, or empties the one that is there. Permissions are the user's umask, and never
  /// writable by group or others; a symbolic link at `path` is refused, not followed.
  static File create(const std::string& path, FileSystem& files = system_files());
  /// Opens an existing file for reading, and for writing at its end; refuses a symbolic link.
  static File append(const std::string& path, FileSystem& files = system_files());

  /// Opens an existing file for writing over what is there; refuses a symbolic link.
  static File overwrite(const std::string& path, FileSystem& files = system_files());

  const std::string& path() const noexcept { return path_; }
  std::uint64_t size() const;
  /// Writes every byte, however many calls that takes.
  void write_all(std::span<const std::byte> bytes);
  /// Writes every byte at an offset. Expects a file that was not opened by append() or create().
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  /// Content, size and times are on disk after this.
  void sync();
  /// Content and size are on disk after this; cheaper.
  void sync_data();
  /// Cuts the file to `size` bytes.
  void truncate(std::uint64_t size);
  /// Reads at an offset until `bytes` is full or the file ends; the number of bytes read.
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> bytes) const;
  /// Takes an exclusive lock that ends with this object or its process: false when another process
  /// holds it. True as well where the file system knows no locks.
  [[nodiscard]] bool try_lock();
  /// Renames the file to `path` for good: syncs it, renames it, syncs the folder. After a crash either
  /// the old or the new content is at `path`, never a mixture.
  void move_to(const std::string& path);
  /// True when `path` still names this very file.
  bool is_at(const std::string& path) const;

 private:
  File(std::string path, Handle<OpenFileTraits> file) noexcept;
  std::size_t written(ssize_t count) const;
  int fd() const noexcept { return file_.get().fd; }
  FileSystem& files() const noexcept { return *file_.get().files; }

  std::string path_;
  Handle<OpenFileTraits> file_;
};

/// Whom what this process makes is for.
enum class Privacy { umask, owner };

/// From now on nothing that this process makes is writable by group or others, whatever made it (HDF5, a log); with
/// Privacy::owner it is not readable by them either. Keeps what the user's umask forbids. For the whole process: to be
/// called before it has threads.
void restrict_new_files(Privacy privacy);

/// Whether there is anything of this name, also a symbolic link that leads nowhere. Throws IoError when that
/// cannot be told.
bool exists(const std::string& path, FileSystem& files = system_files());

/// Names in a folder, sorted.
std::vector<std::string> names_in(const std::string& folder, FileSystem& files = system_files());

/// Whether there is a folder of this name itself, no symbolic link to one.
bool is_real_folder(const std::string& path, FileSystem& files = system_files());

/// Removes a file, or a folder with all that is in it, and follows no symbolic link. What is not there is no error.
void remove_tree(const std::string& path, FileSystem& files = system_files());

/// Makes entries of a folder (created, renamed, removed names) last.
void sync_folder(const std::string& folder, FileSystem& files = system_files());

/// "runs/a" of "runs/a/journal", "." of "journal".
std::string folder_of(const std::string& path);

/// A name beside `path` for writing it aside: ".<file>.<host>.<pid>.<count>.tmp". No other process
/// or thread gets the same.
std::string name_aside(const std::string& path);

/// The path that a name of name_aside(), of this process, stands for, also where it is a folder on the way; another
/// path is itself. For messages: who reads them knows nothing of the name aside.
std::string meant_by(const std::string& path);

/// Writes a whole file aside, and moves it to `path`. On failure nothing is left behind.
void replace_file(const std::string& path, std::span<const std::byte> bytes, FileSystem& files = system_files());
void replace_file(const std::string& path, std::string_view text, FileSystem& files = system_files());

/// The whole file. Throws DataError when it is larger than `max_bytes`, IoError when it cannot be read.
Bytes read_file(const std::string& path, std::uint64_t max_bytes = std::uint64_t{1} << 30,
                FileSystem& files = system_files());
std::string read_text_file(const std::string& path, std::uint64_t max_bytes = std::uint64_t{1} << 30);

/// Removes a file; one that is not there is no error.
void remove_file(const std::string& path, FileSystem& files = system_files());

}  // namespace jury
