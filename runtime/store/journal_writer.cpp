// Writing a journal: group commit, the lock and the fence.
#include <utility>

#include "runtime/store/journal.hpp"
#include "runtime/store/journal_format.hpp"

namespace jury {
namespace {

using namespace journal_format;

// How often a held lock is tried again.
constexpr double kLockPollSeconds = 0.05;

void lock(File& file, const JournalOptions& options) {
  const double deadline = options.clock.seconds() + options.lock_wait_seconds;
  while (!file.try_lock()) {
    if (options.clock.seconds() >= deadline)
      throw IoError("journal '" + file.path() + "' is in use (another process holds its lock) wait until it has ended");
    options.clock.sleep(kLockPollSeconds);
  }
}

// Moves what follows the last good frame to a file of its own.
void set_tail_aside(File& file, std::uint64_t good_end, std::uint64_t torn_bytes, FileSystem& files) {
  Bytes tail(static_cast<std::size_t>(torn_bytes));
  tail.resize(file.read_at(good_end, tail));
  int n = 1;
  while (exists(file.path() + ".torn-" + std::to_string(n), files)) ++n;
  replace_file(file.path() + ".torn-" + std::to_string(n), tail, files);
  file.truncate(good_end);
  file.sync();
}

// Writes the last commit once more, where it is. When its sync failed or never was, the system may show bytes that it
// has given up writing; a commit behind them would leave a hole before it.
void settle_last_commit(const File& file, const JournalContents& contents, FileSystem& files) {
  if (contents.last_commit == 0) return;
  Bytes commit(static_cast<std::size_t>(contents.good_end - contents.last_commit));
  commit.resize(file.read_at(contents.last_commit, commit));
  File same = File::overwrite(file.path(), files);
  same.write_at(contents.last_commit, commit);
  same.sync_data();
}

}  // namespace

JournalWriter::JournalWriter(File file, JournalHead head, JournalOptions options, std::uint32_t epoch,
                             std::uint64_t end)
    : file_(std::move(file)), head_(std::move(head)), options_(std::move(options)), epoch_(epoch), end_(end) {}

JournalWriter JournalWriter::create(const std::string& path, const JournalHead& head, JournalOptions options) {
  FileSystem& files = options.files;
  if (exists(path, files))
    throw IoError("cannot create journal '" + path + "' (there is one already) resume or overwrite the run");
  const std::string aside = name_aside(path);
  try {
    File file = File::create(aside, files);
    lock(file, options);
    const Bytes bytes = head_to_bytes(head);
    file.write_all(bytes);
    JournalWriter writer(std::move(file), head, std::move(options), 1, bytes.size());
    writer.add_frame(kSession, writer.options_.session);
    writer.write_pending();
    writer.file_.move_to(path);
    return writer;
  } catch (const IoError&) {
    files.unlink(aside.c_str());
    throw;
  }
}

ResumedJournal JournalWriter::resume(const std::string& path, std::uint64_t identity, JournalOptions options) {
  File file = File::append(path, options.files);
  lock(file, options);
  JournalContents contents = read_journal(path, options.files);
  expect_identity(contents.head, identity, path);
  if (!file.is_at(path)) throw FencedError("journal '" + path + "' was replaced while it was being opened");
  sync_folder(folder_of(path), options.files);  // whoever renamed it may not have come to this
  if (contents.torn_bytes > 0) set_tail_aside(file, contents.good_end, contents.torn_bytes, options.files);
  settle_last_commit(file, contents, options.files);
  JournalWriter writer(std::move(file), contents.head, std::move(options), contents.epoch + 1, contents.good_end);
  writer.add_frame(kSession, writer.options_.session);
  writer.commit_pending();
  return {std::move(writer), std::move(contents)};
}

void JournalWriter::add_frame(std::uint8_t kind, std::span<const std::byte> payload) {
  const Frame frame{.kind = kind, .epoch = epoch_, .sequence = sequence_++, .commit = commit_, .payload = payload};
  journal_format::add_frame(pending_, frame, crc_seed(head_.identity));
}

void JournalWriter::append(const Record& record) {
  JURY_EXPECTS(record.payload.size() <= kMaxPayloadBytes);
  expect_alive();
  if (num_pending_ == 0) oldest_seconds_ = options_.clock.seconds();
  add_frame(kRecord, to_bytes(record));
  ++num_pending_;
}

void JournalWriter::append_session(std::span<const std::byte> session) {
  expect_alive();
  if (num_pending_ == 0) oldest_seconds_ = options_.clock.seconds();
  add_frame(kSession, session);
  ++num_pending_;
}

std::size_t JournalWriter::commit() {
  expect_alive();
  const std::size_t count = std::exchange(num_pending_, 0);
  if (count > 0) commit_pending();
  return count;
}

std::size_t JournalWriter::commit_if_due() {
  const bool due = num_pending_ >= options_.max_records ||
                   (num_pending_ > 0 && options_.clock.seconds() - oldest_seconds_ >= options_.max_wait_seconds);
  return due ? commit() : 0;
}

void JournalWriter::stop() { end(kStopped); }
void JournalWriter::finish() { end(kFinished); }

// The mark is a commit of its own: it says that the commit before it is on disk.
void JournalWriter::end(std::uint8_t kind) {
  commit();
  add_frame(kind, {});
  commit_pending();
  dead_ = "journal '" + file_.path() + "' has been ended";
}

void JournalWriter::commit_pending() {
  try {
    expect_not_fenced();
    write_pending();
  } catch (const IoError& error) {
    dead_ = error.what();
    throw;
  }
}

void JournalWriter::write_pending() {
  try {
    file_.write_all(pending_);
    file_.sync_data();
  } catch (const IoError&) {
    // After a failed sync nobody knows what is on disk; what can be taken back is.
    try {
      file_.truncate(end_);
    } catch (const IoError&) {
    }
    throw;
  }
  end_ += pending_.size();
  pending_.clear();
  commit_ = sequence_;
}

void JournalWriter::expect_alive() const {
  if (!dead_.empty()) throw IoError(dead_);
}

void JournalWriter::expect_not_fenced() {
  const std::uint64_t size = file_.size();
  if (!file_.is_at(file_.path()))
    throw FencedError("journal '" + file_.path() +
                      "' is not at its path any more (it was moved, removed or replaced) this process ends");
  if (size == end_) return;
  std::string by;
  if (size > end_) {
    JournalFile journal(file_);
    if (const auto frame = journal.frame_at(end_)) by = "epoch " + std::to_string(frame->epoch) + " has begun, ";
  }
  throw FencedError("another process has taken over journal '" + file_.path() + "' (" + by + "this one is epoch " +
                    std::to_string(epoch_) + ") this process ends");
}

}  // namespace jury
