#include "runtime/store/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "runtime/base/error.hpp"
#include "runtime/store/faulty_files.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::AllOf;
using testing::HasSubstr;

template <class Call>
std::string io_error_of(const Call& call) {
  try {
    call();
  } catch (const IoError& error) {
    return error.what();
  }
  return "no IoError";
}

TEST(File, WhatWasReplacedIsRead) {
  const Scratch scratch;
  replace_file(scratch / "a", "first");
  replace_file(scratch / "a", "second");
  EXPECT_EQ(read_text_file(scratch / "a"), "second");
  EXPECT_EQ(scratch.num_entries(), 1U);
}

TEST(File, IsNeverWritableByOthers) {
  const Scratch scratch;
  const mode_t before = ::umask(0);
  replace_file(scratch / "a", "");
  ::umask(before);
  struct stat about {};
  ASSERT_EQ(::stat((scratch / "a").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0644U);
}

TEST(File, KeepsToTheUmask) {
  const Scratch scratch;
  const mode_t before = ::umask(077);
  replace_file(scratch / "a", "");
  ::umask(before);
  struct stat about {};
  ASSERT_EQ(::stat((scratch / "a").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST(File, ASymbolicLinkIsNotWrittenThrough) {
  const Scratch scratch;
  replace_file(scratch / "target", "precious");
  std::filesystem::create_symlink(scratch / "target", scratch / "link");
  EXPECT_THAT(io_error_of([&] { File::create(scratch / "link"); }), HasSubstr("symbolic link"));
  EXPECT_THAT(io_error_of([&] { File::append(scratch / "link"); }), HasSubstr("symbolic link"));
  replace_file(scratch / "link", "new");  // replaces the link itself
  EXPECT_EQ(read_text_file(scratch / "target"), "precious");
}

TEST(File, ShortWritesAreContinued) {
  const Scratch scratch;
  FaultyFiles files;
  files.limit_writes(3);
  replace_file(scratch / "a", "a longer text", files);
  EXPECT_EQ(read_text_file(scratch / "a"), "a longer text");
}

TEST(File, AFailureAtAnyCallLeavesTheOldOrTheNewContentAndNothingElse) {
  const Scratch scratch;
  FaultyFiles counter;
  replace_file(scratch / "a", "old content", counter);
  ASSERT_GE(counter.num_calls(), 5);  // open, write, fsync, rename, open and fsync of the folder
  for (int n = 0; n < counter.num_calls(); ++n) {
    replace_file(scratch / "a", "old content");
    FaultyFiles files(n);
    EXPECT_THAT(io_error_of([&] { replace_file(scratch / "a", "new content", files); }), HasSubstr("No space left"));
    EXPECT_THAT(read_text_file(scratch / "a"), testing::AnyOf("old content", "new content")) << n;
    EXPECT_EQ(scratch.num_entries(), 1U) << n;
  }
}

TEST(File, ErrorsNameThePathAndTheReason) {
  const Scratch scratch;
  EXPECT_THAT(io_error_of([&] { read_file(scratch / "none"); }), AllOf(HasSubstr("/none'"), HasSubstr("No such file")));
  EXPECT_THAT(io_error_of([&] { File::create(scratch / "no/file"); }),
              AllOf(HasSubstr("no/file'"), HasSubstr("No such file")));
  EXPECT_THAT(io_error_of([&] { File::create(scratch.path()); }), HasSubstr("Is a directory"));
}

TEST(File, ReadingIsBounded) {
  const Scratch scratch;
  replace_file(scratch / "a", "12345");
  EXPECT_EQ(read_file(scratch / "a", 5).size(), 5U);
  EXPECT_THROW(read_file(scratch / "a", 4), DataError);
}

TEST(File, OnlyOneHoldsTheLock) {
  const Scratch scratch;
  File first = File::create(scratch / "a");
  ASSERT_TRUE(first.try_lock());
  {
    File second = File::append(scratch / "a");
    EXPECT_FALSE(second.try_lock());
  }
  { const File released = std::move(first); }
  EXPECT_TRUE(File::append(scratch / "a").try_lock());
}

TEST(File, KnowsWhetherItIsStillTheOneAtItsPath) {
  const Scratch scratch;
  const File file = File::create(scratch / "a");
  EXPECT_TRUE(file.is_at(scratch / "a"));
  replace_file(scratch / "a", "another");
  EXPECT_FALSE(file.is_at(scratch / "a"));
  remove_file(scratch / "a");
  remove_file(scratch / "a");
  EXPECT_FALSE(file.is_at(scratch / "a"));
}

TEST(File, WhatCannotBeWrittenIsNamedAsItWasAskedFor) {
  const Scratch scratch;
  EXPECT_EQ(io_error_of([&] { replace_file(scratch / "no/file", ""); }),
            "cannot write '" + (scratch / "no/file") + "' (No such file or directory)");
  const std::string aside = name_aside("p.html");
  EXPECT_EQ(meant_by(aside), "p.html");
  EXPECT_EQ(meant_by(name_aside("runs/t") + aside.substr(1)), "runs/t/p.html");
  EXPECT_EQ(meant_by(name_aside("/runs/t")), "/runs/t");
  for (const char* path : {"./p.html", ".p.html.host.1.0.tmp", "/", ""}) EXPECT_EQ(meant_by(path), path);
}

TEST(File, FolderOfAPath) {
  EXPECT_EQ(folder_of("runs/a/journal"), "runs/a");
  EXPECT_EQ(folder_of("journal"), ".");
  EXPECT_EQ(folder_of("/journal"), "/");
  EXPECT_NE(name_aside("a"), name_aside("a"));
}

// The whole process's umask, given back at the end of the test.
class ScopedUmask {
 public:
  explicit ScopedUmask(mode_t mask) : before_(::umask(mask)) {}
  ScopedUmask(const ScopedUmask&) = delete;
  ScopedUmask& operator=(const ScopedUmask&) = delete;
  ~ScopedUmask() { ::umask(before_); }

 private:
  mode_t before_;
};

TEST(File, WhateverMakesItIsNotWritableByTheGroupAndPrivateWhereAsked) {
  const Scratch scratch;
  for (const auto& [given, privacy, expected] :
       {std::tuple{0002U, Privacy::umask, 0644U}, std::tuple{0U, Privacy::umask, 0644U},
        std::tuple{0027U, Privacy::umask, 0640U}, std::tuple{0002U, Privacy::owner, 0600U}}) {
    const ScopedUmask mask(given);
    restrict_new_files(privacy);
    std::filesystem::remove(scratch / "a");
    scratch.write("a", "");
    struct stat about {};
    ASSERT_EQ(::stat((scratch / "a").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, expected);
  }
}

TEST(File, ATreeIsRemovedWithoutFollowingLinks) {
  const Scratch scratch;
  std::filesystem::create_directories(scratch / "precious");
  scratch.write("precious/file", "mine");
  std::filesystem::create_directories(scratch / "tree/deep/er");
  scratch.write("tree/deep/file", "");
  std::filesystem::create_directory_symlink(scratch / "precious", scratch / "tree/deep/link");
  std::filesystem::create_directory_symlink(scratch / "precious", scratch / "link");
  EXPECT_TRUE(is_real_folder(scratch / "tree"));
  EXPECT_FALSE(is_real_folder(scratch / "link"));
  EXPECT_FALSE(is_real_folder(scratch / "none"));
  for (const char* name : {"tree", "link", "none"}) remove_tree(scratch / name);
  EXPECT_EQ(scratch.num_entries(), 1U);
  EXPECT_EQ(read_text_file(scratch / "precious/file"), "mine");
}

}  // namespace
}  // namespace jury
