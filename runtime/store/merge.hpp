// Journals of one run, done in parts, become one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/store/journal.hpp"

namespace jury {

/// A journal and where it was read.
struct NamedJournal {
  std::string path;
  JournalContents contents;
};

/// Two journals say different things of one task.
struct MergeConflict {
  TaskKey key = {};
  std::string text;  ///< one line: both results, each with its journal, rank, host and time
};

struct MergedJournals {
  std::vector<Record> records = {};       ///< one a task, in the order of keys and settings
  std::vector<std::size_t> sources = {};  ///< of each record: the journal it is from
  std::uint64_t num_duplicates = 0;       ///< equal records of one task
  std::vector<MergeConflict> conflicts = {};
};

/// The union of the records by task. Of equal results the first journal's stays; one that is final takes the place of
/// one that is not. Where there are conflicts nothing should be made of the rest. Throws ConfigError when the journals
/// are not of one run (identity, data, or instruction set), or fewer than one is given.
MergedJournals merge_journals(const std::vector<NamedJournal>& journals);

}  // namespace jury
