#include "runtime/mpi/session.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace jury {

bool launched_by_mpi() noexcept {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE"})
    if (std::getenv(name) != nullptr) return true;
  return false;
}

bool is_first_rank() noexcept {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMIX_RANK"})
    if (const char* rank = std::getenv(name)) return std::string_view(rank) == "0";
  return true;
}

MpiSession::MpiSession() : parent_(::getppid()) {
  if (launched_by_mpi()) {
    int provided = 0;
    check(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
    if (provided < MPI_THREAD_FUNNELED)
      throw CommError("MPI does not allow threads (this library gives level " + std::to_string(provided) +
                      ", MPI_THREAD_FUNNELED is needed) use an MPI built with thread support");
    check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
    world_ = Comm::world();
  }
  placement_ = find_placement(world_);
}

MpiSession::~MpiSession() {
  const bool started = !world_.is_solo();
  world_ = Comm::solo();  // MPI's handles end before MPI does
  if (started) MPI_Finalize();
}

bool MpiSession::is_orphan() const noexcept { return ::getppid() != parent_; }

void MpiSession::abandon(ExitCode code) noexcept {
  std::fflush(stdout);
  std::fflush(stderr);
  _exit(static_cast<int>(code));
}

std::string mpi_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  check(MPI_Get_library_version(text.data(), &length), "MPI_Get_library_version");
  const std::string_view all(text.data(), static_cast<std::size_t>(length));
  return std::string(all.substr(0, all.find(',')));
}

}  // namespace jury
