#include "search/study/trial_settings_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/scratch.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TrialSettings settings(std::int64_t number) {
  const Config::Table values = {{"train.lr", Config(0.1 * static_cast<double>(number))},
                                {"model.hidden", Config(Config::List{Config(number), Config(number + 1)})}};
  if (number % 2 == 0) return {.values = values};
  return {.values = values, .stages = {{3, {{"train.lr", Config(1.0)}}}, {5, {{"train.lr", Config(2.0)}}}}};
}

TEST(TrialSettingsFile, GivesWhatWasPublishedWhateverTheOrder) {
  const Scratch folder;
  TrialSettingsWriter writer(folder.path());
  TrialSettingsReader early(folder.path());
  for (std::int32_t trial = 0; trial < 20; ++trial) {
    writer.add({TaskKey::kNone, 19 - trial}, settings(19 - trial));
    writer.add({1, trial}, settings(100 + trial));
    if (trial % 3 != 0) continue;
    writer.publish();
    EXPECT_EQ(early.find({1, trial}), settings(100 + trial));
  }
  writer.publish();
  TrialSettingsReader late(folder.path());
  for (TrialSettingsReader* reader : {&early, &late})
    for (std::int32_t trial = 0; trial < 20; ++trial) {
      EXPECT_EQ(reader->find({TaskKey::kNone, trial}), settings(trial)) << trial;
      EXPECT_EQ(reader->find({1, trial}), settings(100 + trial)) << trial;
    }
}

TEST(TrialSettingsFile, KeepsEveryKindOfValueBitForBit) {
  const Scratch folder;
  const Config::Table values = {{"a", Config(0.1 + 0.2)},
                                {"b", Config(1.0)},
                                {"c", Config(std::int64_t{1} << 60)},
                                {"d", Config(std::string("a \"word\"\nof two lines"))},
                                {"e", Config(true)}};
  TrialSettingsWriter writer(folder.path());
  writer.add({}, {.values = values});
  writer.publish();
  EXPECT_EQ(TrialSettingsReader(folder.path()).find({}).values, values);
}

TEST(TrialSettingsFile, IsBegunAnewAndRemovedAtTheEnd) {
  const Scratch folder;
  folder.write("trial_settings", "what a killed session left");
  {
    TrialSettingsWriter writer(folder.path());
    writer.add({}, settings(1));
    writer.publish();
    EXPECT_EQ(TrialSettingsReader(folder.path()).find({}), settings(1));
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "trial_settings"));
}

TEST(TrialSettingsFile, SaysWhichTrialIsMissing) {
  const Scratch folder;
  EXPECT_THAT([&] { TrialSettingsReader(folder.path()).find({}); },
              ThrowsMessage<DataError>(HasSubstr("shared file system")))
      << "no file";
  TrialSettingsWriter writer(folder.path());
  writer.add({TaskKey::kNone, 7}, settings(1));
  EXPECT_THAT(
      [&] {
        TrialSettingsReader(folder.path()).find({TaskKey::kNone, 7});
      },
      ThrowsMessage<DataError>(HasSubstr("no trial 7")))
      << "not published";
  folder.write("trial_settings", "nonsense\n");
  EXPECT_THAT([&] { TrialSettingsReader(folder.path()).find({}); },
              ThrowsMessage<DataError>(HasSubstr("a line that is none")));
}

// Found by fuzzing: numbers that no trial has ended the process, or asked for 48 GiB.
TEST(TrialSettingsFile, LinesOfNoTrialAreOfNoConsequence) {
  const Scratch folder;
  folder.write("trial_settings", "-1 -7 {}\n-9 0 {}\n2147483647 2147483647 {}\n-1 0 {\"values\":{\"a\":1}}\n");
  const Config::Table values = {{"a", Config(std::int64_t{1})}};
  EXPECT_EQ(TrialSettingsReader(folder.path()).find({TaskKey::kNone, 0}).values, values);
}

}  // namespace
}  // namespace jury
