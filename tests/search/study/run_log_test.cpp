#include "search/study/run_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/store/file.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::MatchesRegex;

TEST(RunLog, IsContinuedLineByLine) {
  const Scratch folder;
  for (const char* who : {"rank 0 on a", "rank 0 on b"}) {
    RunLog log(folder / "log.txt", who, RunLog::Echo::silent);
    log.info("begun");
    log.warning("slow");
  }
  EXPECT_THAT(read_text_file(folder / "log.txt"),
              MatchesRegex("([^ ]+Z info rank 0 on .: begun\n[^ ]+Z warning rank 0 on .: slow\n)+"));
}

TEST(RunLog, FollowsNoLinkAndEndsNoRun) {
  const Scratch folder;
  folder.write("precious", "mine");
  std::filesystem::create_symlink(folder / "precious", folder / "log.txt");
  testing::internal::CaptureStderr();
  RunLog log(folder / "log.txt", "rank 0", RunLog::Echo::warnings);
  log.info("begun");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr("symbolic link"));
  EXPECT_EQ(read_text_file(folder / "precious"), "mine");
}

}  // namespace
}  // namespace jury
