// The child's side of hdf5_child.hpp.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <new>
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

class Answer {
 public:
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

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(kChildPipe, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) throw IoError("nobody reads the answer");
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }
};

void send_entry(Answer& answer, const Hdf5Entry& entry) {
  ByteWriter out;
  out.add(std::string_view(entry.path)).add(entry.kind);
  answer.send(Message::entry, out.bytes());
}

// Throws DataError unless the file is one of our own.
void expect_results(const Hdf5Reader& file, const std::string& path) {
  const AttributeValue ours = std::string("jury-results");
  const Attributes root = file.attributes("/");
  const AttributeValue* format = find_attribute(root, "format");
  if (format == nullptr || *format != ours)
    throw DataError("'" + path + "' is not a results file of jury (it does not say format = \"jury-results\")");
}

void send_array(Answer& answer, const Hdf5Reader& file, const std::string& path) {
  Hdf5Array array = file.read(path);
  array.attributes = file.attributes(path);
  answer.send(array);
}

void send_group(Answer& answer, const Hdf5Reader& file, const std::string& group, const std::string& path) {
  expect_results(file, path);
  answer.send(Message::attributes, to_bytes(file.attributes(group)));
  for (const Hdf5Entry& entry : file.list(group))
    if (entry.kind == Hdf5Entry::Kind::array) send_array(answer, file, entry.path);
}

void send_tables(Answer& answer, const Hdf5Reader& file, const std::string& leave_out, const std::string& path) {
  expect_results(file, path);
  for (const Hdf5Entry& group : file.list_all("/")) {
    if (group.kind != Hdf5Entry::Kind::group || group.path == leave_out || group.path.starts_with(leave_out + "/"))
      continue;
    send_entry(answer, group);
    answer.send(Message::attributes, to_bytes(file.attributes(group.path)));
    for (const Hdf5Entry& entry : file.list(group.path))
      if (entry.kind == Hdf5Entry::Kind::array && file.num_dimensions(entry.path) == 1)
        send_array(answer, file, entry.path);
  }
}

void send_list(Answer& answer, const Hdf5Reader& file) {
  for (const Hdf5Entry& entry : file.list_all("/")) send_entry(answer, entry);
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

void serve(Answer& answer, std::span<const std::string> arguments) {
  if (arguments.size() < 5) throw DataError("the reader of HDF5 files was called with too few arguments");
  const auto number = [&](std::size_t i) {
    if (i >= arguments.size()) throw DataError("the reader of HDF5 files was called with too few arguments");
    return static_cast<std::uint64_t>(parse_number(arguments[i]).value_or(0));
  };
  const std::string& task = arguments[0];
  limit(RLIMIT_CORE, 0);
  if (kCanLimitMemory) limit(RLIMIT_AS, address_space_bytes() + number(1));
  const Hdf5Limits limits{.max_bytes = number(3)};
  const std::string last = arguments.size() > 5 ? arguments[5] : "";
  limit(RLIMIT_CPU,
        std::min(number(2), processor_seconds(bytes_of(arguments[4]) + (task == "diff" ? bytes_of(last) : 0))));

  const Hdf5Reader file(arguments[4], limits);
  if (task == "list") {
    send_list(answer, file);
  } else if (task == "array") {
    answer.send(file.read_foreign(last, {number(6), number(7)}));
  } else if (task == "group") {
    send_group(answer, file, last, arguments[4]);
  } else if (task == "tables") {
    send_tables(answer, file, last, arguments[4]);
  } else if (task == "diff") {
    for (const Hdf5Difference& difference : diff_results(file, Hdf5Reader(last, limits)))
      answer.send(Message::difference, to_bytes(difference));
  } else {
    throw DataError("the reader of HDF5 files does not know '" + task + "'");
  }
  answer.send(Message::done, std::string_view());
}

}  // namespace

int serve_hdf5(std::span<const std::string> arguments) {
  Answer answer;
  try {
    try {
      serve(answer, arguments);
      return 0;
    } catch (const IoError& error) {
      answer.send(Message::io_error, error.what());
    } catch (const DataError& error) {
      answer.send(Message::data_error, error.what());
    } catch (const std::length_error&) {
      answer.send(Message::data_error, "'" + arguments[4] + "' claims an impossible size (it is damaged)");
    } catch (const std::bad_alloc&) {
      answer.send(Message::data_error, "'" + arguments[4] + "' needs more memory to read than allowed");
    }
  } catch (const IoError&) {  // the parent has gone: nobody is left to tell
  }
  return static_cast<int>(ExitCode::data);
}

}  // namespace jury
