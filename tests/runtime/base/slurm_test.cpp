#include "runtime/base/slurm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "support/scratch.hpp"

namespace jury {
namespace {

// A scontrol of our own in front of PATH, in a job 4711; all as it was afterwards.
class SlurmJob : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::getenv("PATH");
    ::setenv("PATH", (folder_.path() + ":" + path_).c_str(), 1);
    ::setenv("SLURM_JOB_ID", "4711", 1);
    ::unsetenv("SLURM_JOB_END_TIME");
  }
  void TearDown() override {
    ::setenv("PATH", path_.c_str(), 1);
    ::unsetenv("SLURM_JOB_ID");
    ::unsetenv("SLURM_JOB_END_TIME");
  }
  void scontrol(const std::string& script) {
    const std::string file = folder_.write("scontrol", "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }

  Scratch folder_;
  std::string path_;
};

const std::string kAnswer = R"(echo "JobId=$3 JobName=x
   Restarts=$([ "$SLURM_TIME_FORMAT" = %s ] && echo 0)
   StartTime=100 EndTime=$(($(date +%s) + 500)) Deadline=N/A
   PreemptEligibleTime=7 PreemptTime=None"
[ "$*" = "show job 4711" ])";

TEST_F(SlurmJob, ScontrolIsAskedForTheEndOfTheJob) {
  scontrol(kAnswer);
  EXPECT_NEAR(slurm_seconds_left().value(), 500, 2);
}

TEST_F(SlurmJob, WhatTheEnvironmentSaysNeedsNoQuestion) {
  scontrol("exit 1");
  ::setenv("SLURM_JOB_END_TIME", std::to_string(std::time(nullptr) + 70).c_str(), 1);
  EXPECT_NEAR(slurm_seconds_left().value(), 70, 2);
}

TEST_F(SlurmJob, NoAnswerIsNoLimit) {
  for (const std::string script :
       {"exit 1", kAnswer.c_str(), "echo ' EndTime=Unknown '", "echo nothing", "sleep 1000"}) {
    scontrol(script == kAnswer ? kAnswer + "; exit 1" : script);
    EXPECT_EQ(slurm_seconds_left(0.5), std::nullopt) << script;
  }
  ::setenv("PATH", "", 1);
  EXPECT_EQ(slurm_seconds_left(), std::nullopt);
}

TEST_F(SlurmJob, ATaskOfAnArrayAsksForItselfAlone) {
  scontrol("[ \"$*\" = 'show job 4700_2' ] && echo \" EndTime=$(($(date +%s) + 500))\"");
  EXPECT_EQ(slurm_seconds_left(), std::nullopt);
  ::setenv("SLURM_ARRAY_JOB_ID", "4700", 1);
  ::setenv("SLURM_ARRAY_TASK_ID", "2", 1);
  const std::optional<double> left = slurm_seconds_left();
  ::unsetenv("SLURM_ARRAY_JOB_ID");
  ::unsetenv("SLURM_ARRAY_TASK_ID");
  EXPECT_NEAR(left.value_or(0), 500, 2);
}

TEST_F(SlurmJob, TheNodesThatAreLeftAreThoseOfTheJobAsItIsNow) {
  scontrol(R"(case "$*" in
"show job 4711") echo " ReqNodeList=n[1-9] ExcNodeList=(null)
   NodeList=n[1,3]
   BatchHost=n1" ;;
"show hostnames n[1,3]") printf 'n1\nn3\n' ;;
*) exit 1 ;;
esac)");
  EXPECT_EQ(slurm_nodes_left(), (std::vector<std::string>{"n1", "n3"}));
}

TEST_F(SlurmJob, NodesNobodyNamesAreNotKnown) {
  for (const std::string script :
       {"exit 1", "echo ' NodeList=(null) '", "echo nothing", "[ $2 = job ] && echo ' NodeList=n1 '"}) {
    scontrol(script);
    EXPECT_TRUE(slurm_nodes_left(0.5).empty()) << script;
  }
}

TEST_F(SlurmJob, OutsideAJobNobodyIsAsked) {
  scontrol(kAnswer);
  ::unsetenv("SLURM_JOB_ID");
  EXPECT_EQ(slurm_seconds_left(), std::nullopt);
  EXPECT_TRUE(slurm_nodes_left().empty());
}

TEST_F(SlurmJob, EnvironmentForAnotherJobHasNothingOfThisOne) {
  ::setenv("SBATCH_PARTITION", "x", 1);
  ::setenv("PMIX_RANK", "0", 1);
  ::setenv("SLURM_CONF", "/etc/x.conf", 1);
  const auto environment = environment_outside_jobs();
  for (const std::string name : {"SBATCH_PARTITION", "PMIX_RANK", "SLURM_CONF"}) ::unsetenv(name.c_str());
  const auto holds = [&](const std::string& start) {
    return std::ranges::any_of(environment, [&](const std::string& entry) { return entry.starts_with(start); });
  };
  EXPECT_FALSE(holds("SLURM_JOB") || holds("SBATCH_") || holds("PMIX_"));
  EXPECT_TRUE(holds("PATH=") && holds("SLURM_CONF=/etc/x.conf"));
}

TEST(SecondsBeforeSlurmEnds, IsATenthEarlierAndAtMostAMinute) {
  EXPECT_DOUBLE_EQ(seconds_before_slurm_ends(60), 54);
  EXPECT_DOUBLE_EQ(seconds_before_slurm_ends(600), 540);
  EXPECT_DOUBLE_EQ(seconds_before_slurm_ends(36000), 35940);
}

}  // namespace
}  // namespace jury
