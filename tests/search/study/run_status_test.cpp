#include "search/study/run_status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/base/error.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

RunStatus sample_status() {
  return {.stage = RunStage::writing,
          .name = "digits",
          .unit = "fit",
          .host = "node7",
          .pid = 4711,
          .is_launched = true,
          .beat = 12,
          .promise_seconds = 10,
          .seconds = 50,
          .done = 60,
          .failed = 3,
          .left = 90,
          .done_before = 10,
          .share = 0.5,
          .share_before = 0.25,
          .in_flight = 8,
          .ready = 82,
          .workers = 4,
          .search =
              SearchProgress{.settled = 5, .total = 64, .objective = "log_loss", .best_trial = 3, .best_value = 0.125},
          .exit_code = 75};
}

TEST(RunStatus, ComesBackFromItsJson) {
  RunStatus status = sample_status();
  EXPECT_EQ(to_json(run_status_from_json(to_json(status))), to_json(status));
  const RunStatus back = run_status_from_json(to_json(status));
  EXPECT_EQ(back.stage, RunStage::writing);
  EXPECT_EQ(back.exit_code, 75);
  EXPECT_EQ(back.search->best_value, 0.125);
  status.search = {};
  status.exit_code = {};
  EXPECT_EQ(to_json(run_status_from_json(to_json(status))), to_json(status));
}

TEST(RunStatus, PaceAndRestAreThoseOfThisSession) {
  const RunStatus status = sample_status();
  EXPECT_DOUBLE_EQ(status.per_second(), 1);       // 50 in 50 s
  EXPECT_DOUBLE_EQ(*status.seconds_left(), 100);  // a quarter took 50 s, a half is left
  RunStatus begun = sample_status();
  begun.done = begun.done_before;
  begun.share = begun.share_before;
  EXPECT_EQ(begun.per_second(), 0);
  EXPECT_FALSE(begun.seconds_left());
}

TEST(RunStatus, AFileThatIsNoneSaysNothing) {
  const Scratch scratch;
  EXPECT_FALSE(read_run_status(scratch / "none"));
  for (const char* text : {"", "{", "[]", "{\"stage\":\"running\"}", "null", "{\"name\":7}"}) {
    scratch.write("progress.json", text);
    EXPECT_FALSE(read_run_status(scratch / "progress.json")) << text;
    EXPECT_THROW(run_status_from_json(text), DataError) << text;
  }
  std::string unknown = to_json(sample_status());
  unknown.replace(unknown.find("writing"), 7, "dancing");
  EXPECT_THROW(run_status_from_json(unknown), DataError);
}

TEST(RunStatusFile, IsReplacedWholeAndEndsNoRun) {
  const Scratch scratch;
  RunStatusFile file(scratch / "progress.json");
  RunStatus status = sample_status();
  file.write(status);
  status.done = 61;
  file.write(status);
  EXPECT_EQ(read_run_status(scratch / "progress.json")->done, 61U);
  EXPECT_EQ(scratch.num_entries(), 1U);
  RunStatusFile(scratch / "missing/progress.json").write(status);
}

}  // namespace
}  // namespace jury
