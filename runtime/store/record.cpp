#include "runtime/store/record.hpp"

#include "runtime/base/error.hpp"

namespace jury {
namespace {

constexpr TaskState kLastState = TaskState::timed_out;

}  // namespace

std::string_view to_string(TaskState state) noexcept {
  switch (state) {
    case TaskState::complete:
      return "complete";
    case TaskState::diverged:
      return "diverged";
    case TaskState::failed:
      return "failed";
    case TaskState::timed_out:
      return "timed_out";
  }
  return "unknown";
}

bool is_final(TaskState state) noexcept { return state == TaskState::complete || state == TaskState::diverged; }

Bytes to_bytes(const Record& record) {
  ByteWriter out;
  for (const TaskKeyIndex& index : kTaskKeyIndices) out.add(record.key.*index.index);
  out.add(record.settings).add(record.state).add(std::string_view(record.message)).add(record.payload);
  out.add(static_cast<std::uint8_t>(record.blob.has_value() ? 1 : 0)).add(record.blob.value_or(0));
  out.add(record.started_seconds)
      .add(record.seconds)
      .add(record.rank)
      .add(std::string_view(record.host))
      .add(record.peak_bytes);
  return out.take();
}

Record record_from_bytes(std::span<const std::byte> bytes) {
  ByteReader in(bytes);
  Record record;
  for (const TaskKeyIndex& index : kTaskKeyIndices) record.key.*index.index = in.read<std::int32_t>();
  record.settings = in.read<std::uint64_t>();
  record.state = in.read<TaskState>();
  if (record.state > kLastState) throw DataError("record of an unknown state (of a newer version)");
  record.message = in.text();
  record.payload = in.vector<std::byte>();
  const bool has_blob = in.read<std::uint8_t>() != 0;
  const auto blob = in.read<std::uint64_t>();
  if (has_blob) record.blob = blob;
  record.started_seconds = in.read<double>();
  record.seconds = in.read<double>();
  record.rank = in.read<std::int32_t>();
  record.host = in.text();
  record.peak_bytes = in.read<std::uint64_t>();
  if (!in.empty()) throw DataError("record has bytes left over (damaged or of another version)");
  return record;
}

bool same_result(const Record& a, const Record& b) noexcept {
  return a.key == b.key && a.settings == b.settings && a.state == b.state && a.message == b.message &&
         a.payload == b.payload && a.blob == b.blob;
}

}  // namespace jury
