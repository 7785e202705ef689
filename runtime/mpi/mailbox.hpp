// Small messages between ranks that never block, whatever the other side does.
#pragma once

#include <cstddef>
#include <list>
#include <optional>

#include "runtime/base/bytes.hpp"
#include "runtime/mpi/comm.hpp"

namespace jury {

/// Largest message, in bytes: under the eager limit of every transport (4 KiB in shared memory), so
/// that a send completes without its receiver. One byte over the limit and a send to a dead rank
/// never does.
inline constexpr std::size_t kMailBytes = 3584;

struct Mail {
  int rank = 0;  ///< sender
  Bytes bytes;
};

/// Point-to-point messages on a communicator of its own. Order is kept between two ranks. Nothing
/// here waits. A message to a dead rank vanishes without an error (that is MPI's way), so who needs an
/// answer needs a deadline. MPI itself buffers small messages without bound (200,000 were taken for a
/// rank that read none), so it is the protocol above that limits what is under way. Main thread only.
class Mailbox {
 public:
  /// `comm` must be used for nothing else: give a comm.dup().
  explicit Mailbox(Comm comm, std::size_t max_waiting = 16384) noexcept;
  /// Waits for nothing: messages that are unread, or still being sent, are left to MPI together with
  /// the communicator. (Freed, its context went to the next one, which took an old message for its
  /// first, and lost the first for good: 3 hangs in 8 runs at three ranks.)
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  int size() const noexcept { return comm_.size(); }
  int rank() const noexcept { return comm_.rank(); }

  /// Expects bytes.size() <= kMailBytes and 0 <= rank < size(), not this rank. Throws CommError when
  /// max_waiting messages are not off our hands: the other side has stopped taking them.
  void post(int rank, Bytes bytes);
  /// The next message that has arrived, if any. Throws CommError for one larger than kMailBytes.
  std::optional<Mail> poll();
  /// Messages that MPI has not taken off our hands.
  std::size_t num_waiting() const noexcept { return sending_.size(); }

 private:
  struct Sending {
    MPI_Request request;
    Bytes bytes;
  };
  void progress();

  Comm comm_;
  std::size_t max_waiting_;
  std::list<Sending> sending_;  // a list: MPI holds on to the buffers, so they must not move
};

}  // namespace jury
