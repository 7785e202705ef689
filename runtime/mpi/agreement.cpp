#include "runtime/mpi/agreement.hpp"

#include <cstdint>
#include <exception>
#include <string>

#include "runtime/mpi/comm.hpp"

namespace jury {

void agree(const Comm& comm, const std::function<void()>& work) {
  std::exception_ptr mine;
  ExitCode code = ExitCode::done;
  std::string text;
  try {
    work();
  } catch (const Error& error) {
    mine = std::current_exception();
    code = error.exit_code();
    text = error.what();
  } catch (const std::exception& error) {
    mine = std::current_exception();
    code = ExitCode::failed;
    text = error.what();
  }

  const int failed = comm.min(mine ? comm.rank() : comm.size());
  if (failed == comm.size()) return;
  code = static_cast<ExitCode>(comm.broadcast(static_cast<std::uint64_t>(code), failed));
  text = comm.broadcast(text, failed);
  if (comm.rank() == 0 && mine) std::rethrow_exception(mine);
  text = "rank " + std::to_string(failed) + ": " + text;
  throw PeerError(text, code, comm.rank() == 0 ? PeerError::Voice::speaks : PeerError::Voice::quiet);
}

}  // namespace jury
