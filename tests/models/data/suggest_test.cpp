#include "models/data/suggest.hpp"

#include <gtest/gtest.h>

#include "models/data/files.hpp"
#include "support/scratch.hpp"

namespace jury {
namespace {

std::string setting(const Suggestion& suggestion, const char* path) {
  const Config* found = suggestion.settings.find_path(path);
  return found == nullptr ? "" : to_text(*found);
}

Suggestion suggested(const DataOptions& options) {
  return suggest_settings(Dataset::own(load_dataset(options, 1)), options);
}

TEST(SuggestExperiment, RepeatsWhatWasSaidAndFillsInTheRest) {
  const Scratch folder;
  DataOptions options{
      .train = folder.write("wine.csv", "a,b,quality\n1,4,u\n2,7,v\n3,1,u\n"), .target = {"quality"}, .ignore = {"b"}};
  const Dataset data = Dataset::own(load_dataset(options, 1));
  options.train = "wine.csv";
  const std::string text = suggest_experiment(data, options);
  for (const char* line : {"schema = 1\n", "name = \"wine\"\n", "train = \"wine.csv\"\n", "target = \"quality\"\n",
                           "ignore = [\"b\"]\n", "task = \"classification\"\n", "method = \"stratified_kfold\"\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << "in\n" << text;
  EXPECT_EQ(text.find("header"), std::string::npos);
}

TEST(SuggestSettings, GrowWithTheData) {
  const Suggestion small = suggested({.generator = "friedman1", .rows = 100}),
                   large = suggested({.generator = "friedman1", .rows = 21000});
  EXPECT_EQ(setting(small, "model.hidden"), "[32]");
  EXPECT_EQ(setting(small, "ensemble.members"), "25");
  EXPECT_EQ(setting(small, "cv.method"), "\"kfold\"");
  EXPECT_EQ(setting(large, "model.hidden"), "[128, 64]");
  EXPECT_EQ(setting(large, "ensemble.members"), "10");
  EXPECT_EQ(setting(large, "train.batch"), "128");
  EXPECT_EQ(large.reason("train.batch"), "for 21000 training rows");
}

TEST(SuggestSettings, FoldsAreAsManyAsTheSmallestClassAllows) {
  const Scratch folder;
  std::string text = "a,y\n";
  for (int i = 0; i < 20; ++i) text += std::to_string(i) + (i < 3 ? ",rare\n" : ",usual\n");
  const Suggestion suggestion = suggested({.train = folder.write("t.csv", text), .target = {"y"}});
  EXPECT_EQ(setting(suggestion, "cv.folds"), "3");
  EXPECT_EQ(suggestion.reason("cv.folds"), "class rare has 3 rows");
}

TEST(SuggestSettings, GroupsTimesAndTestRowsDecideHowItIsTested) {
  const Scratch folder;
  std::string text = "a,g,y\n";
  for (int i = 0; i < 20; ++i)
    text += std::to_string(i) + "," + std::to_string(i % 3) + "," + std::to_string(0.1 + i) + "\n";
  const std::string file = folder.write("t.csv", text);
  const Suggestion grouped = suggested({.train = file, .target = {"y"}, .group = "g"});
  EXPECT_EQ(setting(grouped, "cv.method"), "\"group_kfold\"");
  EXPECT_EQ(setting(grouped, "cv.folds"), "3");
  EXPECT_EQ(setting(suggested({.train = file, .target = {"y"}, .time = "a"}), "cv.method"), "\"time_series\"");
  EXPECT_EQ(setting(suggested({.train = file, .test_fraction = 0.25, .target = {"y"}}), "cv.method"), "");
}

TEST(SuggestSettings, TheNameIsOneThatARunMayHave) {
  const Scratch folder;
  EXPECT_EQ(
      setting(suggested({.train = folder.write("my data (1).csv", "a,y\n1,0.5\n2,1.5\n3,2.5\n"), .target = {"y"}}),
              "experiment.name"),
      "\"my-data--1-\"");
}

}  // namespace
}  // namespace jury
