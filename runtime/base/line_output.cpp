#include "runtime/base/line_output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostWaitingBytes = std::size_t{64} << 20;
constexpr std::size_t kPieceBytes = 4096;  // of a pipe that has room this much goes in at once (PIPE_BUF)

// A pipe or a terminal is opened anew, because not to wait is a property of what all its descriptors share.
int open_again(int fd) {
  struct stat about {};
  if (::fstat(fd, &about) != 0) return -1;
  if (S_ISFIFO(about.st_mode) || S_ISCHR(about.st_mode)) {
    const int own =
        ::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (own >= 0) return own;
  }
  return ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

}  // namespace

LineOutput::LineOutput(int fd) : fd_(open_again(fd)) {
  if (fd_ < 0) throw IoError(std::string("standard output cannot be written (") + std::strerror(errno) + ")");
  std::signal(SIGPIPE, SIG_IGN);
}

LineOutput::~LineOutput() { ::close(fd_); }

void LineOutput::add(std::string line) {
  if (gone_) return;
  if (waiting_bytes_ + line.size() > kMostWaitingBytes) pump();
  if (waiting_bytes_ + line.size() > kMostWaitingBytes) {
    ++dropped_;
    return;
  }
  line += '\n';
  waiting_bytes_ += line.size();
  lines_.push_back(std::move(line));
  pump();
}

void LineOutput::pump() {
  while (!gone_ && !lines_.empty() && write_some()) {
  }
}

bool LineOutput::write_some() {
  pollfd room{fd_, POLLOUT, 0};
  if (::poll(&room, 1, 0) <= 0) return false;
  std::string& line = lines_.front();
  const ssize_t count = ::write(fd_, line.data() + written_, std::min(line.size() - written_, kPieceBytes));
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) return false;
    gone_ = true;
    if (errno != EPIPE) error_ = std::strerror(errno);
    lines_.clear();
    return false;
  }
  written_ += static_cast<std::size_t>(count);
  if (written_ < line.size()) return true;
  waiting_bytes_ -= line.size();
  written_ = 0;
  lines_.pop_front();
  return true;
}

void LineOutput::finish(double seconds) {
  const double deadline = system_clock().seconds() + seconds;
  for (pump(); !gone_ && !lines_.empty() && system_clock().seconds() < deadline; pump()) {
    pollfd room{fd_, POLLOUT, 0};
    ::poll(&room, 1, 50);
  }
}

std::uint64_t LineOutput::take_dropped() noexcept { return std::exchange(dropped_, 0); }

}  // namespace jury
