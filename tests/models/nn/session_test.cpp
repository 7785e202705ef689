#include "models/nn/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <omp.h>

#include <cstdlib>
#include <string>
#include <thread>

#include "models/nn/plan.hpp"
#include "runtime/base/error.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Session, ThreadsAreThoseOfTheCallingThread) {
  use_threads(1);
  std::thread([] {
    use_threads(3);
    EXPECT_EQ(omp_get_max_threads(), 3);
  }).join();
  EXPECT_EQ(omp_get_max_threads(), 1);
}

TEST(Session, CappingToWhatIsInUseChangesNothing) {
  const std::string before = isa();
  cap_isa(before);
  EXPECT_EQ(isa(), before);
}

TEST(Session, AnUnknownInstructionSetIsRefused) {
  EXPECT_THAT([] { cap_isa("neon"); }, ThrowsMessage<ConfigError>(HasSubstr("no instruction set is called 'neon'")));
}

TEST(Session, CappingTooLateIsRefused) {
  if (isa() == "sse41") GTEST_SKIP() << "nothing is below it";
  EXPECT_THAT([] { cap_isa("sse41"); }, ThrowsMessage<ConfigError>(HasSubstr("is already in use")));
}

// In a process of its own, because the first use settles it.
TEST(SessionDeathTest, CappingHoldsForOneDnnAndKernels) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        cap_isa("sse41");
        const bool kernels = (hwy::SupportedTargets() & (HWY_AVX2 | HWY_AVX3)) == 0;
        std::exit(isa() == "sse41" && kernels ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(SessionDeathTest, AProcessorWithoutTheSetIsRefused) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        std::string said = "this processor has no";
        try {
          cap_isa("avx512_core_amx");
          if (isa() != "avx512_core_amx") said = "nothing";
        } catch (const ConfigError& error) {
          said = error.what();
        }
        std::exit(said.starts_with("this processor has no") ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace jury
