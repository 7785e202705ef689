// What shells offer is guessed from what help says.
#include "tools/reference/command_info.hpp"

#include <gtest/gtest.h>

#include "tools/reference/completion.hpp"

namespace jury {
namespace {

TEST(WordsOfHelp, AreThoseOfAListOfWords) {
  EXPECT_EQ(words_text(words_of_help("table, csv or json")), "table csv json");
  EXPECT_EQ(words_text(words_of_help("what starts the ranks: launch, srun, mpirun or auto")),
            "launch srun mpirun auto");
  EXPECT_EQ(words_text(words_of_help("as data.header: auto, true or false (default: as the run)")), "auto true false");
  EXPECT_EQ(words_text(words_of_help("its best or its latest weights")), "");
  EXPECT_EQ(words_text(words_of_help("a setting, KEY=VALUE, as in train.lr=0.01")), "");
  EXPECT_EQ(words_text(words_of_help("")), "");
}

TEST(Offers, AreGuessedByNameAndHelp) {
  const auto of_option = [](std::string name, std::string help) {
    OptionInfo option{.name = std::move(name), .help = std::move(help), .takes_value = true};
    guess_offers(option);
    return option.offers;
  };
  EXPECT_EQ(of_option("set", ""), Offers::settings);
  EXPECT_EQ(of_option("space", ""), Offers::spaces);
  EXPECT_EQ(of_option("format", "csv or json"), Offers::words);
  EXPECT_EQ(of_option("output", "where to"), Offers::files);
  EXPECT_EQ(of_option("alpha", "a level"), Offers::nothing);
  const auto of_operand = [](std::string name) {
    OperandInfo operand{.name = std::move(name)};
    guess_offers(operand);
    return operand.offers;
  };
  EXPECT_EQ(of_operand("DIR"), Offers::folders);
  EXPECT_EQ(of_operand("FILE"), Offers::experiments);
  EXPECT_EQ(of_operand("DATA"), Offers::files);
}

TEST(FirstWords, NameAGroupOnce) {
  const std::vector<Offered> words =
      first_words({{.name = "run", .summary = "runs"}, {.name = "bench a"}, {.name = "bench b"}});
  EXPECT_EQ(words_text(words), "run bench");
  EXPECT_EQ(words[0].summary, "runs");
}

TEST(Settings, OfASectionLoseItsName) {
  EXPECT_EQ(section_of_help("a key of [data], as in target=quality"), "data.");
  EXPECT_EQ(section_of_help("a setting, KEY=VALUE"), "");
  const auto within = settings_within({{.path = "data.train", .help = ""}, {.path = "train.lr", .help = ""}}, "data.");
  ASSERT_EQ(within.size(), 1U);
  EXPECT_EQ(within[0].path, "train");
}

TEST(Settings, OfAnExperimentKnowTheirValues) {
  std::size_t found = 0;
  for (const SettingInfo& setting : experiment_settings()) {
    if (setting.path == "ensemble.stratify")
      found += setting.values == std::vector<std::string>{"true", "false"} ? 1U : 0U;
    if (setting.path == "ensemble.bootstrap") found += setting.values.size() == 4 ? 1U : 0U;
    if (setting.path == "train.early_stopping.patience") ++found;
  }
  EXPECT_EQ(found, 3U);
}

TEST(ShellQuoted, IsOneWordWhateverIsInIt) { EXPECT_EQ(shell_quoted("it's $x"), "'it'\\''s $x'"); }

}  // namespace
}  // namespace jury
