#include "runtime/store/new_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "runtime/base/error.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(NewFile, IsWelcomeWhereNothingStands) {
  const Scratch folder;
  EXPECT_NO_THROW(require_new_file(folder / "a.csv", Existing::refuse));
}

TEST(NewFile, ReplacesWhatIsThereOnlyWhenAskedTo) {
  Scratch folder;
  const std::string file = folder.write("a.csv", "x");
  EXPECT_THAT([&] { require_new_file(file, Existing::refuse); },
              ThrowsMessage<ConfigError>(HasSubstr("is there already (--overwrite replaces it)")));
  EXPECT_NO_THROW(require_new_file(file, Existing::replace));
}

TEST(NewFile, ALinkThatLeadsNowhereIsThereAlready) {
  const Scratch folder;
  std::filesystem::create_symlink(folder / "nothing", folder / "link");
  EXPECT_THROW(require_new_file(folder / "link", Existing::refuse), ConfigError);
}

TEST(NewFile, NeverTakesThePlaceOfAFolder) {
  const Scratch folder;
  EXPECT_THAT([&] { require_new_file(folder.path(), Existing::replace); },
              ThrowsMessage<ConfigError>(HasSubstr("is a folder")));
}

TEST(NewFile, NeedsAFolder) {
  const Scratch folder;
  EXPECT_THAT([&] { require_new_file(folder / "none/a.csv", Existing::replace); },
              ThrowsMessage<IoError>(HasSubstr("there is no folder")));
}

}  // namespace
}  // namespace jury
