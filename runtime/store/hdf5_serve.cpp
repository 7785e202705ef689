// The child's side of hdf5_child.hpp.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <new>
#include <optional>
#include <stdexcept>

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"
#include "runtime/store/hdf5_child.hpp"
#include "runtime/store/hdf5_stream.hpp"

namespace jury {
namespace {

using hdf5_stream::kPieceBytes;
using hdf5_stream::Message;
using hdf5_stream::to_bytes;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCanLimitMemory = false;  // sanitizers reserve terabytes of address space
#else
constexpr bool kCanLimitMemory = true;
#endif

void limit(int resource, rlim_t value) {
  struct rlimit limits {};
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &limits) != 0) return;
  limits.rlim_cur = std::min(value, limits.rlim_max);
  ::setrlimit(static_cast<__rlimit_resource>(resource), &limits);
}

// Address space this process has now, in bytes.
std::uint64_t address_space_bytes() {
  std::uint64_t pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    unsigned long long read = 0;
    if (std::fscanf(file, "%llu", &read) == 1) pages = read;
    std::fclose(file);
  }
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// The child's end of the socket.
class Socket {
 public:
  // The next question; empty when there will be none.
  std::vector<std::string> question() {
    std::array<std::byte, sizeof(std::uint64_t)> prefix{};
    if (!read(prefix)) return {};
    Bytes said(std::min<std::uint64_t>(ByteReader(prefix).read<std::uint64_t>(), hdf5_stream::kMostQuestionBytes));
    if (!read(said)) return {};
    return ByteReader(said).texts();
  }

  void send(Message kind, std::span<const std::byte> payload) {
    ByteWriter prefix;
    prefix.add(kind).add(std::uint64_t{payload.size()});
    write(prefix.bytes());
    write(payload);
  }
  void send(Message kind, std::string_view text) { send(kind, std::as_bytes(std::span(text))); }

  void send(const Hdf5Array& array) {
    send(Message::array, to_bytes(array));
    for (auto rest = std::span<const std::byte>(array.data); !rest.empty();) {
      const std::size_t piece = std::min(rest.size(), kPieceBytes);
      send(Message::numbers, rest.first(piece));
      rest = rest.subspan(piece);
    }
    std::vector<std::string> piece;
    std::size_t piece_bytes = 0;
    for (const std::string& text : array.texts) {
      piece.push_back(text);
      piece_bytes += text.size() + sizeof(std::uint64_t);
      if (piece_bytes >= kPieceBytes / 2) send_texts(piece, piece_bytes);
    }
    if (!piece.empty()) send_texts(piece, piece_bytes);
  }

 private:
  void send_texts(std::vector<std::string>& piece, std::size_t& piece_bytes) {
    ByteWriter out;
    out.add(std::uint64_t{piece.size()});
    for (const std::string& text : piece) out.add(std::string_view(text));
    send(Message::texts, out.bytes());
    piece.clear();
    piece_bytes = 0;
  }

  bool read(std::span<std::byte> out) {
    while (!out.empty()) {
      const ssize_t count = ::read(kChildSocket, out.data(), out.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      out = out.subspan(static_cast<std::size_t>(count));
    }
    return true;
  }

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(kChildSocket, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) throw IoError("nobody reads the answer");
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }
};

void send_entry(Socket& socket, const Hdf5Entry& entry) {
  ByteWriter out;
  out.add(std::string_view(entry.path)).add(entry.kind);
  socket.send(Message::entry, out.bytes());
}

// Throws DataError unless the file is one of our own.
void expect_results(const Hdf5Reader& file, const std::string& path) {
  const AttributeValue ours = std::string("jury-results");
  const Attributes root = file.attributes("/");
  const AttributeValue* format = find_attribute(root, "format");
  if (format == nullptr || *format != ours)
    throw DataError("'" + path + "' is not a results file of jury (it does not say format = \"jury-results\")");
}

void send_array(Socket& socket, const Hdf5Reader& file, const std::string& path) {
  Hdf5Array array = file.read(path);
  array.attributes = file.attributes(path);
  socket.send(array);
}

void send_group(Socket& socket, const Hdf5Reader& file, const std::string& group, const std::string& path) {
  expect_results(file, path);
  socket.send(Message::attributes, to_bytes(file.attributes(group)));
  for (const Hdf5Entry& entry : file.list(group))
    if (entry.kind == Hdf5Entry::Kind::array) send_array(socket, file, entry.path);
}

void send_tables(Socket& socket, const Hdf5Reader& file, const std::string& leave_out, const std::string& path) {
  expect_results(file, path);
  for (const Hdf5Entry& group : file.list_all("/")) {
    if (group.kind != Hdf5Entry::Kind::group || group.path == leave_out || group.path.starts_with(leave_out + "/"))
      continue;
    send_entry(socket, group);
    socket.send(Message::attributes, to_bytes(file.attributes(group.path)));
    for (const Hdf5Entry& entry : file.list(group.path))
      if (entry.kind == Hdf5Entry::Kind::array && file.num_dimensions(entry.path) == 1)
        send_array(socket, file, entry.path);
  }
}

void send_list(Socket& socket, const Hdf5Reader& file) {
  for (const Hdf5Entry& entry : file.list_all("/")) send_entry(socket, entry);
}

double bytes_of(const std::string& path) {
  std::error_code none;
  return static_cast<double>(std::filesystem::file_size(path, none));
}

// What no sound file of this size needs, packed or not; damage can send HDF5 round in circles.
std::uint64_t processor_seconds(double bytes) {
  constexpr double kLeast = 5, kSlowest = 10e6;  // a second
  return static_cast<std::uint64_t>(std::min(kLeast + bytes / kSlowest, 1e9));
}

// Processor time this process has used up to now, rounded up.
std::uint64_t used_seconds() {
  struct rusage used {};
  ::getrusage(RUSAGE_SELF, &used);
  return static_cast<std::uint64_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 2;
}

// What a child is started with.
struct Start {
  ChildOptions options;
  std::string path;
};

Start start_from(std::span<const std::string> arguments) {
  if (arguments.size() != 4) throw DataError("the reader of HDF5 files was called with other than 4 arguments");
  const auto number = [&](std::size_t i) { return static_cast<std::uint64_t>(parse_number(arguments[i]).value_or(0)); };
  return {{.max_bytes = number(2), .memory_bytes = number(0), .seconds = static_cast<double>(number(1))}, arguments[3]};
}

void answer(Socket& socket, const Hdf5Reader& file, const Start& start, const std::vector<std::string>& question) {
  const std::string& what = question[0];
  const auto word = [&](std::size_t i) { return i < question.size() ? question[i] : std::string(); };
  const auto number = [&](std::size_t i) { return static_cast<std::uint64_t>(parse_number(word(i)).value_or(0)); };
  if (what == "list") {
    send_list(socket, file);
  } else if (what == "array") {
    socket.send(file.read_foreign(word(1), {number(2), number(3)}));
  } else if (what == "group") {
    send_group(socket, file, word(1), start.path);
  } else if (what == "tables") {
    send_tables(socket, file, word(1), start.path);
  } else if (what == "diff") {
    for (const Hdf5Difference& difference :
         diff_results(file, Hdf5Reader(word(1), {.max_bytes = start.options.max_bytes})))
      socket.send(Message::difference, to_bytes(difference));
  } else {
    throw DataError("the reader of HDF5 files does not know '" + what + "'");
  }
  socket.send(Message::done, std::string_view());
}

void serve(Socket& socket, const Start& start) {
  limit(RLIMIT_CORE, 0);
  if (kCanLimitMemory) limit(RLIMIT_AS, address_space_bytes() + start.options.memory_bytes);
  std::optional<Hdf5Reader> file;
  for (auto question = socket.question(); !question.empty(); question = socket.question()) {
    const double bytes = bytes_of(start.path) + (question[0] == "diff" ? bytes_of(question.back()) : 0);
    limit(RLIMIT_CPU,
          used_seconds() + std::min(static_cast<std::uint64_t>(start.options.seconds), processor_seconds(bytes)));
    if (!file) file.emplace(start.path, Hdf5Limits{.max_bytes = start.options.max_bytes});
    answer(socket, *file, start, question);
  }
}

}  // namespace

int serve_hdf5(std::span<const std::string> arguments) {
  Socket socket;
  Start start;
  try {
    try {
      start = start_from(arguments);
      serve(socket, start);
      return 0;
    } catch (const IoError& error) {
      socket.send(Message::io_error, error.what());
    } catch (const DataError& error) {
      socket.send(Message::data_error, error.what());
    } catch (const std::length_error&) {
      socket.send(Message::data_error, "'" + start.path + "' claims an impossible size (it is damaged)");
    } catch (const std::bad_alloc&) {
      socket.send(Message::data_error, "'" + start.path + "' needs more memory to read than allowed");
    }
  } catch (const IoError&) {  // the parent has gone: nobody is left to tell
  }
  return static_cast<int>(ExitCode::data);
}

}  // namespace jury
