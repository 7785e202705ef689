#include "search/study/checkpoints.hpp"

#include <gtest/gtest.h>

#include "runtime/store/file.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

constexpr TaskKey kMember{.member = 3};
const Bytes kState(100, std::byte{7});

TEST(Checkpoints, GiveBackTheLatestOfATaskOfThisRun) {
  const Scratch folder;
  const Checkpoints checkpoints(folder / "checkpoints", 5);
  EXPECT_EQ(checkpoints.read(kMember), std::nullopt);
  checkpoints.write(kMember, Bytes(9));
  checkpoints.write(kMember, kState);
  EXPECT_EQ(checkpoints.read(kMember), kState);
  EXPECT_EQ(checkpoints.read({.member = 4}), std::nullopt);
  EXPECT_EQ(Checkpoints(folder / "checkpoints", 6).read(kMember), std::nullopt);
  checkpoints.remove(kMember);
  EXPECT_EQ(checkpoints.read(kMember), std::nullopt);
}

TEST(Checkpoints, ThatAreDamagedOrCutCountAsNone) {
  const Scratch folder;
  const Checkpoints checkpoints(folder / "checkpoints", 5);
  checkpoints.write(kMember, kState);
  const std::string file = std::filesystem::directory_iterator(folder / "checkpoints")->path();
  const Bytes whole = read_file(file);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes flipped = whole;
    flipped[at] ^= std::byte{16};
    replace_file(file, flipped);
    EXPECT_EQ(checkpoints.read(kMember), std::nullopt) << at;
    replace_file(file, std::span(whole).first(at));
    EXPECT_EQ(checkpoints.read(kMember), std::nullopt) << at;
  }
}

TEST(Checkpoints, AreNotWrittenThroughALink) {
  const Scratch folder;
  std::filesystem::create_directory(folder / "elsewhere");
  std::filesystem::create_directory_symlink(folder / "elsewhere", folder / "checkpoints");
  Checkpoints(folder / "checkpoints", 5).write(kMember, kState);
  EXPECT_TRUE(std::filesystem::is_empty(folder / "elsewhere"));
}

}  // namespace
}  // namespace jury
