// Reading a journal: which frames are good, and what the good ones say together.
#include <map>
#include <utility>

#include "runtime/base/hash.hpp"
#include "runtime/base/text.hpp"
#include "runtime/store/journal.hpp"
#include "runtime/store/journal_format.hpp"

namespace jury {
namespace {

using namespace journal_format;

// Goes through the frames of one journal in order and remembers where they stop being good.
class Walk {
 public:
  explicit Walk(JournalFile& file) : file_(file), end_(file.head_end()) {}

  // The next frame that counts; nothing at the end of the good ones. Frames that a writer added
  // after its successor had begun do not count.
  std::optional<Frame> next() {
    while (const auto frame = file_.frame_at(end_)) {
      const bool late = seen_ && frame->epoch < epoch_;
      const bool begins = !seen_ || frame->epoch > epoch_;
      if (!late && frame->sequence != (begins ? 0 : next_sequence_)) return gap_ = true, std::nullopt;
      offset_ = end_;
      end_ += frame->size_bytes();
      if (late) {
        ++num_late_;
        continue;
      }
      seen_ = true;
      epoch_ = frame->epoch;
      next_sequence_ = frame->sequence + 1;
      if (frame->sequence == frame->commit) commit_ = offset_;
      return frame;
    }
    return std::nullopt;
  }

  // After the last frame: whether what follows was damaged after it had been committed. A commit is
  // synced before the next begins, so bytes may be missing only within the last commit of the file
  // (a machine that goes down can write the pages of one commit in any order).
  bool is_damaged() const {
    if (gap_) return true;
    for (auto at = file_.find_frame(end_); at;) {
      const Frame frame = *file_.frame_at(*at);
      const bool same_commit = seen_ && frame.epoch == epoch_ && frame.commit <= next_sequence_;
      if (!same_commit) return true;
      at = file_.find_frame(*at + frame.size_bytes());
    }
    return false;
  }

  std::uint64_t offset() const noexcept { return offset_; }
  std::uint64_t last_commit() const noexcept { return commit_; }
  std::uint64_t good_end() const noexcept { return end_; }
  std::uint32_t epoch() const noexcept { return epoch_; }
  std::uint64_t num_late() const noexcept { return num_late_; }

 private:
  JournalFile& file_;
  std::uint64_t end_;
  std::uint64_t offset_ = 0;
  std::uint64_t commit_ = 0;
  std::uint64_t next_sequence_ = 0;
  std::uint64_t num_late_ = 0;
  std::uint32_t epoch_ = 0;
  bool seen_ = false;
  bool gap_ = false;
};

// Records by key and settings: the rules for what appears again.
class RecordSet {
 public:
  explicit RecordSet(JournalContents& contents) : contents_(contents) {}

  // False when the record contradicts one that is there.
  [[nodiscard]] bool add(Record record) {
    const auto [entry, is_new] = index_.try_emplace(std::pair(record.key, record.settings), contents_.records.size());
    if (is_new) {
      contents_.records.push_back(std::move(record));
      return true;
    }
    Record& known = contents_.records[entry->second];
    if (!is_final(known.state)) {
      known = std::move(record);
      return true;
    }
    ++contents_.num_duplicates;
    return !is_final(record.state) || same_result(known, record);
  }

 private:
  JournalContents& contents_;
  std::map<std::pair<TaskKey, std::uint64_t>, std::size_t> index_;
};

Record record_at(const JournalFile& file, const Walk& walk, const Frame& frame) {
  try {
    return record_from_bytes(frame.payload);
  } catch (const DataError& error) {
    throw DataError("journal '" + file.path() + "', offset " + std::to_string(walk.offset()) + ": " + error.what());
  }
}

std::string conflict_text(const TaskKey& key) { return "two different results for " + to_string(key); }

}  // namespace

JournalContents read_journal(const std::string& path, FileSystem& files) {
  const File disk = File::read_only(path, files);
  JournalFile file(disk);
  Walk walk(file);
  JournalContents contents;
  contents.head = file.head();
  RecordSet records(contents);
  while (const auto frame = walk.next()) {
    contents.finished = frame->kind == kFinished;
    if (frame->kind == kSession) contents.sessions.emplace_back(frame->payload.begin(), frame->payload.end());
    if (frame->kind != kRecord) continue;
    Record record = record_at(file, walk, *frame);
    record.session = frame->epoch;
    const TaskKey key = record.key;
    if (!records.add(std::move(record)))
      throw DataError("journal '" + path + "' holds " + conflict_text(key) + " (offset " +
                      std::to_string(walk.offset()) +
                      ") the program or the machine that wrote it is not to be trusted");
  }
  contents.epoch = walk.epoch();
  contents.last_commit = walk.last_commit();
  contents.good_end = walk.good_end();
  if (contents.good_end < file.size() && walk.is_damaged())
    throw DataError("journal '" + path + "' is damaged at offset " + std::to_string(contents.good_end) +
                    " (good records follow) 'jury resume --check' lists what is wrong");
  contents.torn_bytes = file.size() - contents.good_end;
  return contents;
}

void expect_identity(const JournalHead& head, std::uint64_t identity, const std::string& path) {
  if (head.identity == identity) return;
  throw ConfigError("'" + path + "' belongs to another experiment (identity " + hex(head.identity) + ", this one is " +
                    hex(identity) + ") use another directory or the options it was started with");
}

std::vector<JournalFinding> check_journal(const std::string& path, FileSystem& files) {
  using Kind = JournalFinding::Kind;
  std::vector<JournalFinding> findings;
  const File disk = File::read_only(path, files);
  try {
    JournalFile file(disk);
    Walk walk(file);
    JournalContents contents;
    RecordSet records(contents);
    const auto note = [&](Kind kind, std::uint64_t offset, std::string text) {
      findings.push_back({kind, offset, std::move(text)});
    };
    while (const auto frame = walk.next()) {
      if (frame->kind != kRecord) continue;
      try {
        Record record = record_from_bytes(frame->payload);
        const TaskKey key = record.key;
        if (!records.add(std::move(record))) note(Kind::damage, walk.offset(), conflict_text(key));
      } catch (const DataError& error) {
        note(Kind::damage, walk.offset(), error.what());
      }
    }
    if (walk.num_late() > 0)
      note(Kind::note, 0, counted(walk.num_late(), "frame") + " of a writer that had been replaced, ignored");
    if (walk.good_end() == file.size()) return findings;
    if (!walk.is_damaged()) {
      note(Kind::torn_tail, walk.good_end(),
           counted(file.size() - walk.good_end(), "byte") + " that were never committed; a resume sets them aside");
      return findings;
    }
    for (std::uint64_t bad = walk.good_end(); bad < file.size();) {
      const std::uint64_t good = file.find_frame(bad).value_or(file.size());
      note(Kind::damage, bad,
           good > bad ? counted(good - bad, "byte") + " that are no good frame" : "frames before this one are missing");
      for (bad = good; const auto frame = file.frame_at(bad);) bad += frame->size_bytes();
    }
  } catch (const DataError& error) {
    findings.push_back({Kind::damage, 0, error.what()});
  }
  return findings;
}

bool is_finished_journal(const std::string& path, FileSystem& files) {
  const File disk = File::read_only(path, files);
  JournalFile file(disk);
  if (file.size() < file.head_end() + kFrameHeaderBytes) return false;
  const auto last = file.frame_at(file.size() - kFrameHeaderBytes);  // the mark has no payload
  return last && last->kind == kFinished;
}

}  // namespace jury
