#include "runtime/base/memory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>

namespace jury {

// Not getrusage(): what it says outlives exec, and is then that of the shell.
std::uint64_t peak_memory_bytes() noexcept {
  const int file = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  std::array<char, 4096> text{};
  const ssize_t size = ::read(file, text.data(), text.size());
  ::close(file);
  if (size <= 0) return 0;
  const std::string_view status(text.data(), static_cast<std::size_t>(size));
  constexpr std::string_view kName = "\nVmHWM:";
  std::size_t at = status.find(kName);
  if (at == std::string_view::npos) return 0;
  at = status.find_first_not_of(" \t", at + kName.size());
  if (at == std::string_view::npos) return 0;
  std::uint64_t kibibytes = 0;
  std::from_chars(status.data() + at, status.data() + status.size(), kibibytes);
  return kibibytes * 1024;
}

}  // namespace jury
