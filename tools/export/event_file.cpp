#include "tools/export/event_file.hpp"

#include <span>

#include "runtime/base/hash.hpp"

namespace jury {
namespace {

// A checksum of bytes that hold checksums is a poor one: TFRecords turn theirs.
std::uint32_t masked(std::string_view bytes) {
  constexpr std::uint32_t kDelta = 0xa282ead8U;
  const std::uint32_t crc = crc32c(std::as_bytes(std::span(bytes)));
  return ((crc >> 15) | (crc << 17)) + kDelta;
}

template <class T>
std::string little_endian(T value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof value; ++i) bytes.push_back(static_cast<char>((value >> (8 * i)) & 0xFF));
  return bytes;
}

ProtoMessage event(double seconds, std::int64_t step, const ProtoMessage& value) {
  return ProtoMessage().real(1, seconds).number(2, step).message(5, ProtoMessage().message(1, value));
}

}  // namespace

EventFile::EventFile(double seconds) { add(ProtoMessage().real(1, seconds).text(3, "brain.Event:2")); }

void EventFile::scalar(double seconds, std::int64_t step, const std::string& tag, double value) {
  add(event(seconds, step, ProtoMessage().text(1, tag).real(2, static_cast<float>(value))));
}

void EventFile::plugin(double seconds, const std::string& tag, const std::string& plugin, const ProtoMessage& content) {
  const ProtoMessage data = ProtoMessage().text(1, plugin).text(2, content.bytes());
  add(event(seconds, 0, ProtoMessage().text(1, tag).message(9, ProtoMessage().message(1, data))));
}

void EventFile::add(const ProtoMessage& event) {
  const std::string size = little_endian(std::uint64_t{event.bytes().size()});
  bytes_ += size + little_endian(masked(size)) + event.bytes() + little_endian(masked(event.bytes()));
}

}  // namespace jury
