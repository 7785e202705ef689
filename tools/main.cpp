// The jury command.
#include <span>

#include "runtime/store/file.hpp"
#include "runtime/store/hdf5_child.hpp"
#include "tools/command/command.hpp"

int main(int argc, char** argv) {
  jury::restrict_new_files(jury::Privacy::umask);
  const jury::Arguments arguments(argv + 1, argv + argc);
  // This program is also the limited child that reads HDF5 files.
  if (!arguments.empty() && arguments[0] == jury::kReadHdf5Command) return jury::serve_hdf5(std::span(arguments).subspan(1));
  return jury::dispatch(arguments);
}
