#include "runtime/mpi/check.hpp"

#include <array>
#include <string>

namespace jury {

void check(int code, const char* function, const char* file, int line) {
  if (code == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int size = 0;
  if (MPI_Error_string(code, text.data(), &size) != MPI_SUCCESS) size = 0;
  throw CommError(std::string(function) + " failed (" + std::string(text.data(), static_cast<std::size_t>(size)) + ")",
                  file, line);
}

}  // namespace jury
