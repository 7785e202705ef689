// One block of bytes per node, however many ranks the node has.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "runtime/base/bytes.hpp"

namespace jury {

class Comm;

struct NodeSharedOptions {
  std::string shared_dir = "/dev/shm";  ///< what backs MPI's shared windows; its free space decides
  std::string file_dir = "";            ///< where the file goes when that is short; "": $TMPDIR, /tmp
};

/// Bytes that all ranks of a node see in one copy, and that nobody changes. Rank 0 makes them; the
/// first rank of every other node receives them from it.
///
///   one process            owns the bytes
///   several ranks          an MPI shared-memory window of the node
///   /dev/shm is short      a mapped file, deleted by its name as soon as every rank has it open.
///                          The free space is asked for before: a window that does not fit fails on
///                          the node's first rank alone, after a page of warnings, and the others do
///                          not return (Open MPI 4.1.4)
///
/// The block starts at a multiple of 64 bytes. Neither copied nor moved: spans into it stay valid as
/// long as it lives. A window is given back at MPI_Finalize, not by the destructor, because freeing
/// one is collective and a rank that leaves early would hang the others.
class NodeShared {
 public:
  enum class Backing { own, window, file };

  /// Calls `on_first_rank` on rank 0 alone and spreads what it returns. Collective. When it throws,
  /// or any node has no room (IoError), every rank throws, see agree(): rank 0 the exception itself,
  /// the others a quiet PeerError with the same exit code.
  static std::unique_ptr<NodeShared> load(const Comm& comm, const std::function<Bytes()>& on_first_rank,
                                          const NodeSharedOptions& options = {});
  ~NodeShared();
  NodeShared(const NodeShared&) = delete;
  NodeShared& operator=(const NodeShared&) = delete;

  std::span<const std::byte> bytes() const noexcept { return bytes_; }
  Backing backing() const noexcept { return backing_; }

 private:
  NodeShared() = default;

  Backing backing_ = Backing::own;
  Bytes own_;
  void* mapping_ = nullptr;
  std::size_t mapping_bytes_ = 0;
  std::span<const std::byte> bytes_;
};

}  // namespace jury
