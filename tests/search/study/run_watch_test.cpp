#include "search/study/run_watch.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>

#include "runtime/base/text.hpp"
#include "runtime/store/file.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class WatchClock final : public Clock {
 public:
  double seconds() const override { return now; }
  void sleep(double seconds) override { now += seconds; }
  double now = 100;
};

/// A search of ten trials of one task each.
class FewTrials final : public RunWork {
 public:
  void restore(const Record&) override {}
  void settle() override {}
  bool is_finished() const override { return done_ == 10; }
  WorkProgress progress() const override {
    return {
        .fits_done = done_,
        .fits_left = 10 - done_,
        .share = static_cast<double>(done_) / 10,
        .search = SearchProgress{.settled = static_cast<std::int64_t>(done_), .total = 10, .objective = "log_loss"}};
  }
  const std::vector<FitTiming>& timing() const override { return timing_; }
  std::vector<SettledTrial> take_settled() override { return std::exchange(settled_, {}); }
  std::vector<ReadyTask> take_ready() override { return {}; }
  void done(const Record& record) override {
    settled_.push_back({.trial = record.key.trial, .value = 1.0 / (1 + record.key.trial), .is_best = true});
    ++done_;
  }

 private:
  std::size_t done_ = 0;
  std::vector<FitTiming> timing_;
  std::vector<SettledTrial> settled_;
};

class RunWatchTest : public testing::Test {
 protected:
  RunWatchTest()
      : file_(::open((scratch_ / "events").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)),
        events_(file_, clock_),
        log_(scratch_ / "log.txt", "rank 0 on node1", RunLog::Echo::silent) {}
  ~RunWatchTest() override { ::close(file_); }
  RunWatch watch() {
    return RunWatch({log_, &events_, work_, scratch_ / "progress.json", {.name = "few", .host = "node1"}}, clock_);
  }
  std::vector<json> events() const {
    std::vector<json> events;
    const std::string text = read_text_file(scratch_ / "events");
    for (const std::string_view line : split_text(trimmed(text), '\n')) events.push_back(json::parse(line));
    return events;
  }
  RunStatus status() const { return read_run_status(scratch_ / "progress.json").value(); }

  const Scratch scratch_;
  WatchClock clock_;
  int file_;
  RunEvents events_;
  RunLog log_;
  FewTrials work_;
};

TEST_F(RunWatchTest, SaysWhatIsDoneAfterTheWorkWasTold) {
  RunWatch watch = this->watch();
  WatchedSource source(work_, watch);
  source.done({.key = {.trial = 3, .member = 1},
               .state = TaskState::diverged,
               .message = "epoch 2",
               .rank = 5,
               .host = "node7",
               .peak_bytes = 99});
  const std::vector<json> events = this->events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["event"], "record");
  EXPECT_EQ(events[0]["key"], (json{{"trial", 3}, {"member", 1}}));
  EXPECT_EQ(events[0]["state"], "diverged");
  EXPECT_EQ(events[0]["rank"], 5);
  EXPECT_EQ(events[0]["peak_bytes"], 99);
  EXPECT_EQ(events[1]["event"], "trial");
  EXPECT_EQ(events[1]["value"], 0.25);
  EXPECT_EQ(events[1]["objective"], "log_loss");
  // The log names rank, host and task.
  EXPECT_THAT(read_text_file(scratch_ / "log.txt"),
              HasSubstr("info rank 5 on node7: trial 3 member 1: diverged (epoch 2)\n"));
  EXPECT_THAT(read_text_file(scratch_ / "log.txt"),
              HasSubstr("info rank 0 on node1: trial 3: log_loss 0.2500, the best so far\n"));
}

TEST_F(RunWatchTest, NamesWorkersByRankAndHost) {
  RunWatch watch = this->watch();
  watch.worker_silent("rank 3 on node-7", 5);
  watch.worker_died("rank 3 on node-7", "SIGSEGV");
  watch.worker_lost("rank 3 on node-7", 2);
  watch.worker_back("worker 4 (never ready)");
  const std::vector<json> events = this->events();
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[1]["why"], "SIGSEGV");
  EXPECT_EQ(events[2]["event"], "worker_lost");
  EXPECT_EQ(events[2]["rank"], 3);
  EXPECT_EQ(events[2]["host"], "node-7");
  EXPECT_EQ(events[2]["tasks"], 2);
  EXPECT_FALSE(events[3].contains("rank"));
  EXPECT_THAT(read_text_file(scratch_ / "log.txt"),
              HasSubstr("warning rank 3 on node-7: is lost; its 2 tasks are done by others\n"));
}

TEST_F(RunWatchTest, ProgressIsToldEveryTwoSecondsAndWrittenEverySecond) {
  RunWatch watch = this->watch();
  watch.started({.directory = "runs/few", .identity = 7, .session = 2, .ranks = 4, .nodes = 2});
  for (int i = 0; i < 100; ++i) {
    clock_.sleep(0.1);
    watch.tick({.num_in_flight = 4, .num_ready = 6, .num_workers = 3});
  }
  const std::vector<json> events = this->events();
  EXPECT_EQ(events[0]["event"], "started");
  EXPECT_EQ(events[0]["session"], 2);
  EXPECT_NEAR(static_cast<double>(events.size()), 6, 1);
  EXPECT_EQ(events[1]["workers"], 3);
  EXPECT_NEAR(static_cast<double>(status().beat), 11, 1);
  EXPECT_EQ(status().in_flight, 4U);
  EXPECT_EQ(status().search->total, 10);
}

TEST_F(RunWatchTest, StagesAreWrittenAsTheyCome) {
  RunWatch watch = this->watch();
  watch.writing(3600);
  EXPECT_EQ(status().stage, RunStage::writing);
  EXPECT_EQ(status().promise_seconds, 3600);
  watch.wrote("runs/few", {"results.h5"});
  EXPECT_EQ(status().stage, RunStage::running);
  watch.stopping("out of time");
  watch.stopping("asked to by a signal");
  watch.ended(ExitCode::stopped);
  EXPECT_EQ(status().exit_code, 75);
  const std::vector<json> events = this->events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0]["event"], "results");
  EXPECT_EQ(events[1]["why"], "out of time");
}

TEST_F(RunWatchTest, TheLastEventHasTheSummary) {
  events_.set_summary("{\"value\": 0.5,\n \"ranks\": 2}");
  events_.finished(ExitCode::done, "");
  events_.finished(ExitCode::io, "disk full \xff");
  EXPECT_EQ(events().front()["summary"]["value"], 0.5);
  EXPECT_EQ(events().back()["exit_code"], 74);
  EXPECT_THAT(events().back()["error"].get<std::string>(), HasSubstr("disk full"));
}

TEST_F(RunWatchTest, OfSeveralAttemptsTheLastOnesEndIsTheEnd) {
  events_.pass(R"({"event":"finished","exit_code":1})");
  events_.attempt(2, "the coordinator is gone");
  events_.pass(R"({"event":"record"})");
  events_.pass(R"({"event":"finished","exit_code":0,"summary":{}})");
  events_.ended(ExitCode::done, "");
  std::vector<json> events = this->events();
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0]["event"], "attempt");
  EXPECT_TRUE(events[2].contains("summary"));
  events_.ended(ExitCode::failed, "no record in two attempts");
  EXPECT_EQ(this->events().back()["exit_code"], 1);
}

}  // namespace
}  // namespace jury
