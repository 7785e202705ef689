// Writes the sample results file to the path given: for hdf5_python_test.py.
#include <cstdio>
#include <exception>

#include "runtime/store/sample_results.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    jury::write_hdf5_aside(argv[1], jury::fill_sample);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
