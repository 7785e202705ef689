// Where exports go, and what is refused before any work.
#include "tools/export/export_place.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "runtime/base/error.hpp"
#include "runtime/store/file.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

namespace fs = std::filesystem;

ExportPlace folder_place(const std::string& path, bool overwrite) {
  return {.path = path, .kind = ExportPlace::Kind::folder, .overwrite = overwrite, .ending = ".csv"};
}

TEST(ExportPlace, AFileThatIsThereIsReplacedOnlyWhenThatIsSaid) {
  Scratch folder;
  const std::string path = folder / "a.json";
  write_export({.path = path}, "one");
  EXPECT_THROW(check_place({.path = path}), ConfigError);
  EXPECT_NO_THROW(check_place({.path = path, .overwrite = true}));
  write_export({.path = path, .overwrite = true}, "two");
  EXPECT_EQ(read_text_file(path), "two");
}

TEST(ExportPlace, AFolderIsNoFileAndAFileNoFolder) {
  Scratch folder;
  fs::create_directory(folder / "there");
  EXPECT_THROW(check_place({.path = folder / "there", .overwrite = true}), ConfigError);
  write_export({.path = folder / "file"}, "");
  EXPECT_THROW(check_place(folder_place(folder / "file", true)), ConfigError);
}

TEST(ExportPlace, TheParentHasToBeThere) {
  Scratch folder;
  EXPECT_THROW(check_place({.path = folder / "none/a.json"}), IoError);
  EXPECT_NO_THROW(check_place(folder_place((folder / "new") + "/", false)));
}

TEST(ExportPlace, AFolderOfFilesDoesNotGoToStandardOutput) {
  EXPECT_THROW(check_place(folder_place("-", false)), ConfigError);
}

TEST(ExportPlace, AFolderIsReplacedAsAWhole) {
  Scratch folder;
  const std::string path = folder / "tables";
  write_export(folder_place(path, false), {{"a.csv", "1"}, {"b/c.csv", "2"}});
  EXPECT_EQ(read_text_file(path + "/b/c.csv"), "2");
  EXPECT_NO_THROW(check_place(folder_place(path, true)));
  write_export(folder_place(path, true), {{"a.csv", "3"}});
  EXPECT_EQ(read_text_file(path + "/a.csv"), "3");
  EXPECT_FALSE(fs::exists(path + "/b"));
  EXPECT_EQ(names_in(folder.path()).size(), 1U);  // nothing is left aside
}

TEST(ExportPlace, AFolderWithFilesOfOthersIsNotReplaced) {
  Scratch folder;
  const std::string path = folder / "tables";
  write_export(folder_place(path, false), {{"a.csv", "1"}});
  replace_file(path + "/notes.txt", "mine");
  EXPECT_THROW(check_place(folder_place(path, true)), ConfigError);
  fs::remove(path + "/notes.txt");
  fs::create_symlink("/", path + "/link.csv");
  EXPECT_THROW(check_place(folder_place(path, true)), ConfigError);
}

}  // namespace
}  // namespace jury
