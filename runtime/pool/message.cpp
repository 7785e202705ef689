#include "runtime/pool/message.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "runtime/base/hash.hpp"

namespace jury {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kChecksumBytes = 4;

struct FrameHeader {
  MessageKind kind = MessageKind::heartbeat;
  std::uint32_t message = 0;
  std::uint16_t part = 0;
  std::uint16_t num_parts = 0;
  std::uint32_t message_bytes = 0;
};

[[noreturn]] void bad(const std::string& why) { throw CommError("damaged message from a peer (" + why + ")"); }

std::size_t parts_of(std::size_t bytes) { return std::max<std::size_t>(1, (bytes + kPartBytes - 1) / kPartBytes); }

MessageKind checked_kind(std::uint8_t number) {
  if (number < static_cast<std::uint8_t>(MessageKind::ready) || number > static_cast<std::uint8_t>(MessageKind::stop))
    bad("unknown kind " + std::to_string(number));
  return static_cast<MessageKind>(number);
}

FrameHeader read_header(std::span<const std::byte> frame) {
  if (frame.size() < kFrameHeaderBytes || frame.size() > kFrameBytes)
    bad("frame of " + std::to_string(frame.size()) + " bytes");
  ByteReader reader(frame.first(kFrameHeaderBytes));
  if (reader.read<std::uint32_t>() != crc32c(frame.subspan(kChecksumBytes))) bad("wrong checksum");
  if (const auto version = reader.read<std::uint8_t>(); version != kVersion)
    bad("version " + std::to_string(version) + " of the protocol, ours is " + std::to_string(kVersion) +
        "; do all ranks run the same program?");
  FrameHeader header;
  header.kind = checked_kind(reader.read<std::uint8_t>());
  header.message = reader.read<std::uint32_t>();
  header.part = reader.read<std::uint16_t>();
  header.num_parts = reader.read<std::uint16_t>();
  header.message_bytes = reader.read<std::uint32_t>();
  if (header.message_bytes > kMessageBytes) bad("message of " + std::to_string(header.message_bytes) + " bytes");
  if (header.num_parts != parts_of(header.message_bytes) || header.part >= header.num_parts) bad("wrong part");
  const std::size_t before = header.part * kPartBytes;
  if (frame.size() - kFrameHeaderBytes != std::min(kPartBytes, header.message_bytes - before)) bad("wrong length");
  return header;
}

/// Runs `read` over the body; a body that is too short or too long is the peer's fault.
template <class Read>
auto parse(const Message& message, MessageKind kind, Read read) {
  if (message.kind != kind) bad("message of kind " + std::to_string(static_cast<int>(message.kind)) + " out of turn");
  try {
    ByteReader reader(message.body);
    auto value = read(reader);
    if (!reader.empty()) bad("bytes after the end");
    return value;
  } catch (const DataError&) {
    bad("wrong content");
  }
}

ExitCode checked_code(std::int32_t number) {
  if (number < 0 || number > 255) bad("exit code " + std::to_string(number));
  return static_cast<ExitCode>(number);
}

}  // namespace

Message ready_message(const Ready& ready) {
  ByteWriter writer;
  writer.add(std::string_view(ready.host).substr(0, kTextBytes)).add(ready.rank).add(ready.pid);
  return {MessageKind::ready, writer.take()};
}

Ready read_ready(const Message& message) {
  return parse(message, MessageKind::ready, [](ByteReader& reader) {
    Ready ready;
    ready.host = reader.text();
    ready.rank = reader.read<std::int32_t>();
    ready.pid = reader.read<std::int32_t>();
    return ready;
  });
}

Message tasks_message(const std::vector<TaskKey>& keys) {
  JURY_EXPECTS(keys.size() <= kTasksPerMessage);
  ByteWriter writer;
  return {MessageKind::tasks, writer.add(keys).take()};
}

std::vector<TaskKey> read_tasks(const Message& message) {
  return parse(message, MessageKind::tasks, [](ByteReader& reader) { return reader.vector<TaskKey>(); });
}

Message records_message(const std::vector<Bytes>& records) {
  ByteWriter writer;
  for (const Bytes& record : records) writer.add(std::span<const std::byte>(record));
  return {MessageKind::records, writer.take()};
}

std::vector<Record> read_records(const Message& message) {
  return parse(message, MessageKind::records, [](ByteReader& reader) {
    std::vector<Record> records;
    while (!reader.empty()) records.push_back(record_from_bytes(reader.vector<std::byte>()));
    return records;
  });
}

Message heartbeat_message(double promise_seconds, std::uint32_t trail) {
  ByteWriter writer;
  return {MessageKind::heartbeat, writer.add(promise_seconds).add(trail).take()};
}

Heartbeat read_heartbeat(const Message& message) {
  return parse(message, MessageKind::heartbeat, [](ByteReader& reader) {
    const auto seconds = reader.read<double>();
    if (!(seconds > 0 && seconds < 1e9)) bad("promise of " + std::to_string(seconds) + " s");
    return Heartbeat{seconds, reader.read<std::uint32_t>()};
  });
}

Message failure_message(const Failure& failure) {
  ByteWriter writer;
  writer.add(static_cast<std::int32_t>(failure.code)).add(std::string_view(failure.text).substr(0, kTextBytes));
  return {MessageKind::failure, writer.take()};
}

Failure read_failure(const Message& message) {
  return parse(message, MessageKind::failure, [](ByteReader& reader) {
    Failure failure;
    failure.code = checked_code(reader.read<std::int32_t>());
    failure.text = reader.text();
    return failure;
  });
}

Message stop_message(ExitCode code) {
  ByteWriter writer;
  return {MessageKind::stop, writer.add(static_cast<std::int32_t>(code)).take()};
}

ExitCode read_stop(const Message& message) {
  return parse(message, MessageKind::stop,
               [](ByteReader& reader) { return checked_code(reader.read<std::int32_t>()); });
}

std::vector<Bytes> to_frames(const Message& message, std::uint32_t number) {
  JURY_EXPECTS(message.body.size() <= kMessageBytes);
  static_assert(kMessageBytes / kPartBytes < std::numeric_limits<std::uint16_t>::max());
  const std::size_t num_parts = parts_of(message.body.size());
  std::vector<Bytes> frames;
  for (std::size_t part = 0; part < num_parts; ++part) {
    const auto rest = std::span<const std::byte>(message.body).subspan(part * kPartBytes);
    ByteWriter writer;
    writer.add(kVersion).add(message.kind).add(number);
    writer.add(static_cast<std::uint16_t>(part)).add(static_cast<std::uint16_t>(num_parts));
    writer.add(static_cast<std::uint32_t>(message.body.size())).raw(rest.first(std::min(rest.size(), kPartBytes)));
    const Bytes checked = writer.take();
    frames.push_back(ByteWriter().add(crc32c(checked)).raw(checked).take());
  }
  return frames;
}

MessageKind frame_kind(std::span<const std::byte> frame) { return read_header(frame).kind; }

std::optional<Message> Assembler::add(std::span<const std::byte> frame) {
  const FrameHeader header = read_header(frame);
  const auto part = frame.subspan(kFrameHeaderBytes);
  if (header.num_parts == 1) return Message{header.kind, Bytes(part.begin(), part.end())};
  if (header.part == 0 && next_part_ == 0) {
    number_ = header.message;
    kind_ = header.kind;
    total_ = header.message_bytes;
    body_.clear();
    body_.reserve(total_);
  }
  if (header.part != next_part_ || header.message != number_ || header.kind != kind_ || header.message_bytes != total_)
    bad("part " + std::to_string(header.part) + " of message " + std::to_string(header.message) + " out of order");
  body_.insert(body_.end(), part.begin(), part.end());
  if (++next_part_ < header.num_parts) return {};
  next_part_ = 0;
  return Message{kind_, std::exchange(body_, {})};
}

void Trail::add(std::span<const std::byte> frame) { value_ = crc32c(frame.first(kChecksumBytes), value_); }

CommError broken_trail(const std::string& peer) {
  return CommError("what " + peer +
                   " sent is not what arrived (the network loses, doubles or swaps messages) resume the run");
}

void Sender::send(const Message& message) {
  for (Bytes& frame : to_frames(message, number_)) {
    if (message.kind != MessageKind::heartbeat) trail_.add(frame);
    channel_->send(peer_, std::move(frame));
  }
  ++number_;
}

}  // namespace jury
