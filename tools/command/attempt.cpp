#include "tools/command/attempt.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "runtime/base/clock.hpp"
#include "runtime/base/process.hpp"
#include "runtime/mpi/comm.hpp"
#include "runtime/store/file.hpp"

namespace jury {
namespace {

constexpr double kTermSeconds = 5;
constexpr double kKillSeconds = 5;
constexpr double kPollSeconds = 0.05;
constexpr double kCountSeconds = 0.5;
constexpr double kForkSeconds = 10;  // then the launcher has started all ranks

// In the child, between fork and exec: nothing that allocates.
[[noreturn]] void become(char* const* words, int report, int output) {
  ::setpgid(0, 0);  // what the terminal sends goes to the supervisor alone
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing >= 0) ::dup2(nothing, STDIN_FILENO);
  if (output >= 0) ::dup2(output, STDOUT_FILENO);
  ::signal(SIGPIPE, SIG_DFL);
  ::execvp(words[0], words);
  const int reason = errno;
  static_cast<void>(!::write(report, &reason, sizeof reason));
  ::_exit(127);
}

// The environment a process was started with: variables that end with '\0'. Nothing of one that has ended, or is
// another user's.
std::string environment_of(const std::string& folder) {
  try {
    const File file = File::read_only(folder + "/environ");
    std::string environment(std::size_t{1} << 20, '\0');  // files of /proc have no size
    environment.resize(file.read_at(0, std::as_writable_bytes(std::span(environment))));
    return '\0' + environment;
  } catch (const Error&) {
    return {};
  }
}

struct Process {
  pid_t pid = 0;
  bool is_rank = false;
};

// What was started with this status file in its environment, on this machine.
std::vector<Process> processes_of(const std::string& status) {
  const std::string entry = fmt::format("{}={}", kLaunchStatusVariable, status);
  const auto holds = [](const std::string& environment, const std::string& text) {
    return environment.find('\0' + text) != std::string::npos;
  };
  std::vector<Process> found;
  std::error_code none;
  for (const auto& folder : std::filesystem::directory_iterator("/proc", none)) {
    const std::string name = folder.path().filename().string();
    pid_t pid = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), pid).ec != std::errc() || pid == ::getpid()) continue;
    const std::string environment = environment_of(folder.path().string());
    if (holds(environment, entry + '\0')) found.push_back({pid, holds(environment, "OMPI_COMM_WORLD_RANK=")});
  }
  return found;
}

}  // namespace

Attempt::Attempt(AttemptPlan plan) : plan_(std::move(plan)), begun_(system_clock().seconds()) {
  std::filesystem::remove(plan_.status);
  std::filesystem::create_directories(plan_.scratch);
  ::setenv(kLaunchStatusVariable, plan_.status.c_str(), 1);
  int report[2] = {-1, -1};
  if (::pipe2(report, O_CLOEXEC) != 0) throw IoError(fmt::format("cannot make a pipe ({})", std::strerror(errno)));
  const std::vector<char*> words = null_terminated(plan_.command);
  int output[2] = {-1, -1};
  if (plan_.on_line && ::pipe2(output, O_CLOEXEC) != 0)
    throw IoError(fmt::format("cannot make a pipe ({})", std::strerror(errno)));
  output_ = Fd(output[0]);
  pid_ = ::fork();
  if (pid_ == 0) become(words.data(), report[1], output[1]);
  if (plan_.on_line) {
    ::close(output[1]);
    ::fcntl(output[0], F_SETFL, O_NONBLOCK);
  }
  ::close(report[1]);
  int reason = pid_ < 0 ? errno : 0;
  if (pid_ >= 0 && ::read(report[0], &reason, sizeof reason) < 0) reason = 0;
  ::close(report[0]);
  if (reason == 0) return;
  if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
  ended_ = true;
  throw IoError(
      fmt::format("cannot start '{}' ({}) name it with --mpirun", plan_.command.front(), std::strerror(reason)));
}

Attempt::~Attempt() {
  end();
  std::error_code none;
  std::filesystem::remove_all(plan_.scratch, none);
  std::filesystem::remove(plan_.status, none);
  const std::filesystem::path status(plan_.status);
  for (const auto& entry : std::filesystem::directory_iterator(status.parent_path(), none))
    if (entry.path().filename().string().starts_with(status.filename().string() + ".crash-"))
      std::filesystem::remove(entry.path(), none);
}

bool Attempt::is_running() {
  if (!ended_) ended_ = ::waitpid(pid_, nullptr, WNOHANG) != 0;
  return !ended_;
}

AttemptSeen Attempt::look() {
  AttemptSeen seen;
  // First the process, then what it wrote: the last of it is there.
  seen.launcher_runs = is_running();
  read_lines();
  seen.status = read_launch_status(plan_.status);
  const bool is_here = seen.status && seen.status->host == host_name();
  if (!seen.status || seen.status->stage == LaunchStage::started) seen.rank_is_gone = has_lost_a_rank();
  seen.coordinator_is_gone = is_here && ::kill(static_cast<pid_t>(seen.status->pid), 0) != 0 && errno == ESRCH;
  return seen;
}

bool Attempt::has_lost_a_rank() {
  const double now = system_clock().seconds();
  if (lost_ || now < next_count_) return lost_;
  next_count_ = now + kCountSeconds;
  const auto here = static_cast<std::size_t>(std::ranges::count_if(processes_of(plan_.status), &Process::is_rank));
  most_here_ = std::max(most_here_, here);
  // One may have died before it was counted.
  if (now - begun_ > kForkSeconds) most_here_ = std::max(most_here_, plan_.ranks_here);
  lost_ = here < most_here_;
  return lost_;
}

void Attempt::signal(int number) const {
  if (!ended_) ::kill(pid_, number);
}

void Attempt::end() {
  Clock& clock = system_clock();
  const auto wait = [&](double seconds) {
    const double deadline = clock.seconds() + seconds;
    while (is_running() && clock.seconds() < deadline) clock.sleep(kPollSeconds);
  };
  signal(SIGTERM);
  wait(kTermSeconds);
  signal(SIGKILL);
  wait(kKillSeconds);
  for (const Process& left : processes_of(plan_.status)) ::kill(left.pid, SIGKILL);
  read_lines();
}

// A line that was cut off by a death is nobody's.
void Attempt::read_lines() {
  if (!plan_.on_line) return;
  std::array<char, 1 << 16> bytes{};
  for (ssize_t count = 0; (count = ::read(output_.get(), bytes.data(), bytes.size())) > 0;) {
    line_.append(bytes.data(), static_cast<std::size_t>(count));
    std::size_t begin = 0;
    for (std::size_t end = line_.find('\n'); end != std::string::npos; end = line_.find('\n', begin = end + 1)) {
      std::string line = line_.substr(begin, end - begin);
      if (line.ends_with('\r')) line.pop_back();
      plan_.on_line(std::move(line));
    }
    line_.erase(0, begin);
  }
}

}  // namespace jury
