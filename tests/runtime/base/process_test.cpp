#include "runtime/base/process.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "runtime/base/error.hpp"
#include "support/error_of.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

ProcessResult run(const std::vector<std::string>& arguments, const std::string& input = "") {
  return run_process(arguments, {.environment = environment_without({}), .input = input});
}

TEST(Process, OutputAndExitCodeComeBack) {
  const ProcessResult echoed = run({"sh", "-c", "cat; exit 3"}, "one\ntwo");
  EXPECT_EQ(echoed.output, "one\ntwo");
  EXPECT_EQ(echoed.exit_code, 3);
}

TEST(Process, ArgumentsReachTheProgramAsTheyAre) {
  const Scratch folder;
  const std::string canary = folder / "canary";
  for (const std::string& hostile :
       {"$(touch " + canary + ")", "`touch " + canary + "`", "a; touch " + canary, "'\"\\\n" + canary, std::string()})
    EXPECT_EQ(run({"printf", "%s", hostile}).output, hostile);
  EXPECT_FALSE(std::filesystem::exists(canary));
}

TEST(Process, MoreInputAndOutputThanAPipeHoldsPasses) {
  const std::string much(500000, 'x');
  EXPECT_EQ(run({"cat"}, much).output, much);
  EXPECT_EQ(run({"cat"}, std::string(3 << 20, 'x')).output.size(), std::size_t{1} << 20) << "output is bounded";
}

TEST(Process, ASignalIsNoExitCode) { EXPECT_EQ(run({"sh", "-c", "kill -9 $$"}).exit_code, std::nullopt); }

TEST(Process, WhatTakesTooLongIsKilled) {
  EXPECT_EQ(run_process({"sleep", "1000"}, {.environment = environment_without({}), .seconds = 0.05}).exit_code,
            std::nullopt);
  EXPECT_EQ(run_process({"sh", "-c", "exec >&-; sleep 1000"}, {.environment = environment_without({}), .seconds = 0.05})
                .exit_code,
            std::nullopt);
}

TEST(Process, AProgramThatIsNotThereIsAUserError) {
  EXPECT_EQ(error_of<ConfigError>([] { run({"no-such-program"}); }),
            "there is no program 'no-such-program' (it is not in PATH)");
}

TEST(Process, ItsEnvironmentIsTheOneGiven) {
  ::setenv("JURY_TEST_KEPT", "1", 1);
  ::setenv("JURY_TEST_DROPPED_X", "2", 1);
  const std::string seen = run_process({"env"}, {.environment = environment_without({"JURY_TEST_DROPPED_"})}).output;
  EXPECT_NE(seen.find("JURY_TEST_KEPT=1\n"), std::string::npos);
  EXPECT_EQ(seen.find("JURY_TEST_DROPPED_X"), std::string::npos);
}

TEST(FindProgram, GoesByPath) {
  EXPECT_TRUE(find_program("sh").ends_with("/sh"));
  EXPECT_EQ(find_program("no-such-program"), "");
}

}  // namespace
}  // namespace jury
