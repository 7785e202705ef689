#include "runtime/base/progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "runtime/base/error.hpp"

namespace jury {
namespace {

std::string drawn(ProgressStyle style, const std::vector<ProgressState>& states) {
  std::FILE* file = std::tmpfile();
  Progress progress(style, "digits", file);
  for (const ProgressState& state : states) progress.update(state);
  progress.finish(states.back());
  std::string text(static_cast<std::size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

TEST(Progress, SaysWhatIsDoneAndWhatIsLeft) {
  EXPECT_EQ(progress_text("digits", {.done = 63, .failed = 2, .total = 150, .work_done = 0.42, .seconds = 12.3}),
            "digits: 63 of 150 fits (42 %), 2 failed, 12.3 s, 17.0 s left");
  EXPECT_EQ(progress_text("digits", {.done = 150, .failed = 0, .total = 150, .work_done = 1, .seconds = 70}),
            "digits: 150 of 150 fits (100 %), 1min10s");
}

TEST(Progress, ALogGetsALineEveryThirtySeconds) {
  std::vector<ProgressState> states;
  for (int second = 1; second <= 65; ++second) states.push_back({.total = 9, .seconds = static_cast<double>(second)});
  const std::string text = drawn(ProgressStyle::plain, states);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);  // at 30 s, at 60 s, and at the end
}

TEST(Progress, ATerminalGetsOneLineThatEnds) {
  const std::string text = drawn(ProgressStyle::bar, {{.total = 9, .seconds = 1}, {.total = 9, .seconds = 2}});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_TRUE(text.starts_with("\r"));
  EXPECT_TRUE(text.ends_with("\n"));
}

TEST(Progress, NoneSaysNothing) { EXPECT_EQ(drawn(ProgressStyle::none, {{.total = 9, .seconds = 99}}), ""); }

TEST(Progress, AnUnknownStyleListsTheKnownOnes) {
  EXPECT_THAT([] { progress_style("loud"); },
              testing::ThrowsMessage<ConfigError>(testing::HasSubstr("known: auto, bar, plain, json, none")));
}

}  // namespace
}  // namespace jury
