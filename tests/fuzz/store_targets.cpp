// Journals, records and messages, as they are and with sound checksums around what was changed.
#include "fuzz.hpp"
#include "runtime/base/hash.hpp"
#include "runtime/pool/message.hpp"
#include "runtime/store/journal.hpp"
#include "runtime/store/journal_format.hpp"
#include "runtime/store/provenance.hpp"
#include "support/fake_files.hpp"

namespace jury {
namespace {

const JournalHead kFuzzHead{.identity = 0x1234, .data_hash = 1, .isa = "avx2", .experiment = "schema = 1\n"};

Record fuzz_record(std::int32_t member) {
  Record record;
  record.key.member = member;
  record.payload = Bytes(30, static_cast<std::byte>(member));
  record.message = member == 1 ? "diverged in epoch 3" : "";
  record.state = member == 1 ? TaskState::diverged : TaskState::complete;
  record.host = "node";
  if (member == 2) record.blob = 77;
  return record;
}

Bytes journal_of(int num_commits) {
  FakeFiles files(0);
  JournalWriter writer = JournalWriter::create("/journal", kFuzzHead, {.session = Bytes(5), .files = files});
  for (std::int32_t commit = 0; commit < num_commits; ++commit) {
    writer.append(fuzz_record(2 * commit));
    writer.append(fuzz_record(2 * commit + 1));
    writer.commit();
  }
  if (num_commits % 2 == 0) writer.finish();
  return files.find("/journal")->content();
}
std::vector<Bytes> journal_samples() { return {journal_of(1), journal_of(2), journal_of(3)}; }

// All that may be done with a journal; a resumed one is sound afterwards.
void read_any_journal(const Bytes& input) {
  FakeFiles files(1);
  File::create("/journal", files).write_all(input);
  check_journal("/journal", files);
  try {
    is_finished_journal("/journal", files);
  } catch (const DataError&) {
  }
  const std::size_t num_records = read_journal("/journal", files).records.size();
  { JournalWriter::resume("/journal", kFuzzHead.identity, {.files = files}); }
  if (read_journal("/journal", files).records.size() != num_records)
    throw std::logic_error("a resume changed the records");
}

std::vector<Bytes> record_samples() {
  std::vector<Bytes> all;
  for (std::int32_t member = 0; member < 3; ++member) all.push_back(to_bytes(fuzz_record(member)));
  return all;
}

// Records that were damaged before their frame was made.
void read_framed(const Bytes& input) {
  Bytes journal = journal_format::head_to_bytes(kFuzzHead);
  const auto seed = journal_format::crc_seed(kFuzzHead.identity);
  const std::size_t step = std::max<std::size_t>(input.size() / 3, 1);
  std::uint64_t sequence = 0;
  const auto frame = [&](std::uint8_t kind, std::span<const std::byte> payload) {
    journal_format::add_frame(
        journal, {.kind = kind, .epoch = 1, .sequence = sequence, .commit = sequence, .payload = payload}, seed);
    ++sequence;
  };
  frame(journal_format::kSession, {});
  frame(journal_format::kRecord, input);
  for (std::size_t at = 0; at + step <= input.size() && sequence < 8; at += step)
    frame(static_cast<std::uint8_t>(hash_bytes(input) % 6), std::span(input).subspan(at, step));
  read_any_journal(journal);
}

void read_record(const Bytes& input) {
  const Record record = record_from_bytes(input);
  if (to_bytes(record).size() > input.size() + 8) throw std::logic_error("a record grew");
  read_framed(input);
}

std::vector<Bytes> message_samples() {
  std::vector<Bytes> all;
  const auto add = [&](const Message& message) {
    Bytes bytes = {static_cast<std::byte>(message.kind)};
    bytes.insert(bytes.end(), message.body.begin(), message.body.end());
    all.push_back(bytes);
  };
  add(ready_message({"node1", 3}));
  add(tasks_message({{.member = 1}, {.trial = 2}}));
  add(records_message(record_samples()));
  add(heartbeat_message(5));
  add(failure_message({ExitCode::data, "no such file"}));
  add(stop_message(ExitCode::stopped));
  return all;
}

void read_body(const Message& message) {
  switch (message.kind) {
    case MessageKind::ready:
      read_ready(message);
      return;
    case MessageKind::tasks:
      read_tasks(message);
      return;
    case MessageKind::records:
      read_records(message);
      return;
    case MessageKind::heartbeat:
      read_heartbeat(message);
      return;
    case MessageKind::failure:
      read_failure(message);
      return;
    case MessageKind::stop:
      read_stop(message);
      return;
    default:
      return;
  }
}

// A body of one of the kinds.
void read_message(const Bytes& input) {
  if (input.empty()) return;
  read_body({static_cast<MessageKind>(std::to_integer<int>(input[0]) % 9), Bytes(input.begin() + 1, input.end())});
}

std::vector<Bytes> frame_samples() {
  std::vector<Bytes> all;
  for (const Bytes& sample : message_samples()) {
    const Message message{static_cast<MessageKind>(sample[0]), Bytes(sample.begin() + 1, sample.end())};
    for (const Bytes& frame : to_frames(message, 7)) all.push_back(frame);
  }
  for (const Bytes& frame : to_frames({MessageKind::records, Bytes(9000, std::byte{1})}, 8)) all.push_back(frame);
  return all;
}

// The input in frames of the largest size, each with its own checksum or with a right one.
void read_frames(const Bytes& input) {
  Assembler assembler;
  for (std::size_t at = 0; at < input.size(); at += kFrameBytes) {
    const auto given = std::span(input).subspan(at, std::min<std::size_t>(kFrameBytes, input.size() - at));
    Bytes frame(given.begin(), given.end());
    if (hash_bytes(given) % 4 != 0 && frame.size() >= 4) {
      const std::uint32_t crc = crc32c(std::span(frame).subspan(4));
      std::memcpy(frame.data(), &crc, sizeof crc);
    }
    frame_kind(frame);
    if (const auto message = assembler.add(frame)) read_body(*message);
  }
}

std::vector<Bytes> session_samples() {
  return {to_bytes(Session{.started = "2026-01-31T12:00:00Z", .host = "node1", .pid = 7})};
}

constexpr FuzzTarget kStoreTargets[] = {
    {"journal", journal_samples, read_any_journal},
    {"record", record_samples, read_record},
    {"framed", record_samples, read_framed},
    {"message", message_samples, read_message},
    {"frames", frame_samples, read_frames},
    {"session", session_samples, [](const Bytes& input) { session_from_bytes(input); }},
};

}  // namespace

std::span<const FuzzTarget> store_targets() { return kStoreTargets; }

}  // namespace jury
