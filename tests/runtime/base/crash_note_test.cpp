#include "runtime/base/crash_note.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "support/scratch.hpp"

namespace jury {
namespace {

struct Death {
  pid_t pid = 0;
  int signal = 0;  // 0: it left by itself
};

// A child that notes its crashes and does this.
Death death_of(const std::string& path, const std::function<void()>& act) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const ScopedCrashNote note(path);
    act();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return {pid, WIFSIGNALED(status) ? WTERMSIG(status) : 0};
}

TEST(CrashNote, NamesTheSignalAndTheProcessDiesOfItAllTheSame) {
  const Scratch scratch;
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    const Death death = death_of(scratch / "crash", [number] { ::raise(number); });
    EXPECT_EQ(death.signal, number);
    EXPECT_EQ(crash_signal(scratch / "crash", death.pid), number);
  }
}

TEST(CrashNote, IsLeftByAThreadOfWhichTheStackIsFull) {
  const Scratch scratch;
  const Death death = death_of(scratch / "crash", [] {
    std::thread([] {
      prepare_thread_for_crash();
      volatile char* low = nullptr;
      // Downwards through the stack to what is no memory.
      for (volatile char* at = reinterpret_cast<volatile char*>(__builtin_frame_address(0));; at -= 4096)
        *(low = at) = 1;
    }).join();
  });
  EXPECT_EQ(crash_signal(scratch / "crash", death.pid), death.signal);
  EXPECT_TRUE(death.signal == SIGSEGV || death.signal == SIGBUS);
}

TEST(CrashNote, ThereIsNoneOfWhatWasKilledOrLeftInGoodOrder) {
  const Scratch scratch;
  EXPECT_FALSE(crash_signal(scratch / "crash", death_of(scratch / "crash", [] { ::raise(SIGKILL); }).pid));
  EXPECT_FALSE(crash_signal(scratch / "crash", death_of(scratch / "crash", [] {}).pid));
}

TEST(CrashNote, FollowsNoLink) {
  const Scratch scratch;
  scratch.write("precious", "mine");
  const Death death = death_of(scratch / "crash", [&] {
    std::filesystem::create_symlink(scratch / "precious", scratch / ("crash." + std::to_string(::getpid())));
    ::raise(SIGSEGV);
  });
  EXPECT_EQ(death.signal, SIGSEGV);
  EXPECT_EQ(std::filesystem::file_size(scratch / "precious"), 4U);
  EXPECT_FALSE(crash_signal(scratch / "crash", death.pid));
}

TEST(CrashNote, SignalsHaveTheirNames) {
  EXPECT_EQ(signal_name(SIGSEGV), "SIGSEGV");
  EXPECT_EQ(signal_name(9999), "signal 9999");
}

}  // namespace
}  // namespace jury
