// Where records are written down before they count.
#pragma once

#include "runtime/store/journal.hpp"

namespace jury {

/// The coordinator's view of the journal. Rank 0, main thread.
class RecordLog {
 public:
  virtual ~RecordLog() = default;
  /// Takes a record. It need not be on disk when this returns.
  virtual void append(const Record& record) = 0;
  /// Returns when everything appended is on disk. Throws IoError when it cannot be.
  virtual void commit() = 0;
};

/// The real one.
class JournalLog final : public RecordLog {
 public:
  /// The writer must outlive this.
  explicit JournalLog(JournalWriter& writer) noexcept : writer_(writer) {}
  void append(const Record& record) override { writer_.append(record); }
  void commit() override { writer_.commit(); }

 private:
  JournalWriter& writer_;
};

}  // namespace jury
