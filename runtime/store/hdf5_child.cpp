// The parent's side of hdf5_child.hpp.
#include "runtime/store/hdf5_child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <functional>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/process.hpp"
#include "runtime/base/text.hpp"
#include "runtime/store/file.hpp"
#include "runtime/store/hdf5_stream.hpp"

namespace jury {
namespace {

using hdf5_stream::Message;

// A running child and the socket to it. Ends the child when it goes out of scope.
class Process {
 public:
  Process(const std::string& program, std::vector<std::string> arguments) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw_errno("cannot make a socket for", program);
    socket_ = Fd(ends[0]);
    const Fd its_end(ends[1]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const int fd : {0, 1, 2})
      posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", fd == 0 ? O_RDONLY : O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, its_end.get(), kChildSocket);
    posix_spawn_file_actions_addclosefrom_np(&actions, kChildSocket + 1);
    // What MPI, Slurm and HDF5 would act on.
    std::vector<std::string> kept =
        environment_without({"OMPI_", "PMIX_", "PMI_", "PRTE_", "SLURM_", "SBATCH_", "SRUN_", "HDF5_"});
    const int status = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, null_terminated(arguments).data(),
                                     null_terminated(kept).data());
    posix_spawn_file_actions_destroy(&actions);
    if (status != 0) {
      pid_ = -1;
      errno = status;
      throw_errno("cannot start", program);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }

  // What a child that has gone does not hear, it does not answer either.
  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }

  // Reads until `out` is full; false when the child has closed the socket before. Throws DataError when
  // it says nothing for `seconds`.
  bool read(std::span<std::byte> out, double seconds) {
    while (!out.empty()) {
      struct pollfd poll {
        socket_.get(), POLLIN, 0
      };
      const int ready = ::poll(&poll, 1, static_cast<int>(std::ceil(seconds * 1e3)));
      if (ready < 0 && errno == EINTR) continue;
      if (ready == 0)
        throw DataError("takes too long to read (its reader said nothing for " + format_duration(seconds) + ")");
      const ssize_t count = ::read(socket_.get(), out.data(), out.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return false;
      out = out.subspan(static_cast<std::size_t>(count));
    }
    return true;
  }

  // Waits for the end of the child, which has closed the socket: why it ended.
  std::string end() {
    const int status = wait();
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) return "its reader used up its time";
    if (WIFSIGNALED(status)) return "its reader crashed with signal " + std::to_string(WTERMSIG(status));
    return "its reader ended early with code " + std::to_string(WEXITSTATUS(status));
  }

 private:
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

  Fd socket_;
  pid_t pid_ = -1;
};

void expect_regular(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) throw_errno("cannot open", path);
  if (!S_ISREG(about.st_mode)) throw DataError("'" + path + "' is no regular file");
  File::read_only(path);
}

using Receive = std::function<void(Message, std::span<const std::byte>)>;

// Hands every message of the answer but the last to `receive`. Gives back what the child found wrong,
// in its own words; "" when it came to its end. Throws DataError when it did not.
std::string take_answer(Process& child, const ChildOptions& options, const Receive& receive) {
  const auto fill = [&](std::span<std::byte> bytes) {
    if (!child.read(bytes, options.seconds)) throw DataError("cannot be read (" + child.end() + ")");
  };
  std::uint64_t total = 0;
  for (;;) {
    std::array<std::byte, hdf5_stream::kPrefixBytes> prefix{};
    fill(prefix);
    ByteReader in(prefix);
    const auto kind = in.read<Message>();
    const auto size = in.read<std::uint64_t>();
    if (size > options.max_bytes || total > options.max_bytes - size)
      throw DataError("is too large (more than " + format_bytes(static_cast<double>(options.max_bytes)) + ")");
    total += size;
    Bytes payload;
    while (payload.size() < size) {  // memory follows what is sent, not what is announced
      const std::size_t done = payload.size();
      payload.resize(static_cast<std::size_t>(std::min<std::uint64_t>(size, done + hdf5_stream::kPieceBytes)));
      fill(std::span(payload).subspan(done));
    }
    const std::string text(reinterpret_cast<const char*>(payload.data()), payload.size());
    if (kind == Message::io_error) throw IoError(text);
    if (kind == Message::data_error) return text;
    if (kind == Message::done) return "";
    receive(kind, payload);
  }
}

// Puts the pieces of arrays together, never holding more than was sent.
class Assembly {
 public:
  void receive(Message kind, std::span<const std::byte> payload) {
    ByteReader in(payload);
    if (kind == Message::array) {
      finish();
      arrays_.push_back(hdf5_stream::array_from(in));
    } else if (arrays_.empty()) {
      throw DataError("cannot be read (its reader sent elements of no array)");
    } else if (kind == Message::numbers) {
      Bytes& data = arrays_.back().data;
      data.insert(data.end(), payload.begin(), payload.end());
    } else if (kind == Message::texts) {
      for (std::string& text : in.texts()) arrays_.back().texts.push_back(std::move(text));
    }
  }
  std::vector<Hdf5Array> take() {
    finish();
    return std::exchange(arrays_, {});
  }

 private:
  // Throws DataError unless the last array is complete.
  void finish() const {
    if (arrays_.empty()) return;
    const Hdf5Array& array = arrays_.back();
    const std::size_t items =
        array.type == ElementType::text ? array.texts.size() : array.data.size() / element_bytes(array.type);
    if (items != array.size()) throw DataError("cannot be read (its reader sent an incomplete array)");
  }

  std::vector<Hdf5Array> arrays_;
};

}  // namespace

class Hdf5Child::Conversation {
 public:
  Conversation(std::string file, ChildOptions options) : file_(std::move(file)), options_(std::move(options)) {}

  const std::string& file() const noexcept { return file_; }
  void end() noexcept { process_.reset(); }

  void ask(const std::vector<std::string>& question, const Receive& receive) {
    std::unique_ptr<Process> process = process_ != nullptr ? std::move(process_) : start();
    ByteWriter said;
    said.add(question);
    process->write(ByteWriter().add(std::uint64_t{said.bytes().size()}).raw(said.bytes()).bytes());
    std::string complaint;
    try {
      complaint = take_answer(*process, options_, receive);
    } catch (const DataError& error) {
      throw DataError("'" + file_ + "' " + error.what());
    }
    if (!complaint.empty()) throw DataError(complaint);
    process_ = std::move(process);
  }

 private:
  std::unique_ptr<Process> start() const {
    expect_regular(file_);
    std::vector<std::string> arguments = {options_.program,
                                          std::string(kReadHdf5Command),
                                          std::to_string(options_.memory_bytes),
                                          std::to_string(static_cast<std::uint64_t>(std::ceil(options_.seconds))),
                                          std::to_string(options_.max_bytes),
                                          file_};
    return std::make_unique<Process>(options_.program, std::move(arguments));
  }

  std::string file_;
  ChildOptions options_;
  std::unique_ptr<Process> process_;
};

Hdf5Child::Hdf5Child(std::string file, ChildOptions options)
    : conversation_(std::make_unique<Conversation>(std::move(file), std::move(options))) {}
Hdf5Child::Hdf5Child(Hdf5Child&& other) noexcept = default;
Hdf5Child& Hdf5Child::operator=(Hdf5Child&& other) noexcept = default;
Hdf5Child::~Hdf5Child() = default;

const std::string& Hdf5Child::file() const noexcept { return conversation_->file(); }
void Hdf5Child::rest() noexcept { conversation_->end(); }

std::vector<Hdf5Entry> Hdf5Child::list_all() {
  std::vector<Hdf5Entry> entries;
  conversation_->ask({"list"}, [&](Message, auto payload) {
    ByteReader in(payload);
    std::string path = in.text();
    entries.push_back({std::move(path), in.read<Hdf5Entry::Kind>()});
  });
  return entries;
}

Hdf5Array Hdf5Child::read_foreign(const std::string& path, RowRange rows) {
  Assembly assembly;
  conversation_->ask({"array", path, std::to_string(rows.first), std::to_string(rows.count)},
                     [&](Message kind, auto payload) { assembly.receive(kind, payload); });
  std::vector<Hdf5Array> arrays = assembly.take();
  if (arrays.size() != 1) throw DataError("'" + file() + "' cannot be read (its reader sent no array)");
  return std::move(arrays.front());
}

ResultsGroup Hdf5Child::read_group(const std::string& group) {
  ResultsGroup result;
  Assembly assembly;
  conversation_->ask({"group", group}, [&](Message kind, auto payload) {
    ByteReader in(payload);
    if (kind == Message::attributes) {
      result.attributes = hdf5_stream::attributes_from(in);
    } else {
      assembly.receive(kind, payload);
    }
  });
  result.arrays = assembly.take();
  return result;
}

std::vector<ResultsTables> Hdf5Child::read_tables(const std::string& leave_out) {
  std::vector<ResultsTables> tables;
  Assembly assembly;
  const auto finish_table = [&] {
    if (!tables.empty()) tables.back().group.arrays = assembly.take();
  };
  conversation_->ask({"tables", leave_out}, [&](Message kind, auto payload) {
    ByteReader in(payload);
    if (kind == Message::entry) {
      finish_table();
      tables.push_back({.path = in.text(), .group = {}});
    } else if (tables.empty()) {
      throw DataError("cannot be read (its reader sent a table of no group)");
    } else if (kind == Message::attributes) {
      tables.back().group.attributes = hdf5_stream::attributes_from(in);
    } else {
      assembly.receive(kind, payload);
    }
  });
  finish_table();
  return tables;
}

std::vector<Hdf5Difference> Hdf5Child::differences_from(const std::string& other) {
  expect_regular(other);
  std::vector<Hdf5Difference> differences;
  conversation_->ask({"diff", other}, [&](Message, auto payload) {
    ByteReader in(payload);
    differences.push_back(hdf5_stream::difference_from(in));
  });
  return differences;
}

const Hdf5Array* ResultsGroup::find(std::string_view name) const noexcept {
  for (const Hdf5Array& array : arrays)
    if (std::string_view(array.path).substr(array.path.rfind('/') + 1) == name) return &array;
  return nullptr;
}

}  // namespace jury
