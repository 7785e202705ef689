// Ranks that work together. One rank without MPI is a communicator like any other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/base/handle.hpp"
#include "runtime/mpi/check.hpp"

namespace jury {

struct CommTraits {
  using type = MPI_Comm;
  static type null() noexcept { return MPI_COMM_NULL; }
  static void close(type& comm) noexcept;
};

/// A communicator that frees itself. Copying would be a hidden collective, so dup() is spelled out.
///
/// solo() is a rank that needs no MPI: every operation on it returns at once, so that code for many
/// ranks is also the code for one process.
///
/// Collective operations are for start-up only: they have no deadline and hang when a rank is lost.
/// Everything later goes by Mailbox. Main thread only (MPI_THREAD_FUNNELED). All functions throw
/// CommError when MPI reports a failure.
class Comm {
 public:
  /// One rank, no MPI.
  static Comm solo() noexcept { return Comm(MPI_COMM_NULL); }
  /// A copy of MPI_COMM_WORLD, or solo() when MPI is not running. Collective.
  static Comm world();

  int rank() const noexcept { return rank_; }
  int size() const noexcept { return size_; }
  bool is_solo() const noexcept { return !comm_; }
  MPI_Comm get() const noexcept { return comm_.get(); }

  /// The same ranks in a context of their own: messages of the two are never mixed up. Collective.
  Comm dup() const;
  /// The ranks that share this rank's memory, in the same order. Collective.
  Comm split_by_node() const;
  /// The ranks that give the same colour (>= 0), in the same order. Collective.
  Comm split(int colour) const;

  /// Gives the communicator up without freeing it, so that MPI never gives its context to another.
  /// For one on which messages may be left that nobody will read: they would turn up in the other.
  void leave() noexcept { comm_.release(); }

  /// This one, min() and max(), and with them agree(), sleep while they wait: others may be long in coming.
  void barrier() const;
  /// `bytes` of rank `root` to all, in pieces, so that more than 2 GiB can be sent. All ranks give
  /// the same size. Collective.
  void broadcast(std::span<std::byte> bytes, int root) const;
  /// `number` of rank `root`, on all ranks. Collective.
  std::uint64_t broadcast(std::uint64_t number, int root) const;
  /// `text` of rank `root`, on all ranks. Collective.
  std::string broadcast(std::string_view text, int root) const;
  /// The ranks' bytes, one rank's after the other's, on rank `root`; nothing on the others. The ranks
  /// may give different sizes, sent in pieces. Collective.
  Bytes gather(std::span<const std::byte> bytes, int root) const;
  /// Smallest of the ranks' numbers, on all ranks. Collective.
  int min(int number) const;
  /// Largest of the ranks' numbers, on all ranks; what start-up does with exit codes. Collective.
  int max(int number) const;
  /// Every rank's text (cut at 255 bytes), by rank, on all ranks. Collective.
  std::vector<std::string> all_gather(std::string_view text) const;
  /// Every rank's number, by rank, on all ranks. Collective.
  std::vector<int> all_gather(int number) const;

 private:
  explicit Comm(MPI_Comm comm);

  Handle<CommTraits> comm_;
  int rank_ = 0;
  int size_ = 1;
};

/// Where the ranks of a communicator are.
struct Placement {
  int rank = 0;
  int size = 1;
  int node = 0;       ///< of this rank; nodes are numbered by their first rank
  int node_rank = 0;  ///< within the node
  int node_size = 1;
  int num_nodes = 1;
  std::vector<std::string> hosts;  ///< host name by rank
};

/// The first rank of every rank's node, by rank. Collective.
std::vector<int> first_ranks_of_nodes(const Comm& comm);

/// Collective. A node is a set of ranks that share memory.
Placement find_placement(const Comm& comm);

/// This machine's name.
std::string host_name();

}  // namespace jury
