// A step of start-up that either succeeds on all ranks or fails on all ranks.
#pragma once

#include <functional>

#include "runtime/base/error.hpp"

namespace jury {

class Comm;

/// Another rank failed; this one leaves with the same exit code. Only rank 0 has something to print:
/// on the others quiet() is true and what() is for logs.
class PeerError : public Error {
 public:
  enum class Voice { speaks, quiet };
  PeerError(const std::string& what, ExitCode code, Voice voice, const char* file = __builtin_FILE(),
            int line = __builtin_LINE())
      : Error(what, file, line), code_(code), voice_(voice) {}
  ExitCode exit_code() const noexcept override { return code_; }
  bool quiet() const noexcept { return voice_ == Voice::quiet; }

 private:
  ExitCode code_;
  Voice voice_;
};

/// Runs `work` on every rank and waits for all. Collective; `work` itself must not leave a
/// collective half done. When it throws on any rank, every rank throws with the exit code of the
/// lowest rank that failed: rank 0 its own exception, or a PeerError that carries the failed rank's
/// message; the others a quiet PeerError. So the message is printed once, by rank 0.
void agree(const Comm& comm, const std::function<void()>& work);

}  // namespace jury
