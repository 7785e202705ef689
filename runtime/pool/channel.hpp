// How frames travel between the coordinator and its workers.
#pragma once

#include <cstddef>
#include <optional>

#include "runtime/base/bytes.hpp"

namespace jury {

/// Largest frame, both ways: what a mail (kMailBytes) leaves to a single frame in a bundle, see bundle.hpp.
inline constexpr std::size_t kFrameBytes = 3568;

/// A frame and the peer it came from.
struct Frame {
  int peer = 0;
  Bytes bytes;
};

/// One side's connection to `num_peers()` others. Nothing here waits. Frames of one peer arrive in
/// the order they were sent, or never. Used on one thread, unless a class says otherwise.
class Channel {
 public:
  virtual ~Channel() = default;
  virtual int num_peers() const = 0;
  /// Expects 0 <= peer < num_peers() and bytes.size() <= kFrameBytes (kMailBytes for a channel that carries bundles).
  /// Throws CommError when the peer has stopped taking frames and too many wait.
  virtual void send(int peer, Bytes bytes) = 0;
  /// Sends what waits for company, where frames travel together; receive() does so too. For a caller that is about to
  /// do something else.
  virtual void push() {}
  /// The next frame from any peer, if one has arrived.
  virtual std::optional<Frame> receive() = 0;
  /// Frames sent that are still in our hands. A polite sender waits while there are many.
  virtual std::size_t num_waiting() const = 0;
  /// Whether peers can die or hang without this process, so that their silence means something. The
  /// ones that can send heartbeats; threads of this process do not.
  virtual bool can_lose_peers() const = 0;
};

}  // namespace jury
