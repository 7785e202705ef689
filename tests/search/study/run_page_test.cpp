#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "read_settings.hpp"
#include "runtime/store/file.hpp"
#include "search/study/json.hpp"
#include "search/study/run_study.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

class RunPage : public testing::Test {
 protected:
  RunRequest request() const {
    return {.experiment = read(config_from_json(R"({
                "data": {"generator": "twonorm", "rows": 60}, "model": {"type": "linear"}, "train": {"epochs": 1},
                "cv": {"folds": 2}, "output": {"predictions": "none"}})")),
            .toml = "",
            .directory = scratch_ / "run",
            .verbosity = Verbosity::quiet};
  }
  bool has_page() const { return std::filesystem::exists(scratch_ / "run/report.html"); }
  std::string log() const { return read_text_file(scratch_ / "run/log.txt"); }

  Scratch scratch_;
  const MpiSession session_;
};

TEST_F(RunPage, IsWrittenOnceTheResultsAreThere) {
  RunRequest request = this->request();
  request.page = [](const std::string& directory) {
    EXPECT_TRUE(std::filesystem::exists(directory + "/results.h5"));
    return "the page of " + directory;
  };
  EXPECT_EQ(run_study(request, session_), ExitCode::done);
  EXPECT_EQ(read_text_file(scratch_ / "run/report.html"), "the page of " + scratch_ / "run");
}

TEST_F(RunPage, IsOfFinishedRunsAlone) {
  RunRequest request = this->request();
  request.page = [](const std::string&) { return "a page"; };
  request.max_seconds = 1e-9;
  EXPECT_EQ(run_study(request, session_), ExitCode::stopped);
  EXPECT_FALSE(has_page());
}

TEST_F(RunPage, ThatCannotBeMadeDoesNotSpoilTheRun) {
  RunRequest request = this->request();
  request.page = [](const std::string&) -> std::string { throw DataError("it is too large"); };
  EXPECT_EQ(run_study(request, session_), ExitCode::done);
  EXPECT_FALSE(has_page());
  EXPECT_THAT(log(), testing::HasSubstr("no report.html: it is too large"));
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "run/results.h5"));
}

TEST_F(RunPage, OfEarlierResultsDoesNotStay) {
  RunRequest request = this->request();
  request.page = [](const std::string&) { return "a page"; };
  EXPECT_EQ(run_study(request, session_), ExitCode::done);
  EXPECT_TRUE(has_page());
  request.mode = RunMode::resume;
  request.results_only = true;
  request.page = [](const std::string&) -> std::string { throw DataError("it is too large"); };
  EXPECT_EQ(run_study(request, session_), ExitCode::done);
  EXPECT_FALSE(has_page());
}

TEST_F(RunPage, ForWhichThereIsNoRoomIsAnErrorOfTheDisk) {
  RunRequest request = this->request();
  request.page = [](const std::string&) -> std::string { throw IoError("no space"); };
  EXPECT_THROW(run_study(request, session_), IoError);
  request.mode = RunMode::resume;
  request.page = [](const std::string&) { return "a page"; };
  EXPECT_EQ(run_study(request, session_), ExitCode::done);
  EXPECT_TRUE(has_page());
}

}  // namespace
}  // namespace jury
