// The jury command.
#include <malloc.h>

#include <span>

#include "runtime/store/file.hpp"
#include "runtime/store/hdf5_child.hpp"
#include "tools/command/command.hpp"

namespace {

// Blocks of this size and more go back to the system when they are freed. Left to itself glibc raises the limit up to
// 32 MiB, and a rank keeps what it once sorted (18 MB of 46, at 1,000,000 rows of 20 numbers).
constexpr int kReturnedBytes = 1 << 20;

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_MMAP_THRESHOLD, kReturnedBytes);
  jury::restrict_new_files(jury::Privacy::umask);
  const jury::Arguments arguments(argv + 1, argv + argc);
  // This program is also the limited child that reads HDF5 files.
  if (!arguments.empty() && arguments[0] == jury::kReadHdf5Command)
    return jury::serve_hdf5(std::span(arguments).subspan(1));
  return jury::dispatch(arguments);
}
