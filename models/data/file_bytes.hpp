// Whole files into memory, packed or not, without trusting their size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>

#include "runtime/base/bytes.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/handle.hpp"

namespace jury {

/// Data that need more memory than there is.
class TooLargeError : public DataError {
 public:
  using DataError::DataError;
};

struct InputFileTraits {
  using type = int;
  static constexpr type null() noexcept { return -1; }
  static void close(type& fd) noexcept;
};

/// A regular file that is read from the front. What it throws is a DataError with its name.
class InputFile {
 public:
  explicit InputFile(std::filesystem::path path);

  std::uint64_t size() const noexcept { return size_; }
  /// Fills `bytes` with what comes next; less only where the file ends. The number of bytes read.
  std::size_t read(std::span<std::byte> bytes);

 private:
  std::filesystem::path path_;
  Handle<InputFileTraits> fd_;
  std::uint64_t size_ = 0;
};

/// Bytes of a file. Throws DataError when it cannot be read or is no regular file, TooLargeError when it is longer than
/// the limit.
Bytes read_file(const std::filesystem::path& path, std::uint64_t limit_bytes);

/// The same, unpacked when the name ends in .gz.
Bytes read_unpacked(const std::filesystem::path& path, std::uint64_t limit_bytes);

/// What a stream still has, to its end. Throws DataError when it cannot be read or is longer than the limit.
Bytes read_stream(std::FILE* stream, const std::string& name, std::uint64_t limit_bytes);

/// The content of a gzip file (RFC 1952), of one member or several. Refuses what grows beyond the
/// limit, or beyond 256 times its size once past 64 MiB: data of a study never does.
/// Throws DataError when it is damaged or ends early.
Bytes gunzip(std::span<const std::byte> packed, const std::string& source, std::uint64_t limit_bytes);

/// A gzip file of one member with this content; equal contents give equal bytes.
Bytes gzip(std::span<const std::byte> content);

/// The content of a raw deflate stream (RFC 1951) of exactly size_bytes.
Bytes inflate_raw(std::span<const std::byte> packed, const std::string& source, std::size_t size_bytes);

/// What the machine has left for us: the smallest of /proc/meminfo's MemAvailable and the limits of
/// the control group; 2^63 where nothing can be learned.
std::uint64_t available_memory();

}  // namespace jury
