// Feeds mutated inputs to one reader: test.fuzz TARGET FIRST COUNT, or TARGET FILE for an input that was kept.
//
// The same numbers give the same inputs. Each batch is read in a process of its own, so that a crash ends the batch and
// not the rest; it is bounded in time for each input, and in memory beside the input. Exit code 1 when an input
// crashed, hung, took too much, or made the reader throw what is no Error.
#include <fmt/format.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <new>

#include "fuzz.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/hash.hpp"
#include "runtime/store/hdf5_child.hpp"
#include "support/scratch.hpp"

namespace {

std::atomic<std::size_t> live_bytes{0}, peak_bytes{0};
constexpr std::size_t kMostBytes = std::size_t{1} << 31;

}  // namespace

// Every allocation of C++ is counted.
void* operator new(std::size_t size) {
  const std::size_t live = live_bytes.load() + size;
  void* block = size > kMostBytes || live > kMostBytes ? nullptr : std::malloc(size);
  if (block == nullptr) {
    peak_bytes = kMostBytes;
    throw std::bad_alloc();
  }
  live_bytes += malloc_usable_size(block);
  if (live_bytes > peak_bytes) peak_bytes = live_bytes.load();
  return block;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return operator new(size);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* block) noexcept {
  if (block != nullptr) live_bytes -= malloc_usable_size(block);
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }

namespace jury {
namespace {

constexpr std::uint64_t kBatch = 500;
constexpr unsigned kSeconds = 30;  // an input; readers need milliseconds, a sanitizer some of them
// Beside 512 bytes for each byte of the input, since tables hold each cell of a text as a number and a text.
constexpr std::size_t kSpareBytes = std::size_t{192} << 20;

/// Where a batch is, for the parent to see after a crash.
struct Progress {
  std::uint64_t seed;
  std::uint64_t slowest_seed, slowest_microseconds, largest_bytes, num_read;
};

const FuzzTarget* find_target(std::string_view name) {
  for (const auto& targets : {data_targets(), hdf5_targets(), study_targets(), store_targets()})
    for (const FuzzTarget& target : targets)
      if (target.name == name) return &target;
  return nullptr;
}

Bytes input_of(const FuzzTarget& target, std::span<const Bytes> samples, std::uint64_t seed) {
  Rng rng(
      stream_key(seed, Purpose::noise, {static_cast<std::int64_t>(hash_bytes(std::as_bytes(std::span(target.name))))}));
  return mutate(samples, rng);
}

// What is wrong with how an input was read; empty: nothing.
std::string problem_of(const FuzzTarget& target, const Bytes& input, Progress& progress) {
  const std::size_t before = live_bytes;
  peak_bytes = before;
  ::alarm(kSeconds);
  std::string problem;
  const auto start = std::chrono::steady_clock::now();
  try {
    target.read(input);
    ++progress.num_read;
  } catch (const Error&) {
  } catch (const std::exception& error) {
    problem = fmt::format("threw what is no Error: {}", error.what());
  }
  ::alarm(0);
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  if (static_cast<std::uint64_t>(took.count()) > progress.slowest_microseconds) {
    progress.slowest_microseconds = static_cast<std::uint64_t>(took.count());
    progress.slowest_seed = progress.seed;
  }
  const std::size_t taken = peak_bytes - std::min(before, peak_bytes.load());
  progress.largest_bytes = std::max<std::uint64_t>(progress.largest_bytes, taken);
  if (problem.empty() && taken > kSpareBytes + 512 * input.size())
    problem = fmt::format("took {} MiB for {} bytes", taken >> 20, input.size());
  return problem;
}

// Reads a batch in a child; the number of inputs that were read wrongly.
std::uint64_t read_batch(const FuzzTarget& target, std::uint64_t first, std::uint64_t end, Progress& progress) {
  std::uint64_t num_bad = 0;
  for (progress.seed = first; progress.seed < end; ++progress.seed) {
    const pid_t child = ::fork();
    if (child == 0) {
      const std::vector<Bytes> samples = target.samples();
      int bad = 0;
      for (; progress.seed < end; ++progress.seed) {
        const std::string problem = problem_of(target, input_of(target, samples, progress.seed), progress);
        if (problem.empty()) continue;
        fmt::print(stderr, "{} {}: {}\n", target.name, progress.seed, problem);
        ++bad;
      }
      std::_Exit(std::min(bad, 100));
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
    }
    if (WIFEXITED(status) && progress.seed >= end) return num_bad + static_cast<std::uint64_t>(WEXITSTATUS(status));
    fmt::print(stderr, "{} {}: {}\n", target.name, progress.seed,
               WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "hangs" : "crashes");
    ++num_bad;
  }
  return num_bad;
}

int fuzz(const FuzzTarget& target, std::uint64_t first, std::uint64_t count) {
  scratch();  // made here, it is removed here, also when a batch crashes
  void* shared = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 1;
  Progress& progress = *new (shared) Progress{};
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t num_bad = 0;
  for (std::uint64_t at = first; at < first + count; at += kBatch)
    num_bad += read_batch(target, at, std::min(at + kBatch, first + count), progress);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print("{}: {} inputs ({} read, {} refused), {} bad, {:.1f} s, slowest {} ms (input {}), most {} KiB\n",
             target.name, count, progress.num_read, count - std::min(count, progress.num_read + num_bad), num_bad,
             took.count(), progress.slowest_microseconds / 1000, progress.slowest_seed, progress.largest_bytes >> 10);
  return num_bad == 0 ? 0 : 1;
}

int read_kept(const FuzzTarget& target, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  Progress progress{};
  const std::string problem = problem_of(target, fuzz_bytes(text), progress);
  fmt::print("{}\n", problem.empty() ? "well read or refused" : problem);
  return problem.empty() ? 0 : 1;
}

}  // namespace
}  // namespace jury

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments[0] == jury::kReadHdf5Command)
    return jury::serve_hdf5(std::span(arguments).subspan(1));
  const jury::FuzzTarget* target = arguments.size() < 2 ? nullptr : jury::find_target(arguments[0]);
  if (target == nullptr) {
    fmt::print(stderr, "usage: test.fuzz TARGET FIRST COUNT [SAVE_AS] | TARGET FILE\n");
    return 2;
  }
  if (arguments.size() == 2) return jury::read_kept(*target, arguments[1]);
  const std::uint64_t first = std::strtoull(arguments[1].c_str(), nullptr, 10);
  if (arguments.size() == 4) {
    const std::string text = jury::fuzz_text(jury::input_of(*target, target->samples(), first));
    std::ofstream(arguments[3], std::ios::binary) << text;
    return 0;
  }
  return jury::fuzz(*target, first, std::strtoull(arguments[2].c_str(), nullptr, 10));
}
