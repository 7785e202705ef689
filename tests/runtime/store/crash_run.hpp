// A small run on a fake file system that is interrupted again and again, and what must hold all the while.
#pragma once

#include <fmt/format.h>

#include <map>
#include <set>
#include <stdexcept>

#include "runtime/base/hash.hpp"
#include "runtime/store/blob.hpp"
#include "runtime/store/journal.hpp"
#include "runtime/store/run_directory.hpp"
#include "support/fake_files.hpp"

namespace jury {

/// The store kept no promise; says which.
class BrokenPromise : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// What a run has to do: tasks with small and large results, committed in groups.
struct CrashScript {
  std::int32_t num_tasks = 6;
  std::size_t group = 2;         ///< records in a commit
  std::size_t large_bytes = 90;  ///< payloads above this go to blobs
  std::uint64_t seed = 0;
};

class CrashRun {
 public:
  CrashRun(const CrashScript& script, FakeFiles& files) : script_(script), files_(&files) {}

  /// One process: goes on where the run is, to its end. Throws what stops it; BrokenPromise when
  /// something acknowledged is lost, or something is there that was never written.
  void work() {
    const Bytes found = content_of(kJournal);
    RunDirectory directory = RunDirectory::open(kRun, RunMode::resume, *files_);
    const BlobStore blobs(directory.blobs(), *files_);
    JournalWriter writer = open_journal(directory, found);
    expect_acknowledged(blobs);
    for (std::int32_t task = 0; task < script_.num_tasks; ++task) {
      if (known_.contains(task)) continue;
      Record record = record_of(task);
      move_large_payload(record, blobs, script_.large_bytes);
      writer.append(record);
      waiting_.push_back(task);
      if (writer.num_pending() < script_.group) continue;
      writer.commit();
      acknowledge();
    }
    writer.commit();
    acknowledge();
    replace_file(directory.results(), results(), *files_);
    writer.finish();
    finished_ = true;
  }

  /// After an undisturbed work(): the same content whatever happened before.
  void expect_whole() const {
    const JournalContents contents = read_journal(kJournal, *files_);
    if (!contents.finished || contents.records.size() != static_cast<std::size_t>(script_.num_tasks))
      throw BrokenPromise(
          fmt::format("a finished run has {} records of {}", contents.records.size(), script_.num_tasks));
    if (content_of(std::string(kRun) + "/results.h5") != results()) throw BrokenPromise("the results are others");
    for (const JournalFinding& finding : check_journal(kJournal, *files_))
      throw BrokenPromise("the journal is not sound: " + finding.text);
    for (const Bytes& torn : torn_)
      if (!is_aside(torn)) throw BrokenPromise("a torn tail that had been set aside is lost");
  }

 private:
  static constexpr const char* kRun = "/runs/a";
  static constexpr const char* kJournal = "/runs/a/journal";
  static constexpr std::uint64_t kIdentity = 0x1234;

  Record record_of(std::int32_t task) const {
    Rng rng(hash_bytes(std::as_bytes(std::span(&task, 1))) ^ script_.seed);
    Record record;
    record.key.member = task;
    record.payload.resize(rng.below(2 * script_.large_bytes));
    for (std::byte& byte : record.payload) byte = static_cast<std::byte>(rng.below(256));
    return record;
  }

  Bytes results() const {
    ByteWriter out;
    for (std::int32_t task = 0; task < script_.num_tasks; ++task) out.raw(to_bytes(record_of(task)));
    return out.take();
  }

  JournalWriter open_journal(const RunDirectory& directory, const Bytes& found) {
    JournalOptions options{.lock_wait_seconds = 0, .session = Bytes(10, std::byte{7}), .files = *files_};
    known_.clear();
    waiting_.clear();
    if (directory.state() != RunState::unfinished && directory.state() != RunState::finished) {
      if (!acknowledged_.empty() || finished_) throw BrokenPromise("the journal is gone");
      replace_file(directory.experiment_toml(), "name = \"a\"", *files_);
      return JournalWriter::create(directory.journal(), {.identity = kIdentity, .experiment = "a"}, options);
    }
    if (finished_ && directory.state() != RunState::finished) throw BrokenPromise("the finished run is not finished");
    finished_ = false;  // a new session begins
    ResumedJournal resumed = JournalWriter::resume(directory.journal(), kIdentity, options);
    for (const Record& record : resumed.contents.records) known_.emplace(record.key.member, record);
    if (resumed.contents.torn_bytes > 0) {
      torn_.emplace_back(found.begin() + static_cast<std::ptrdiff_t>(resumed.contents.good_end), found.end());
      if (!is_aside(torn_.back())) throw BrokenPromise("a torn tail was not set aside");
    }
    return std::move(resumed.writer);
  }

  // What was acknowledged is there, and what is there is true; from now on it counts.
  void expect_acknowledged(const BlobStore& blobs) {
    for (const std::int32_t task : acknowledged_)
      if (!known_.contains(task)) throw BrokenPromise(fmt::format("acknowledged record {} is lost", task));
    for (const auto& [task, record] : known_) {
      if (task < 0 || task >= script_.num_tasks) throw BrokenPromise("a record that nobody wrote");
      if (payload_of(record, blobs) != record_of(task).payload)
        throw BrokenPromise(fmt::format("record {} has other bytes", task));
      acknowledged_.insert(task);
    }
  }

  void acknowledge() {
    acknowledged_.insert(waiting_.begin(), waiting_.end());
    waiting_.clear();
  }

  Bytes content_of(const std::string& path) const {
    const FakeNode* node = files_->find(path);
    return node ? node->content() : Bytes();
  }
  bool is_aside(const Bytes& torn) const {
    for (int n = 1; const FakeNode* node = files_->find(fmt::format("{}.torn-{}", kJournal, n)); ++n)
      if (node->content() == torn) return true;
    return false;
  }

  CrashScript script_;
  FakeFiles* files_;
  std::map<std::int32_t, Record> known_;  // by this process
  std::vector<std::int32_t> waiting_;     // for the next commit
  std::set<std::int32_t> acknowledged_;   // by any process
  bool finished_ = false;
  std::vector<Bytes> torn_;
};

}  // namespace jury
