#include "runtime/store/merge.hpp"

#include <map>
#include <utility>

#include "runtime/base/hash.hpp"

namespace jury {
namespace {

void expect_one_run(const NamedJournal& first, const NamedJournal& other) {
  const JournalHead& a = first.contents.head;
  const JournalHead& b = other.contents.head;
  const std::string both = "'" + first.path + "' and '" + other.path + "' ";
  if (a.identity != b.identity)
    throw ConfigError(both + "are of different runs (their identities are " + hex(a.identity) + " and " +
                      hex(b.identity) + ") merge parts of one experiment, data and seed");
  if (a.data_hash != b.data_hash) throw ConfigError(both + "are of different data (merge parts of one run)");
  if (a.isa != b.isa)
    throw ConfigError(both + "were made with different instruction sets (" + a.isa + " and " + b.isa +
                      "), so their results differ (run all parts on nodes of one kind)");
}

std::string described(const Record& record, const NamedJournal& journal) {
  return std::string(to_string(record.state)) + " on rank " + std::to_string(record.rank) + " of " + record.host +
         " in '" + journal.path + "'";
}

}  // namespace

MergedJournals merge_journals(const std::vector<NamedJournal>& journals) {
  if (journals.empty()) throw ConfigError("there is nothing to merge (name run directories)");
  struct Kept {
    const Record* record = nullptr;
    std::size_t source = 0;
  };
  std::map<std::pair<TaskKey, std::uint64_t>, Kept> kept;
  MergedJournals merged;
  for (std::size_t j = 0; j < journals.size(); ++j) {
    expect_one_run(journals.front(), journals[j]);
    for (const Record& record : journals[j].contents.records) {
      Kept& known = kept[{record.key, record.settings}];
      if (known.record == nullptr || (is_final(record.state) && !is_final(known.record->state))) {
        known = {&record, j};
      } else if (same_result(*known.record, record)) {
        ++merged.num_duplicates;
      } else if (is_final(record.state)) {
        merged.conflicts.push_back({record.key, to_string(record.key) + " has two results: " +
                                                    described(*known.record, journals[known.source]) +
                                                    ", and another, " + described(record, journals[j])});
      }
    }
  }
  for (const auto& [task, one] : kept) {
    merged.records.push_back(*one.record);
    merged.sources.push_back(one.source);
  }
  return merged;
}

}  // namespace jury
