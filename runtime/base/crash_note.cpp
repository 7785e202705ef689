#include "runtime/base/crash_note.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <vector>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr std::array kCrashes = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr std::size_t kStackBytes = 64 << 10;

// The handler allocates nothing: the name is here before it is needed.
std::array<char, 4096> note_path{};
std::array<struct sigaction, kCrashes.size()> earlier{};

// Only calls that are safe in a handler (signal-safety(7)).
void note(int number) {
  const int file = ::open(note_path.data(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file >= 0) {
    const std::array<char, 3> text = {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10),
                                      '\n'};
    static_cast<void>(!::write(file, text.data(), text.size()));
    ::close(file);
  }
  ::signal(number, SIG_DFL);
  ::raise(number);  // blocked until the handler returns
}

struct CrashStack {
  CrashStack() : bytes(kStackBytes) {
    stack_t stack{};
    stack.ss_sp = bytes.data();
    stack.ss_size = bytes.size();
    ::sigaltstack(&stack, nullptr);
  }
  ~CrashStack() {
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
  }
  CrashStack(const CrashStack&) = delete;
  CrashStack& operator=(const CrashStack&) = delete;
  std::vector<std::byte> bytes;
};

std::string file_of(const std::string& path, std::int64_t pid) { return path + "." + std::to_string(pid); }

}  // namespace

ScopedCrashNote::ScopedCrashNote(const std::string& path) {
  const std::string file = file_of(path, ::getpid());
  JURY_EXPECTS(file.size() < note_path.size());
  std::memcpy(note_path.data(), file.c_str(), file.size() + 1);
  prepare_thread_for_crash();
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kCrashes.size(); ++i) ::sigaction(kCrashes[i], &action, &earlier[i]);
}

ScopedCrashNote::~ScopedCrashNote() {
  for (std::size_t i = 0; i < kCrashes.size(); ++i) ::sigaction(kCrashes[i], &earlier[i], nullptr);
}

void prepare_thread_for_crash() {
  static thread_local const CrashStack stack;
  static_cast<void>(stack.bytes.size());
}

std::optional<int> crash_signal(const std::string& path, std::int64_t pid) {
  const int file = ::open(file_of(path, pid).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return {};
  std::array<char, 8> text{};
  const ssize_t size = ::read(file, text.data(), text.size());
  ::close(file);
  int number = 0;
  if (size <= 0 || std::from_chars(text.data(), text.data() + size, number).ec != std::errc() || number <= 0) return {};
  return number;
}

std::string signal_name(int number) {
  const char* name = ::sigabbrev_np(number);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(number);
}

}  // namespace jury
