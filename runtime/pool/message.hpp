// What coordinator and workers say to each other, and how it is cut into frames.
//
//   frame    crc32c u32 (of all that follows) | version u8 | kind u8 | message u32 | part u16 |
//            num_parts u16 | message_bytes u32 | this part's bytes
//
// Little-endian, no padding. All parts but the last are full. What arrives is never trusted: every
// function that reads throws CommError on a wrong checksum, version, kind, length or order, before
// it allocates anything for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/bytes.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/task_key.hpp"
#include "runtime/pool/channel.hpp"
#include "runtime/store/record.hpp"

namespace jury {

enum class MessageKind : std::uint8_t {
  ready = 1,      ///< worker: I can take tasks (Ready)
  tasks = 2,      ///< coordinator: do these, in this order (vector of TaskKey)
  records = 3,    ///< worker: what came of some (vector of Record)
  cancel = 4,     ///< coordinator: end what is under way, forget the rest, say drained
  drained = 5,    ///< worker: after cancel, nothing more will come
  heartbeat = 6,  ///< both: alive, and will speak again (Heartbeat)
  failure = 7,    ///< worker: cannot go on (Failure)
  stop = 8,       ///< coordinator: leave with (ExitCode)
};

struct Message {
  MessageKind kind = MessageKind::heartbeat;
  Bytes body;
};

struct Ready {
  std::string host;
  std::int32_t rank = 0;
  std::int32_t pid = 0;  ///< of the process, on that host
};

struct Heartbeat {
  double promise_seconds = 0;  ///< the next word comes within so long
  /// Trail of all that was sent to this peer: one that has received something else knows that the way is broken, and
  /// does not wait for an answer to what never arrived. 0: not said.
  std::uint32_t trail = 0;
};

struct Failure {
  ExitCode code = ExitCode::failed;
  std::string text;
};

inline constexpr std::size_t kFrameHeaderBytes = 18;
inline constexpr std::size_t kPartBytes = kFrameBytes - kFrameHeaderBytes;
/// Largest message. Room for one full record (64 KiB payload, a message, key) or many small ones.
inline constexpr std::size_t kMessageBytes = 80 * 1024;
/// Longest Record::message and Failure::text; the worker cuts longer ones.
inline constexpr std::size_t kTextBytes = 1000;
/// Tasks in one message, which then fits in one frame.
inline constexpr std::size_t kTasksPerMessage = 90;

Message ready_message(const Ready& ready);
Message tasks_message(const std::vector<TaskKey>& keys);
Message records_message(const std::vector<Bytes>& records);
Message heartbeat_message(double promise_seconds, std::uint32_t trail = 0);
Message failure_message(const Failure& failure);
Message stop_message(ExitCode code);
inline Message cancel_message() { return {MessageKind::cancel, {}}; }
inline Message drained_message() { return {MessageKind::drained, {}}; }

/// The bodies back. Each throws CommError when the body is not one of its kind.
Ready read_ready(const Message& message);
std::vector<TaskKey> read_tasks(const Message& message);
std::vector<Record> read_records(const Message& message);
Heartbeat read_heartbeat(const Message& message);
Failure read_failure(const Message& message);
ExitCode read_stop(const Message& message);

/// A message in frames. `number` tells messages of one sender apart. Expects body <= kMessageBytes.
std::vector<Bytes> to_frames(const Message& message, std::uint32_t number);

/// The kind of a frame that is passed on, after checking its header.
MessageKind frame_kind(std::span<const std::byte> frame);

/// Puts the frames of one sender together again. Bounded: holds at most one unfinished message. A
/// message of one frame may come between the frames of another (a relay's heartbeat does).
class Assembler {
 public:
  /// The message that this frame completes, if it does. Throws CommError when the frame is damaged
  /// or is not the next one.
  std::optional<Message> add(std::span<const std::byte> frame);

 private:
  std::uint32_t number_ = 0;
  std::uint16_t next_part_ = 0;
  MessageKind kind_ = MessageKind::heartbeat;
  std::size_t total_ = 0;
  Bytes body_;
};

/// Checksum of a stream of frames but its heartbeats, which whoever passes it on may drop and add.
class Trail {
 public:
  void add(std::span<const std::byte> frame);
  std::uint32_t value() const noexcept { return value_; }
  /// Whether the peer that sent this heartbeat has sent these frames.
  bool is_that_of(const Heartbeat& beat) const noexcept { return beat.trail == 0 || beat.trail == value_; }

 private:
  std::uint32_t value_ = 0;
};

/// What to throw when it has not.
CommError broken_trail(const std::string& peer);

/// Sends messages to one peer and numbers them.
class Sender {
 public:
  Sender(Channel& channel, int peer) noexcept : channel_(&channel), peer_(peer) {}
  void send(const Message& message);
  const Trail& trail() const noexcept { return trail_; }

 private:
  Channel* channel_;
  int peer_;
  std::uint32_t number_ = 0;
  Trail trail_;
};

}  // namespace jury
