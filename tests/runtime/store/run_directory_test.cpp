#include "runtime/store/run_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "runtime/base/error.hpp"
#include "runtime/store/journal.hpp"
#include "support/error_of.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::HasSubstr;

// A run in the given state, with a result beside its journal.
std::string make_run(const Scratch& scratch, RunState state) {
  const RunDirectory run = RunDirectory::open(scratch / "run", RunMode::fresh);
  replace_file(run.experiment_toml(), "");
  if (state == RunState::empty) return run.path();
  JournalWriter writer = JournalWriter::create(run.journal(), {});
  replace_file(run.results(), "results");
  std::filesystem::create_directory(run.blobs());
  replace_file(run.blobs() + "/0123456789abcdef", "blob");
  if (state == RunState::finished) writer.finish();
  return run.path();
}

TEST(RunDirectory, IsNamedByExperimentAndIdentity) {
  EXPECT_EQ(RunDirectory::path_for("runs", "wine-2.x", 0x0123456789abcdefULL), "runs/wine-2.x-01234567");
  EXPECT_EQ(RunDirectory::path_for("runs/", "a", 0), "runs/a-00000000");
  EXPECT_EQ(RunDirectory::path_for("", "a", 0), "./a-00000000");
}

TEST(RunDirectory, NoNameLeadsOutOfTheOutputFolder) {
  for (const std::string name :
       {"", ".", "..", "../a", "a/b", "/etc", ".hidden", "a b", "a\n", "$(id)", "a;b", "\xC3\xA4"})
    EXPECT_THROW(RunDirectory::path_for("runs", name, 1), ConfigError) << name;
  EXPECT_THROW(RunDirectory::path_for("runs", std::string(101, 'a'), 1), ConfigError);
}

TEST(RunDirectory, KnowsItsState) {
  for (const RunState state : {RunState::empty, RunState::unfinished, RunState::finished}) {
    const Scratch scratch;
    EXPECT_EQ(RunDirectory::state_of(scratch / "run"), RunState::absent);
    const std::string path = make_run(scratch, state);
    EXPECT_EQ(RunDirectory::state_of(path), state);
    replace_file(path + "/thesis.tex", "");
    EXPECT_EQ(RunDirectory::state_of(path), state == RunState::empty ? RunState::foreign : state);
  }
}

TEST(RunDirectory, AFreshRunMakesItsFolders) {
  const Scratch scratch;
  const mode_t before = ::umask(0);
  const RunDirectory run = RunDirectory::open(scratch / "deep/er/run", RunMode::fresh);
  ::umask(before);
  EXPECT_EQ(run.state(), RunState::absent);
  struct stat about {};
  ASSERT_EQ(::stat(run.path().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0755U);
  EXPECT_EQ(RunDirectory::open(run.path(), RunMode::resume).state(), RunState::empty);
}

TEST(RunDirectory, AFreshRunLeavesAnotherAlone) {
  for (const RunState state : {RunState::unfinished, RunState::finished}) {
    const Scratch scratch;
    const std::string path = make_run(scratch, state);
    const std::string text = error_of<ConfigError>([&] { RunDirectory::open(path, RunMode::fresh); });
    EXPECT_THAT(text, HasSubstr(state == RunState::finished ? "finished run" : "--resume"));
    EXPECT_THAT(text, HasSubstr("--overwrite"));
    EXPECT_EQ(RunDirectory::open(path, RunMode::resume).state(), state);
    EXPECT_EQ(read_text_file(path + "/results.h5"), "results");
  }
}

TEST(RunDirectory, OverwritingRemovesTheRunAndNothingElse) {
  const Scratch scratch;
  const std::string path = make_run(scratch, RunState::finished);
  replace_file(path + "/journal.torn-1", "");
  replace_file(path + "/notes.txt", "mine");
  const RunDirectory run = RunDirectory::open(path, RunMode::overwrite);
  EXPECT_EQ(run.state(), RunState::empty);
  EXPECT_EQ(read_text_file(path + "/notes.txt"), "mine");
  for (const std::string& member :
       {run.journal(), run.results(), run.blobs(), run.experiment_toml(), path + "/journal.torn-1"})
    EXPECT_FALSE(std::filesystem::exists(member)) << member;
}

TEST(RunDirectory, WhatKilledSessionsWroteAsideIsRemovedAndNothingElse) {
  const Scratch scratch;
  const RunDirectory run = RunDirectory::open(make_run(scratch, RunState::unfinished), RunMode::resume);
  std::filesystem::create_directories(run.path() + "/checkpoints/trial-3");
  const std::vector<std::string> left = {run.results(), run.path() + "/checkpoints/1a2b", run.blobs() + "/3c4d",
                                         run.path() + "/checkpoints/trial-3/5e6f"};
  for (const std::string& path : left) {
    replace_file(path, "kept");
    replace_file(name_aside(path), "half");
  }
  for (const char* other : {"/.model.onnx.node7.12.0.tmp", "/.notes.tmp", "/.results.h5"})
    replace_file(run.path() + other, "somebody else's");
  const auto count = [&] {
    const std::filesystem::recursive_directory_iterator all(run.path());
    return std::distance(begin(all), end(all));
  };
  const auto before = count();
  run.remove_asides();
  EXPECT_EQ(count(), before - static_cast<std::ptrdiff_t>(left.size()));
  for (const std::string& path : left) EXPECT_EQ(read_text_file(path), "kept");
  EXPECT_TRUE(std::filesystem::exists(run.path() + "/.model.onnx.node7.12.0.tmp"));
}

TEST(RunDirectory, ARunThatIsBeingWrittenIsNotOverwritten) {
  const Scratch scratch;
  const RunDirectory run = RunDirectory::open(scratch / "run", RunMode::fresh);
  const JournalWriter writer = JournalWriter::create(run.journal(), {});
  EXPECT_THAT(error_of<IoError>([&] { RunDirectory::open(run.path(), RunMode::overwrite); }), HasSubstr("in use"));
  EXPECT_TRUE(std::filesystem::exists(run.journal()));
}

TEST(RunDirectory, WhatIsForeignIsNeverTouched) {
  const Scratch scratch;
  replace_file(scratch / "file", "");
  std::filesystem::create_directory(scratch / "folder");
  replace_file(scratch / "folder/thesis.tex", "");
  for (const std::string& path : {scratch / "file", scratch / "folder"})
    for (const RunMode mode : {RunMode::fresh, RunMode::resume, RunMode::overwrite})
      EXPECT_THAT(error_of<ConfigError>([&] { RunDirectory::open(path, mode); }), HasSubstr("is not a run of jury"));
  replace_file(scratch / "folder/journal", "dear diary, today I trained a network");
  EXPECT_THAT(error_of<DataError>([&] { RunDirectory::open(scratch / "folder", RunMode::overwrite); }),
              HasSubstr("is not a journal"));
}

TEST(RunDirectory, OfAnotherUserIsRefused) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch / "run");
  if (::chown((scratch / "run").c_str(), 12345, 12345) != 0) GTEST_SKIP() << "only root can give folders away";
  EXPECT_THAT(error_of<IoError>([&] { RunDirectory::open(scratch / "run", RunMode::fresh); }),
              HasSubstr("another user"));
}

TEST(RunDirectory, WhereNothingCanBeMadeIsAnIoError) {
  EXPECT_THAT(error_of<IoError>([] { RunDirectory::open("/proc/jury/run", RunMode::fresh); }), HasSubstr("/proc/jury"));
}

TEST(RunDirectory, AnExistingRunMustBeOne) {
  const Scratch scratch;
  EXPECT_THAT(error_of<ConfigError>([&] { RunDirectory::existing(scratch / "run"); }), HasSubstr("no run directory"));
  EXPECT_THAT(error_of<ConfigError>([&] { RunDirectory::existing(scratch.path()); }), HasSubstr("no journal"));
  EXPECT_EQ(RunDirectory::existing(make_run(scratch, RunState::finished)).state(), RunState::finished);
}

TEST(RunDirectory, OverwritingFollowsNoLinkAndTakesTheCheckpointsWithIt) {
  const Scratch scratch;
  const std::string path = make_run(scratch, RunState::unfinished);
  std::filesystem::create_directories(path + "/checkpoints/trial");
  replace_file(path + "/checkpoints/trial/0123456789abcdef", "state");
  std::filesystem::create_directory(scratch / "precious");
  replace_file(scratch / "precious/0123456789abcdef", "mine");
  std::filesystem::remove_all(path + "/blobs");
  std::filesystem::create_directory_symlink(scratch / "precious", path + "/blobs");
  const RunDirectory run = RunDirectory::open(path, RunMode::overwrite);
  EXPECT_TRUE(std::filesystem::is_empty(path));
  EXPECT_EQ(read_text_file(scratch / "precious/0123456789abcdef"), "mine");
}

// As a machine that went down while a run was overwritten may leave it.
TEST(RunDirectory, WithoutAJournalTheRestOfARunIsAnEmptyOne) {
  const Scratch scratch;
  const std::string path = make_run(scratch, RunState::unfinished);
  std::filesystem::create_directory(path + "/checkpoints");
  std::filesystem::remove(path + "/journal");
  EXPECT_EQ(RunDirectory::state_of(path), RunState::empty);
}

TEST(RunDirectory, HiddenItIsForItsOwnerAlone) {
  const Scratch scratch;
  const RunDirectory run = RunDirectory::open(scratch / "run", RunMode::fresh);
  run.hide();
  struct stat about {};
  ASSERT_EQ(::stat(run.path().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0700U);
}

}  // namespace
}  // namespace jury
