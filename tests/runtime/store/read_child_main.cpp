// Plays the reading child: as it should, or as JURY_TEST_CHILD says.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/store/hdf5_child.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty() || arguments[0] != jury::kReadHdf5Command) return 2;
  const char* mode = std::getenv("JURY_TEST_CHILD");
  const std::string_view how = mode == nullptr ? "" : mode;
  const auto say = [](std::string_view bytes) { return ::write(jury::kChildSocket, bytes.data(), bytes.size()) > 0; };
  if (how == "crash") {
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
  }
  if (how == "hang")
    for (;;) ::pause();
  if (how == "quit") return say("\x05") ? 9 : 8;
  if (how == "huge") {
    say(std::string_view("\x06\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 9));
    return 0;
  }
  if (how == "babble") {
    say(
        std::string_view("\x07\x08\x00\x00\x00\x00\x00\x00\x00"
                         "12345678"
                         "\x09\x00\x00\x00\x00\x00\x00\x00\x00",
                         26));
    return 0;
  }
  if (how == "environment")
    for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_JOB_ID", "SBATCH_EXPORT"})
      if (std::getenv(name) != nullptr) ::raise(SIGABRT);
  return jury::serve_hdf5(std::span(arguments).subspan(1));
}
