// What a process that crashes leaves behind: the signal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace jury {

/// While it lives, a crash of this process (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) writes the number of the signal
/// to the file
/// "<path>.<pid>", and the process then dies of it as it would have. SIGKILL cannot be noted. One at a time in a
/// process.
class ScopedCrashNote {
 public:
  /// Expects a path of at most 4000 bytes.
  explicit ScopedCrashNote(const std::string& path);
  ~ScopedCrashNote();
  ScopedCrashNote(const ScopedCrashNote&) = delete;
  ScopedCrashNote& operator=(const ScopedCrashNote&) = delete;
};

/// Gives this thread a stack for the handler, so that a crash for want of stack is noted too. To be called by threads
/// other than the main one; kept as long as the thread lives.
void prepare_thread_for_crash();

/// The signal that the process of this pid noted; nothing when it left no note.
std::optional<int> crash_signal(const std::string& path, std::int64_t pid);

/// "SIGSEGV", or "signal 99" for one without a name.
std::string signal_name(int number);

}  // namespace jury
