// The journal: an append-only file of records, the truth of a run while it runs.
//
// A record counts only when commit() has returned; then it survives the death of any process. The
// format is in README.md and journal_format.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/store/file.hpp"
#include "runtime/store/record.hpp"

namespace jury {

/// What a journal belongs to; written once, at its beginning.
struct JournalHead {
  std::uint64_t identity = 0;  ///< of the run: options that change the result, and the data
  std::uint64_t data_hash = 0;
  std::string isa = {};         ///< instruction set the results depend on, "avx512_core_amx"
  std::string experiment = {};  ///< the experiment as resolved; opaque here

  bool operator==(const JournalHead&) const = default;
};

/// All that a journal says.
struct JournalContents {
  JournalHead head = {};
  std::vector<Record> records = {};  ///< one a key, in the order in which keys first appeared
  std::vector<Bytes> sessions = {};  ///< what each JournalWriter said of itself (JournalOptions::session)
  std::uint32_t epoch = 0;           ///< of the latest writer
  bool finished = false;             ///< the latest writer ended with finish()
  std::uint64_t good_end = 0;        ///< offset after the last good frame
  std::uint64_t torn_bytes = 0;      ///< bytes after that: a frame that never became whole
  std::uint64_t num_duplicates = 0;  ///< records dropped because an equal result was there
};

/// Reads and verifies a journal, also one that is being written. Of several records of one key and
/// settings with the same result the first is kept; a record of a state that is not final gives way to a later one.
/// Throws DataError when the file is no journal, of another version, damaged before its last commit
/// (naming the offset), or holds different final results for one key; IoError when it cannot be read.
JournalContents read_journal(const std::string& path);

/// Throws ConfigError when the journal at `path` belongs to another experiment than `identity`.
void expect_identity(const JournalHead& head, std::uint64_t identity, const std::string& path);

/// One thing that check_journal() noticed.
struct JournalFinding {
  enum class Kind { note, torn_tail, damage };
  Kind kind = Kind::note;
  std::uint64_t offset = 0;
  std::string text;  ///< one line
};

/// Looks at every byte of a journal and lists what it finds: none when it is sound and whole. Throws
/// IoError when the file cannot be read; never because of its content.
std::vector<JournalFinding> check_journal(const std::string& path);

/// True when the last thing in the journal at `path` is the mark of a finished run. Reads the two
/// ends of the file only. Throws DataError when the file is no journal.
bool is_finished_journal(const std::string& path);

/// Another coordinator has taken over this journal: whoever gets this must stop at once.
class FencedError : public IoError {
 public:
  using IoError::IoError;
};

struct JournalOptions {
  double max_wait_seconds = 0.1;   ///< commit_if_due() lets no record wait longer
  std::size_t max_records = 1000;  ///< nor more than these
  double lock_wait_seconds = 10;   ///< how long to wait for a dying owner of the lock
  Bytes session = {};              ///< about this writer, for JournalContents::sessions
  Clock& clock = system_clock();
  FileSystem& files = system_files();
};

struct ResumedJournal;

/// The one writer of a journal. Holds an exclusive lock on the file and an epoch number above all
/// earlier ones. Not safe for several threads.
///
/// Every commit first looks whether a newer writer has begun (a lock may be missing on a network file
/// system, and coordinators can live on for seconds after their launcher died): then, and always
/// after an IoError, the writer is dead and every further call throws.
class JournalWriter {
 public:
  /// Largest payload a record may carry itself; larger ones go to blobs (blob.hpp).
  static constexpr std::size_t kMaxPayloadBytes = std::size_t{64} << 10;

  /// Starts a journal. Throws IoError when there is a file at `path`.
  static JournalWriter create(const std::string& path, const JournalHead& head, JournalOptions options = {});

  /// Continues a journal: reads it, moves a torn tail to "<path>.torn-<n>" and begins a new epoch.
  /// Throws like read_journal() and expect_identity(), and IoError when another process holds the lock.
  static ResumedJournal resume(const std::string& path, std::uint64_t identity, JournalOptions options = {});

  JournalWriter(JournalWriter&& other) noexcept = default;
  JournalWriter& operator=(JournalWriter&&) = delete;
  ~JournalWriter() = default;

  /// Takes the record into the next commit. No system call. Expects a payload of at most
  /// kMaxPayloadBytes. Throws IoError when the writer is dead.
  void append(const Record& record);

  /// What another writer said of itself (JournalOptions::session), likewise.
  void append_session(std::span<const std::byte> session);

  /// Writes and syncs everything taken since the last commit; after it these records count. Returns
  /// how many there were. Throws FencedError or IoError: then none of them counts.
  std::size_t commit();

  /// commit() when max_records are waiting or the oldest has waited for max_wait_seconds, else 0.
  std::size_t commit_if_due();

  /// Commits, then marks the run as stopped in good order, or as finished: nothing is left to do.
  /// Neither is needed for safety. Nothing may be appended after it.
  void stop();
  void finish();

  std::size_t num_pending() const noexcept { return num_pending_; }
  std::uint32_t epoch() const noexcept { return epoch_; }
  const JournalHead& head() const noexcept { return head_; }

 private:
  JournalWriter(File file, JournalHead head, JournalOptions options, std::uint32_t epoch, std::uint64_t end);
  void add_frame(std::uint8_t kind, std::span<const std::byte> payload);
  void commit_pending();
  void write_pending();
  void expect_alive() const;
  void expect_not_fenced();
  void end(std::uint8_t kind);

  File file_;
  JournalHead head_;
  JournalOptions options_;
  std::uint32_t epoch_;
  std::uint64_t sequence_ = 0;  ///< of the next frame in this epoch
  std::uint64_t commit_ = 0;    ///< of the first frame in the next commit
  std::uint64_t end_;           ///< offset after the last frame this writer wrote
  Bytes pending_;               ///< frames of the next commit
  std::size_t num_pending_ = 0;
  double oldest_seconds_ = 0;
  std::string dead_;  ///< why nothing more can be written; empty while alive
};

struct ResumedJournal {
  JournalWriter writer;
  JournalContents contents;
};

}  // namespace jury
