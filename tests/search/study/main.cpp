// main() of the tests of studies: results files are read by this program started anew, as a limited child.
#include <gmock/gmock.h>

#include <span>
#include <string>
#include <vector>

#include "runtime/store/hdf5_child.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments[0] == jury::kReadHdf5Command)
    return jury::serve_hdf5(std::span(arguments).subspan(1));
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
