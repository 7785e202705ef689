// Errors a user or a machine can cause, and contracts that only a bug can break.
#pragma once

#include <stdexcept>
#include <string>

namespace jury {

/// What the process tells its caller; DESIGN of the command line, identical on all ranks.
enum class ExitCode : int {
  done = 0,
  failed = 1,
  usage = 2,
  data = 3,
  too_many_failed = 4,
  worse_than_required = 5,
  io = 74,
  stopped = 75,  ///< stopped early, a resume continues
};

/// Base of everything thrown on purpose. what() reads "<problem> (<why>) <suggestion>", in one
/// line, without the place in our source (see where()).
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& what, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : std::runtime_error(what), file_(file), line_(line) {}
  virtual ExitCode exit_code() const noexcept { return ExitCode::failed; }
  /// "file:line" of the throw, for -v.
  std::string where() const;

 private:
  const char* file_;
  int line_;
};

/// An option or a command line is wrong.
class ConfigError : public Error {
 public:
  using Error::Error;
  ExitCode exit_code() const noexcept override { return ExitCode::usage; }
};

/// A file's content is wrong.
class DataError : public Error {
 public:
  using Error::Error;
  ExitCode exit_code() const noexcept override { return ExitCode::data; }
};

/// The file system refused (disk full, lock, permission).
class IoError : public Error {
 public:
  using Error::Error;
  ExitCode exit_code() const noexcept override { return ExitCode::io; }
};

/// An MPI call failed, or a peer broke the protocol.
class CommError : public Error {
 public:
  using Error::Error;
};

/// Something fitted was about to be scored on a row it has seen.
class LeakError : public Error {
 public:
  using Error::Error;
};

/// "<what> '<path>': <strerror(errno)>" as an IoError, errno read at the call.
[[noreturn]] void throw_errno(const std::string& what, const std::string& path, const char* file = __builtin_FILE(),
                              int line = __builtin_LINE());

/// Prints the condition and aborts. Called by JURY_EXPECTS alone.
[[noreturn]] void broken_contract(const char* condition, const char* file, int line) noexcept;

}  // namespace jury

/// Precondition. A false one is a bug of the caller, never the user's fault; checked when
/// JURY_CONTRACTS is defined (every preset but release).
#ifdef JURY_CONTRACTS
#define JURY_EXPECTS(cond) (static_cast<bool>(cond) ? void() : ::jury::broken_contract(#cond, __FILE__, __LINE__))
#else
#define JURY_EXPECTS(cond) static_cast<void>(sizeof((cond) ? 1 : 0))
#endif
