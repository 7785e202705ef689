// What became of one task: the unit that is sent, journalled and aggregated.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/base/bytes.hpp"
#include "runtime/base/task_key.hpp"

namespace jury {

/// How a task ended. The numbers are part of the journal's format.
enum class TaskState : std::uint8_t {
  complete = 0,
  diverged = 1,   ///< its numbers left the finite range; the message says at which epoch
  failed = 2,     ///< it threw, or killed its worker
  timed_out = 3,  ///< ended by a limit of wall-clock time
};

/// "complete", "diverged", "failed", "timed_out": as in every table.
std::string_view to_string(TaskState state) noexcept;

/// True for the states that the key alone decides (complete, diverged). The others depend on the
/// machine: such a task may be tried again, and a later record of the same key takes its place.
bool is_final(TaskState state) noexcept;

/// One finished task. The first group of members is the result and depends on the key and the seed
/// only; the second depends on time or place and may end up nowhere but under /timing.
struct Record {
  TaskKey key = {};
  std::uint64_t settings = 0;  ///< hash of what the key means where that can change (a trial's settings); else 0
  TaskState state = TaskState::complete;
  std::string message = {};                ///< empty, or why the task did not complete; one line
  Bytes payload = {};                      ///< what the task computed; opaque here
  std::optional<std::uint64_t> blob = {};  ///< hash of the file that holds the payload instead (blob.hpp)

  double started_seconds = 0;  ///< when it began, in seconds since the session began
  double seconds = 0;          ///< how long it took
  std::int32_t rank = 0;
  std::string host = {};
  std::uint64_t peak_bytes = 0;  ///< the most memory its process had had when it ended (memory.hpp)
  std::uint32_t session =
      0;  ///< epoch of the journal's writer that took it; 0: not read from a journal, and never written
};

/// The record as bytes; record_from_bytes() gives an equal one back.
Bytes to_bytes(const Record& record);

/// Throws DataError when the bytes are not exactly one record.
Record record_from_bytes(std::span<const std::byte> bytes);

/// True when key, settings, state, message, payload and blob agree; time and place do not count.
bool same_result(const Record& a, const Record& b) noexcept;

}  // namespace jury
