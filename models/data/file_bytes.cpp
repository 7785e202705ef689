#include "models/data/file_bytes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>

#include "runtime/base/error.hpp"
#include "runtime/base/memory.hpp"
#include "runtime/base/text.hpp"

namespace jury {
namespace {

constexpr std::uint64_t kHarmlessBytes = std::uint64_t{64} << 20;
constexpr std::uint64_t kGreatestRatio = 256;

[[noreturn]] void unreadable(const std::filesystem::path& path, const std::string& why) {
  throw DataError("data file '" + path.string() + "' cannot be read (" + why + ")");
}

// A zlib stream and its end.
class Inflater {
 public:
  explicit Inflater(int window_bits) {
    if (inflateInit2(&stream_, window_bits) != Z_OK) throw DataError("zlib cannot start (out of memory)");
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Consumes from the front of `in` and fills the front of `out`; the zlib code is returned.
  int run(std::span<const std::byte>& in, std::span<std::byte>& out) {
    static constexpr std::size_t kStep = std::size_t{1} << 30;  // zlib counts in 32 bits
    const std::size_t given = std::min(in.size(), kStep), room = std::min(out.size(), kStep);
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
    stream_.avail_in = static_cast<uInt>(given);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(room);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    in = in.subspan(given - stream_.avail_in);
    out = out.subspan(room - stream_.avail_out);
    return code;
  }
  void reset() { inflateReset(&stream_); }

 private:
  z_stream stream_{};
};

// "<name> <number>" out of a small text file, as in /proc/meminfo; without a name, the first number.
std::uint64_t number_in(const char* path, std::string_view name) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(name)) continue;
    const auto number = parse_number(trimmed(split_text(trimmed(std::string_view(line).substr(name.size())), ' ')[0]));
    if (number && *number >= 0 && *number < 9e18) return static_cast<std::uint64_t>(*number);
  }
  return std::numeric_limits<std::uint64_t>::max();
}

std::uint64_t cgroup_left(const char* limit_path, const char* used_path) {
  const std::uint64_t limit = number_in(limit_path, ""), used = number_in(used_path, "");
  if (limit == std::numeric_limits<std::uint64_t>::max() || used == limit)
    return std::numeric_limits<std::uint64_t>::max();
  return limit > used ? limit - used : 0;
}

}  // namespace

void InputFileTraits::close(type& fd) noexcept { ::close(fd); }

InputFile::InputFile(std::filesystem::path path) : path_(std::move(path)) {
  const int opened = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (opened < 0) unreadable(path_, std::strerror(errno));
  fd_ = Handle<InputFileTraits>(opened);
  struct stat info {};
  if (::fstat(opened, &info) != 0) unreadable(path_, std::strerror(errno));
  if (S_ISDIR(info.st_mode)) unreadable(path_, "it is a folder");
  if (!S_ISREG(info.st_mode)) unreadable(path_, "it is no regular file");
  size_ = static_cast<std::uint64_t>(info.st_size);
}

std::size_t InputFile::read(std::span<std::byte> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got =
        ::read(fd_.get(), bytes.data() + done, std::min<std::size_t>(bytes.size() - done, std::size_t{1} << 30));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) unreadable(path_, std::strerror(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Bytes read_file(const std::filesystem::path& path, std::uint64_t limit_bytes) {
  InputFile file(path);
  const std::uint64_t size = file.size();
  if (size > limit_bytes)
    throw TooLargeError("data file '" + path.string() + "' cannot be read (" + format_bytes(static_cast<double>(size)) +
                        " do not fit into the " + format_bytes(static_cast<double>(limit_bytes)) +
                        " of memory there are)");
  // Not mapped: a file that somebody cuts short while it is read is then an error, and no SIGBUS.
  Bytes bytes;
  bytes.reserve(size);
  prefer_large_pages(bytes.data(), size);
  bytes.resize(size);
  if (file.read(bytes) < size) unreadable(path, "it became shorter while it was read");
  return bytes;
}

Bytes read_stream(std::FILE* stream, const std::string& name, std::uint64_t limit_bytes) {
  static constexpr std::size_t kBlock = std::size_t{1} << 20;
  Bytes bytes;
  std::size_t done = 0;
  for (std::size_t got = 1; got > 0; done += got) {
    if (done > limit_bytes)
      unreadable(name,
                 "it is longer than the " + format_bytes(static_cast<double>(limit_bytes)) + " of memory there are");
    bytes.resize(std::max(bytes.size(), done + kBlock));
    got = std::fread(bytes.data() + done, 1, kBlock, stream);
  }
  if (std::ferror(stream) != 0) unreadable(name, std::strerror(errno));
  bytes.resize(done);
  return bytes;
}

Bytes read_unpacked(const std::filesystem::path& path, std::uint64_t limit_bytes) {
  Bytes bytes = read_file(path, limit_bytes);
  if (path.extension() != ".gz") return bytes;
  return gunzip(bytes, path.string(), limit_bytes);
}

Bytes gunzip(std::span<const std::byte> packed, const std::string& source, std::uint64_t limit_bytes) {
  const auto fail = [&](const std::string& why) -> void {
    throw DataError(source + ": is no sound gzip file (" + why + ")");
  };
  // What may come out grows with what was taken in, so a bomb is refused before it has filled the memory.
  const std::size_t packed_size = packed.size();
  const auto limit = [&] {
    const std::uint64_t taken = packed_size - packed.size();
    return static_cast<std::size_t>(std::min(limit_bytes, std::max(kHarmlessBytes, kGreatestRatio * taken)));
  };
  if (packed.size() < 18) fail("it is too short");
  Inflater inflater(15 + 16);  // the largest window; gzip's header and checksum
  Bytes content(std::min<std::size_t>(limit(), 4 * packed.size() + 1024));
  std::span<std::byte> room(content);
  for (;;) {
    const int code = inflater.run(packed, room);
    if (code == Z_STREAM_END) {
      while (!packed.empty() && packed.front() == std::byte{0}) packed = packed.subspan(1);  // padding of tapes
      if (packed.empty()) break;
      inflater.reset();
      continue;
    }
    if (code == Z_BUF_ERROR || code == Z_OK) {
      if (packed.empty() && !room.empty()) fail("it ends early");
      if (!room.empty()) continue;
      const std::size_t size = content.size();
      if (size >= limit())
        throw DataError(source + ": unpacks to more than " + format_bytes(static_cast<double>(size)) +
                        " (limited by memory and to 256 times its packed size) unpack it yourself if it is sound");
      content.resize(std::min(limit(), 2 * size));
      room = std::span(content).subspan(size);
      continue;
    }
    fail("its compressed data is damaged");
  }
  content.resize(content.size() - room.size());
  return content;
}

Bytes gzip(std::span<const std::byte> content) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw DataError("zlib cannot start (out of memory)");
  static constexpr std::size_t kStep = std::size_t{1} << 30;  // zlib counts in 32 bits
  Bytes packed(deflateBound(&stream, content.size()));
  std::size_t done = 0;
  for (int code = Z_OK; code != Z_STREAM_END;) {
    const std::size_t given = std::min(content.size(), kStep), room = std::min(packed.size() - done, kStep);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(content.data()));
    stream.avail_in = static_cast<uInt>(given);
    stream.next_out = reinterpret_cast<Bytef*>(packed.data() + done);
    stream.avail_out = static_cast<uInt>(room);
    code = deflate(&stream, given == content.size() ? Z_FINISH : Z_NO_FLUSH);
    content = content.subspan(given - stream.avail_in);
    done += room - stream.avail_out;
  }
  deflateEnd(&stream);
  packed.resize(done);
  return packed;
}

Bytes inflate_raw(std::span<const std::byte> packed, const std::string& source, std::size_t size_bytes) {
  // Deflate packs at most 1032 to 1, so a size beyond that is a lie and nothing is allocated for it.
  if (size_bytes / 1032 > packed.size())
    throw DataError(source + ": declares more data than its packed bytes can hold");
  Inflater inflater(-15);
  Bytes content(size_bytes);
  std::span<std::byte> room(content);
  int code = Z_OK;
  std::byte spare{};  // where a stream that is too long shows itself
  std::span<std::byte> beyond(&spare, 1);
  while (code == Z_OK && !room.empty()) code = inflater.run(packed, room);
  if (code == Z_OK && room.empty()) code = inflater.run(packed, beyond);
  if (code != Z_STREAM_END || !room.empty() || beyond.empty())
    throw DataError(source + ": its compressed data is damaged");
  return content;
}

std::uint64_t available_memory() {
  const std::uint64_t kibibytes = number_in("/proc/meminfo", "MemAvailable:");
  std::uint64_t left = std::uint64_t{1} << 63;
  if (kibibytes < (left >> 10)) left = kibibytes << 10;
  left = std::min(left, cgroup_left("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"));
  return std::min(
      left, cgroup_left("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"));
}

}  // namespace jury
