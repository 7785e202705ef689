#include "runtime/base/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdlib>

#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/handle.hpp"
#include "runtime/base/text.hpp"

extern char** environ;  // NOLINT: POSIX declares it nowhere

namespace jury {
namespace {

constexpr std::size_t kMostOutput = std::size_t{1} << 20;

struct PipeEndTraits {
  using type = int;
  static type null() noexcept { return -1; }
  static void close(type& fd) noexcept { ::close(fd); }
};
using PipeEnd = Handle<PipeEndTraits>;

// A file in memory that holds the input, at its beginning: unlike a pipe it takes any amount without a reader.
PipeEnd input_file(const std::string& input) {
  PipeEnd file(::memfd_create("input", MFD_CLOEXEC));
  if (!file) throw_errno("cannot make", "an input in memory");
  for (std::size_t done = 0; done < input.size();) {
    const ssize_t count = ::pwrite(file.get(), input.data() + done, input.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) throw_errno("cannot write", "an input in memory");
    done += static_cast<std::size_t>(count);
  }
  return file;
}

pid_t spawn(std::vector<std::string> arguments, std::vector<std::string> environment, int input, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  posix_spawnattr_t attributes;  // a process group of its own, so that what it starts ends with it
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = -1;
  const int status = ::posix_spawnp(&pid, arguments[0].c_str(), &actions, &attributes,
                                    null_terminated(arguments).data(), null_terminated(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (status == ENOENT) throw ConfigError("there is no program '" + arguments[0] + "' (it is not in PATH)");
  errno = status;
  if (status != 0) throw_errno("cannot start", arguments[0]);
  return pid;
}

// What comes until the other end is closed; nothing when that takes longer.
std::optional<std::string> read_until(int fd, double deadline) {
  std::string text;
  std::array<char, 4096> piece{};
  for (;;) {
    const double left = deadline - system_clock().seconds();
    if (left <= 0) return std::nullopt;
    struct pollfd poll {
      fd, POLLIN, 0
    };
    if (::poll(&poll, 1, static_cast<int>(std::ceil(std::min(left, 1e6) * 1e3))) <= 0) continue;
    const ssize_t count = ::read(fd, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(piece.data(), std::min(static_cast<std::size_t>(count), kMostOutput - text.size()));
  }
}

// Its status once it has ended; nothing when that takes longer.
std::optional<int> wait_until(pid_t pid, double deadline) {
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(pid, &status, WNOHANG);
    if (ended == pid) return status;
    if (ended < 0 && errno != EINTR) return std::nullopt;
    if (system_clock().seconds() > deadline) return std::nullopt;
    system_clock().sleep(0.002);
  }
}

}  // namespace

ProcessResult run_process(const std::vector<std::string>& arguments, const ProcessOptions& options) {
  JURY_EXPECTS(!arguments.empty());
  const double deadline = system_clock().seconds() + options.seconds;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("cannot make a pipe for", arguments[0]);
  const PipeEnd from(ends[0]);
  PipeEnd to(ends[1]);
  const pid_t pid = spawn(arguments, options.environment, input_file(options.input).get(), to.get());
  to.reset();
  const std::optional<std::string> output = read_until(from.get(), deadline);
  std::optional<int> status = output ? wait_until(pid, deadline) : std::nullopt;
  if (!status) {
    ::kill(-pid, SIGKILL);
    wait_until(pid, system_clock().seconds() + 1);
  }
  return {.output = output.value_or(""),
          .exit_code = status && WIFEXITED(*status) ? std::optional(WEXITSTATUS(*status)) : std::nullopt};
}

std::vector<char*> null_terminated(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_without(const std::vector<std::string_view>& prefixes) {
  std::vector<std::string> kept;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (std::ranges::none_of(prefixes,
                             [&](std::string_view prefix) { return std::string_view(*entry).starts_with(prefix); }))
      kept.emplace_back(*entry);
  return kept;
}

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split_text(path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
    std::string file = (folder.empty() ? "." : std::string(folder)) + "/" + name;
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return "";
}

}  // namespace jury
