#include "search/study/session_record.hpp"

namespace jury {

Bytes to_bytes(const SessionRecord& record) {
  return ByteWriter().add(record.experiment).add(record.toml).add(to_bytes(record.session)).take();
}

SessionRecord session_record_from_bytes(std::span<const std::byte> bytes) {
  ByteReader reader(bytes);
  SessionRecord record{.experiment = reader.text(), .toml = reader.text(), .session = {}};
  record.session = session_from_bytes(reader.vector<std::byte>());
  return record;
}

}  // namespace jury
