// A file system whose n-th call fails.
#pragma once

#include <algorithm>
#include <cerrno>

#include "runtime/store/file.hpp"

namespace jury {

/// Never waits for the disk, for tests that write many files.
class UnsyncedFiles final : public FileSystem {
 public:
  int fsync(int) override { return 0; }
  int fdatasync(int) override { return 0; }
};

/// Counts the calls that change the disk and fails the one numbered `fail_at` (from 0), and every one
/// after it, with `error`. A failing write takes half of its bytes first, as a full disk does.
class FaultyFiles final : public FileSystem {
 public:
  explicit FaultyFiles(int fail_at = -1, int error = ENOSPC) : fail_at_(fail_at), error_(error) {}

  int num_calls() const noexcept { return num_calls_; }
  bool has_failed() const noexcept { return fail_at_ >= 0 && num_calls_ > fail_at_; }
  /// Largest number of bytes that one write takes.
  void limit_writes(std::size_t bytes) noexcept { max_write_ = bytes; }

  ssize_t write(int fd, const void* data, std::size_t size) override {
    if (half_written_ || fails()) {
      if (half_written_ || size < 2) return refuse();
      half_written_ = true;
      return FileSystem::write(fd, data, size / 2);
    }
    return FileSystem::write(fd, data, std::min(size, max_write_));
  }
  int open(const char* path, int flags, mode_t mode) override {
    return fails() ? refuse() : FileSystem::open(path, flags, mode);
  }
  int truncate(int fd, off_t size) override { return fails() ? refuse() : FileSystem::truncate(fd, size); }
  int fsync(int fd) override { return fails() ? refuse() : FileSystem::fsync(fd); }
  int fdatasync(int fd) override { return fails() ? refuse() : FileSystem::fdatasync(fd); }
  int rename(const char* from, const char* to) override { return fails() ? refuse() : FileSystem::rename(from, to); }
  int mkdir(const char* path, mode_t mode) override { return fails() ? refuse() : FileSystem::mkdir(path, mode); }

 private:
  bool fails() { return num_calls_++ >= fail_at_ && fail_at_ >= 0; }
  int refuse() const {
    errno = error_;
    return -1;
  }

  int fail_at_;
  int error_;
  int num_calls_ = 0;
  bool half_written_ = false;
  std::size_t max_write_ = ~std::size_t{0};
};

}  // namespace jury
