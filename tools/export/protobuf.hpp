// Messages of protocol buffers, written field by field.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace jury {

/// The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/): each call adds one field,
/// in the order of the calls; a repeated field is added once for each of its values. Field numbers are those of the
/// .proto.
class ProtoMessage {
 public:
  ProtoMessage& number(int field, std::int64_t value);    ///< int64, int32, enum, bool
  ProtoMessage& real(int field, float value);             ///< float
  ProtoMessage& real(int field, double value);            ///< double
  ProtoMessage& text(int field, std::string_view value);  ///< string, bytes
  ProtoMessage& message(int field, const ProtoMessage& value) { return text(field, value.bytes_); }
  /// The fields of another message of this sort.
  ProtoMessage& append(const ProtoMessage& more) {
    bytes_ += more.bytes_;
    return *this;
  }

  const std::string& bytes() const noexcept { return bytes_; }

 private:
  void varint(std::uint64_t value);
  void tag(int field, unsigned wire_type) { varint((static_cast<std::uint64_t>(field) << 3) | wire_type); }

  std::string bytes_;
};

}  // namespace jury
