#include "runtime/mpi/comm.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

#include "runtime/base/clock.hpp"

namespace jury {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 20;
constexpr std::size_t kTextBytes = 256;  // of all_gather, terminator included
constexpr int kGatherTag = 0;
constexpr double kFirstPauseSeconds = 20e-6;
constexpr double kLongestPauseSeconds = 1e-3;

// MPI counts elements in an int: more bytes go in pieces.
template <class Byte, class Call>
void in_pieces(std::span<Byte> bytes, Call call) {
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(bytes.size(), kPieceBytes));
    call(piece.data(), static_cast<int>(piece.size()));
    bytes = bytes.subspan(piece.size());
  }
}

bool mpi_is_running() {
  int started = 0;
  int ended = 0;
  check(MPI_Initialized(&started), "MPI_Initialized");
  check(MPI_Finalized(&ended), "MPI_Finalized");
  return started != 0 && ended == 0;
}

// Others may take minutes (rank 0 reads the data), and MPI's own wait would take a core all the while.
void wait_asleep(MPI_Request request) {
  for (double pause = kFirstPauseSeconds;; pause = std::min(2 * pause, kLongestPauseSeconds)) {
    int done = 0;
    check(MPI_Test(&request, &done, MPI_STATUS_IGNORE), "MPI_Test");
    if (done != 0) return;
    system_clock().sleep(pause);
  }
}

int reduce(int number, MPI_Op op, MPI_Comm comm) {
  int result = number;
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Iallreduce(&number, &result, 1, MPI_INT, op, comm, &request), "MPI_Iallreduce");
  wait_asleep(request);
  return result;
}

// Of the ranks of `node`, the lowest of `comm`.
int first_rank(const Comm& comm, const Comm& node) {
  return static_cast<int>(node.broadcast(static_cast<std::uint64_t>(comm.rank()), 0));
}

}  // namespace

void CommTraits::close(type& comm) noexcept {
  int ended = 0;
  if (MPI_Finalized(&ended) == MPI_SUCCESS && ended == 0) MPI_Comm_free(&comm);
}

Comm::Comm(MPI_Comm comm) : comm_(comm) {
  if (is_solo()) return;
  check(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  check(MPI_Comm_rank(comm, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(comm, &size_), "MPI_Comm_size");
}

Comm Comm::world() {
  if (!mpi_is_running()) return solo();
  MPI_Comm copy = MPI_COMM_NULL;
  check(MPI_Comm_dup(MPI_COMM_WORLD, &copy), "MPI_Comm_dup");
  return Comm(copy);
}

Comm Comm::dup() const {
  if (is_solo()) return solo();
  MPI_Comm copy = MPI_COMM_NULL;
  check(MPI_Comm_dup(get(), &copy), "MPI_Comm_dup");
  return Comm(copy);
}

Comm Comm::split_by_node() const {
  if (is_solo()) return solo();
  MPI_Comm part = MPI_COMM_NULL;
  check(MPI_Comm_split_type(get(), MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &part), "MPI_Comm_split_type");
  return Comm(part);
}

Comm Comm::split(int colour) const {
  JURY_EXPECTS(colour >= 0);
  if (is_solo()) return solo();
  MPI_Comm part = MPI_COMM_NULL;
  check(MPI_Comm_split(get(), colour, rank_, &part), "MPI_Comm_split");
  return Comm(part);
}

void Comm::barrier() const {
  if (is_solo()) return;
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Ibarrier(get(), &request), "MPI_Ibarrier");
  wait_asleep(request);
}

void Comm::broadcast(std::span<std::byte> bytes, int root) const {
  JURY_EXPECTS(root >= 0 && root < size_);
  if (is_solo()) return;
  in_pieces(bytes,
            [&](std::byte* piece, int size) { check(MPI_Bcast(piece, size, MPI_BYTE, root, get()), "MPI_Bcast"); });
}

std::uint64_t Comm::broadcast(std::uint64_t number, int root) const {
  broadcast(std::as_writable_bytes(std::span(&number, 1)), root);
  return number;
}

std::string Comm::broadcast(std::string_view text, int root) const {
  std::string result(text);
  result.resize(broadcast(std::uint64_t{text.size()}, root));
  broadcast(std::as_writable_bytes(std::span(result)), root);
  return result;
}

Bytes Comm::gather(std::span<const std::byte> bytes, int root) const {
  JURY_EXPECTS(root >= 0 && root < size_);
  if (is_solo()) return {bytes.begin(), bytes.end()};
  std::vector<std::uint64_t> sizes(static_cast<std::size_t>(size_));
  const std::uint64_t mine = bytes.size();
  check(MPI_Allgather(&mine, 1, MPI_UINT64_T, sizes.data(), 1, MPI_UINT64_T, get()), "MPI_Allgather");
  if (rank_ != root) {
    in_pieces(bytes, [&](const std::byte* piece, int size) {
      check(MPI_Send(piece, size, MPI_BYTE, root, kGatherTag, get()), "MPI_Send");
    });
    return {};
  }
  Bytes all(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}));
  std::span<std::byte> rest = all;
  for (int rank = 0; rank < size_; ++rank) {
    const auto place = rest.first(sizes[static_cast<std::size_t>(rank)]);
    rest = rest.subspan(place.size());
    if (rank == root) {
      std::copy(bytes.begin(), bytes.end(), place.begin());
    } else {
      in_pieces(place, [&](std::byte* piece, int size) {
        check(MPI_Recv(piece, size, MPI_BYTE, rank, kGatherTag, get(), MPI_STATUS_IGNORE), "MPI_Recv");
      });
    }
  }
  return all;
}

int Comm::min(int number) const { return is_solo() ? number : reduce(number, MPI_MIN, get()); }

int Comm::max(int number) const { return is_solo() ? number : reduce(number, MPI_MAX, get()); }

std::vector<std::string> Comm::all_gather(std::string_view text) const {
  if (is_solo()) return {std::string(text.substr(0, kTextBytes - 1))};
  std::array<char, kTextBytes> mine{};
  text.copy(mine.data(), kTextBytes - 1);
  std::vector<char> all(kTextBytes * static_cast<std::size_t>(size_));
  check(MPI_Allgather(mine.data(), kTextBytes, MPI_CHAR, all.data(), kTextBytes, MPI_CHAR, get()), "MPI_Allgather");
  std::vector<std::string> texts;
  for (std::size_t at = 0; at < all.size(); at += kTextBytes) texts.emplace_back(&all[at]);
  return texts;
}

std::vector<int> Comm::all_gather(int number) const {
  if (is_solo()) return {number};
  std::vector<int> all(static_cast<std::size_t>(size_));
  check(MPI_Allgather(&number, 1, MPI_INT, all.data(), 1, MPI_INT, get()), "MPI_Allgather");
  return all;
}

std::vector<int> first_ranks_of_nodes(const Comm& comm) {
  return comm.all_gather(first_rank(comm, comm.split_by_node()));
}

Placement find_placement(const Comm& comm) {
  Placement place{.rank = comm.rank(), .size = comm.size(), .hosts = comm.all_gather(host_name())};
  const Comm node = comm.split_by_node();
  place.node_rank = node.rank();
  place.node_size = node.size();
  const int first = first_rank(comm, node);
  std::vector<int> firsts = comm.all_gather(first);
  std::sort(firsts.begin(), firsts.end());
  firsts.erase(std::unique(firsts.begin(), firsts.end()), firsts.end());
  place.num_nodes = static_cast<int>(firsts.size());
  place.node = static_cast<int>(std::lower_bound(firsts.begin(), firsts.end(), first) - firsts.begin());
  return place;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

}  // namespace jury
