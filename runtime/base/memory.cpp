#include "runtime/base/memory.hpp"

#include <fcntl.h>
#include <sys/mman.h>
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

void prefer_large_pages(void* memory, std::size_t bytes) noexcept {
  constexpr std::size_t kLargePage = std::size_t{2} << 20;
  if (bytes < kLargePage) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  auto* const at = static_cast<std::byte*>(memory);
  const std::size_t before = reinterpret_cast<std::uintptr_t>(at) % page;
  const std::size_t skipped = before == 0 ? 0 : page - before;
  ::madvise(at + skipped, (bytes - skipped) / page * page, MADV_HUGEPAGE);
}

}  // namespace jury
