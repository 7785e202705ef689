// jury merge: runs of one experiment, done in parts, become one.
#include "runtime/store/merge.hpp"

#include <fmt/format.h>

#include <boost/program_options.hpp>
#include <filesystem>

#include "runtime/base/text.hpp"
#include "runtime/store/blob.hpp"
#include "runtime/store/run_directory.hpp"
#include "tools/command/command.hpp"

namespace jury {
namespace {

constexpr std::size_t kMostConflictsShown = 20;

[[noreturn]] void refuse(const std::vector<MergeConflict>& conflicts) {
  std::string text;
  for (std::size_t i = 0; i < std::min(conflicts.size(), kMostConflictsShown); ++i) text += conflicts[i].text + "\n";
  throw DataError(
      text +
      fmt::format(
          "{} in all (parts of one run never differ: was one made by another version, or damaged?) nothing was written",
          counted(conflicts.size(), "conflict")));
}

// The runs' blobs that records of the merged run name.
void copy_blobs(const std::vector<RunDirectory>& runs, const MergedJournals& merged, const BlobStore& to) {
  for (std::size_t i = 0; i < merged.records.size(); ++i)
    if (const auto& blob = merged.records[i].blob) to.put(BlobStore(runs[merged.sources[i]].blobs()).get(*blob));
}

void write_journal(const RunDirectory& to, const std::vector<NamedJournal>& journals, const MergedJournals& merged) {
  const JournalContents& first = journals.front().contents;
  if (first.sessions.empty())
    throw DataError("'" + journals.front().path + "' names no session (it ended before its first record)");
  JournalOptions options;
  options.session = first.sessions.front();
  JournalWriter writer = JournalWriter::create(to.journal(), first.head, options);
  for (const NamedJournal& journal : journals)
    for (const Bytes& session : journal.contents.sessions)
      if (&session != &first.sessions.front()) writer.append_session(session);
  for (const Record& record : merged.records) {
    writer.append(record);
    writer.commit_if_due();
  }
  writer.stop();
}

}  // namespace

ExitCode merge_command(const Command& self, const Arguments& arguments) {
  namespace po = boost::program_options;
  po::options_description options;
  options.add_options()("output,o", po::value<std::string>(), "the run directory to make")(
      "overwrite", po::bool_switch(), "replace the run that is there");
  const ParsedArguments parsed(self, options, "DIR [DIR...]", arguments);
  if (parsed.help_printed()) return ExitCode::done;
  if (!parsed.has("output")) throw ConfigError("'jury merge' needs a directory to make (-o DIR)");
  const auto output = parsed.get<std::string>("output");

  std::vector<RunDirectory> runs;
  std::vector<NamedJournal> journals;
  for (const std::string& path : parsed.operands()) {
    std::error_code none;
    if (std::filesystem::equivalent(path, output, none))
      throw ConfigError(fmt::format("'{}' cannot be merged into itself (give another with -o)", path));
    runs.push_back(RunDirectory::existing(path));
    journals.push_back({runs.back().journal(), read_journal(runs.back().journal())});
  }
  const MergedJournals merged = merge_journals(journals);
  if (!merged.conflicts.empty()) refuse(merged.conflicts);

  const RunDirectory to = RunDirectory::open(output, parsed.on("overwrite") ? RunMode::overwrite : RunMode::fresh);
  replace_file(to.experiment_toml(), read_text_file(runs.front().experiment_toml()));
  copy_blobs(runs, merged, BlobStore(to.blobs()));
  write_journal(to, journals, merged);
  fmt::print(
      stderr, "jury: {} of {} in {}{}\njury: 'jury resume {}' does what is left and writes the results\n",
      counted(merged.records.size(), "record"), counted(runs.size(), "run"), output,
      merged.num_duplicates > 0 ? fmt::format(" ({} dropped)", counted(merged.num_duplicates, "equal duplicate")) : "",
      output);
  return ExitCode::done;
}

}  // namespace jury
