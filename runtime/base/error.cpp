#include "runtime/base/error.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace jury {

std::string Error::where() const { return std::string(file_) + ":" + std::to_string(line_); }

void throw_errno(const std::string& what, const std::string& path, const char* file, int line) {
  const int code = errno;
  throw IoError(what + " '" + path + "' (" + std::strerror(code) + ")", file, line);
}

void broken_contract(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: contract broken: %s\n", file, line, condition);
  std::abort();
}

}  // namespace jury
