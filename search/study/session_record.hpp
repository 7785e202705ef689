// What each session of a run says of itself in the journal.
#pragma once

#include <span>
#include <string>

#include "runtime/base/bytes.hpp"
#include "runtime/store/provenance.hpp"

namespace jury {

/// The latest session's settings are the run's: a resume may have asked for more members.
struct SessionRecord {
  std::string experiment;  ///< to_toml() of the experiment
  std::string toml;        ///< the file as written
  Session session;
};

Bytes to_bytes(const SessionRecord& record);
/// Throws DataError when the bytes are no such record.
SessionRecord session_record_from_bytes(std::span<const std::byte> bytes);

}  // namespace jury
