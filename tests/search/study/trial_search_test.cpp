#include "search/study/trial_search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>
#include <string>

#include "search/study/search_checks.hpp"
#include "support/searched_study.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// A search, and whether trials that are added later leave all that was decided before as it was.
struct SearchCase {
  std::string name;
  std::string settings;  ///< JSON: sections over those of searched_experiment()
  std::string search;    ///< JSON: of [search]
  bool extends = true;
};

const std::vector<SearchCase>& search_cases() {
  static const std::vector<SearchCase> cases = {
      {"random", "", ""},
      {"grid", "",
       R"j({"method": "grid", "space": {"train.lr": "grid(0.01, 0.1, 0.5)", "train.batch": "choice(4, 16)"}})j"},
      {"tpe", "", R"j({"method": "tpe", "tpe": {"startup": 3}})j"},
      {"tpe_asha", "",
       R"j({"method": "tpe", "tpe": {"startup": 3}, "pruner": "asha", "trials": 8, "rungs": {"eta": 2}})j", false},
      {"hyperband", "", R"j({"pruner": "hyperband", "rungs": {"eta": 2}})j", false},
      {"median_members", R"j({"ensemble": {"method": "bagging", "members": 4}})j",
       R"j({"method": "tpe", "tpe": {"startup": 3}, "pruner": "median", "rungs": {"resource": "members", "interval": 1, "startup_trials": 2}})j"},
      {"tpe_asha_folds", R"j({"cv": {"folds": 3, "repeats": 2}})j",
       R"j({"method": "tpe", "tpe": {"startup": 3}, "pruner": "asha", "rungs": {"resource": "folds", "eta": 2}})j",
       false},
      {"race", "",
       R"j({"method": "tpe", "tpe": {"startup": 3}, "pruner": "race", "trials": 8, "rungs": {"resource": "folds", "alpha": 0.4}})j"},
      {"race_epochs", "", R"j({"pruner": "race", "trials": 8, "rungs": {"eta": 2}})j", false},
      {"oob", R"j({"ensemble": {"method": "bagging", "members": 4}, "cv": false})j",
       R"j({"objective": "oob.brier", "pruner": "successive_halving", "rungs": {"resource": "members", "eta": 2}})j",
       false},
      {"several", "",
       R"j({"method": "tpe", "tpe": {"startup": 3}, "objective": ["log_loss", "flops"], "space": {"train.lr": "loguniform(1e-3, 1)", "train.epochs": "int(1, 4)"}})j"},
      {"early_stopping", R"j({"train": {"epochs": 8, "early_stopping": {"patience": 1, "fraction": 0.3}}})j",
       R"j({"pruner": "asha", "rungs": {"eta": 2}})j", false},
      {"auto",
       R"j({"ensemble": {"method": "average", "members": "auto", "max_members": 6, "tolerance": 0.3}, "train": {"epochs": 2}})j",
       R"j({"method": "tpe", "tpe": {"startup": 3}, "trials": 5})j"},
      {"boosting", R"j({"ensemble": {"method": "adaboost", "members": 3}, "train": {"epochs": 2}})j",
       R"j({"method": "tpe", "tpe": {"startup": 3}, "pruner": "race", "trials": 4, "rungs": {"resource": "folds"}})j"},
      {"stacking",
       R"j({"ensemble": {"method": "stacking", "stack": {"folds": 2}, "base": [{"train": {"epochs": 1}}, {"model": {"type": "mlp", "hidden": [3]}}]}})j",
       R"j({"trials": 3, "space": {"ensemble.base.1.train.lr": "loguniform(1e-3, 1)"}})j"},
      {"selected", R"j({"ensemble": {"method": "none", "stack": {"picks": 5}}, "final": {"trials": "selection"}})j",
       ""},
      {"selected_nested", R"j({"cv": {"folds": 3, "outer_folds": 2}, "final": {"trials": "selection"}})j",
       R"j({"trials": 3})j"},
      {"population", "", R"j({"pruner": "pbt", "trials": 4})j", false},
  };
  return cases;
}

Experiment case_experiment(const SearchCase& search) { return searched_experiment(search.settings, search.search); }

std::string said_after(const SearchCase& search, std::uint64_t seed) {
  SearchSession session(case_experiment(search));
  session.run(seed);
  return session.said();
}

class TrialSearches : public testing::TestWithParam<SearchCase> {};

TEST_P(TrialSearches, SayTheSameWhateverTheOrderOfRecords) {
  const std::string first = said_after(GetParam(), 1);
  EXPECT_THAT(first, HasSubstr("complete"));
  EXPECT_EQ(said_after(GetParam(), 2), first);
}

TEST_P(TrialSearches, GoOnFromAnyPrefixOfTheirRecords) {
  SearchSession whole(case_experiment(GetParam()));
  whole.run(1);
  const std::string said = whole.said();
  const std::size_t count = whole.records().size();
  for (std::size_t kept = 0; kept <= count; kept += std::max<std::size_t>(1, count / 4)) {
    SearchSession session(case_experiment(GetParam()));
    session.restore({whole.records().begin(), whole.records().begin() + static_cast<std::ptrdiff_t>(kept)});
    session.run(7);
    EXPECT_EQ(session.said(), said) << kept << " of " << count << " records";
    EXPECT_EQ(session.records().size() + kept, count);
  }
}

TEST_P(TrialSearches, CanBeReportedAtAnyTime) {
  SearchSession session(case_experiment(GetParam()));
  Rng order(4);
  do session.said();
  while (session.step(order));
  EXPECT_EQ(session.said(), said_after(GetParam(), 1));
}

INSTANTIATE_TEST_SUITE_P(Cases, TrialSearches, testing::ValuesIn(search_cases()),
                         [](const auto& one) { return one.param.name; });

// The rungs of the others depend on all trials.
std::vector<SearchCase> extended_cases() {
  std::vector<SearchCase> cases;
  std::ranges::copy_if(search_cases(), std::back_inserter(cases), &SearchCase::extends);
  return cases;
}

class ExtendedTrialSearches : public testing::TestWithParam<SearchCase> {};

TEST_P(ExtendedTrialSearches, SayWhatOneOfAllTrialsSays) {
  SearchSession few([&] {
    Experiment experiment = case_experiment(GetParam());
    experiment.search->trials = 2;
    return experiment;
  }());
  few.run(1);
  SearchSession more(case_experiment(GetParam()));
  more.restore(few.records());
  more.run(2);
  EXPECT_EQ(more.said(), said_after(GetParam(), 3));
}

INSTANTIATE_TEST_SUITE_P(Cases, ExtendedTrialSearches, testing::ValuesIn(extended_cases()),
                         [](const auto& one) { return one.param.name; });

// Every fit that paused, at each rung, is the one that trained in one go.
TEST(TrialSearch, APausedTrainingEndsAsOneWithoutPauses) {
  const Experiment paused = searched_experiment(R"j({"ensemble": {"method": "bagging", "members": 2}})j",
                                                R"j({"pruner": "asha", "rungs": {"eta": 2}})j");
  SearchSession session(paused);
  session.run(1);
  const TrialLine& chosen = session.results().trials.at(static_cast<std::size_t>(session.results().chosen));
  const TrialPlan trial(session.context(), chosen.id, {.values = chosen.values});
  StudyEvaluator evaluator(trial.plan(), no_checkpoints());
  std::size_t compared = 0;
  for (const auto& [key, fit] : *session.state().fits) {
    const TaskResult expected = read_task_result(evaluator.evaluate(key, StopFlag())->payload);
    EXPECT_EQ(to_bytes(TaskResult{.fits = {fit}}), to_bytes(TaskResult{.fits = expected.fits})) << to_string(key);
    ++compared;
  }
  EXPECT_EQ(compared, 3U * 2 + 2);
}

// Another version of a sampler proposes otherwise: what is there of a number is of another trial.
TEST(TrialSearch, RecordsOfTrialsThatHadOtherSettingsDoNotCount) {
  const Experiment experiment = searched_experiment("", R"j({"method": "tpe", "tpe": {"startup": 3}, "trials": 8})j");
  SearchSession whole(experiment);
  whole.run(1);
  SearchSession other([&] {
    Experiment changed = experiment;
    changed.search->tpe.startup = 7;
    return changed;
  }());
  other.run(1);
  ASSERT_NE(other.said(), whole.said());
  SearchSession session(experiment);
  session.restore(other.records());
  session.run(1);
  EXPECT_EQ(session.said(), whole.said());
  EXPECT_LT(session.records().size(), whole.records().size());  // the first trials were the same
}

TEST(TrialSearch, LostCheckpointsAndSettingsCostTimeAlone) {
  const SearchCase search{"", "", R"j({"pruner": "asha", "rungs": {"eta": 2}})j"};
  SearchSession whole(case_experiment(search));
  whole.run(1);
  SearchSession session(case_experiment(search));
  Rng order(1);
  while (session.step(order)) std::filesystem::remove_all(session.folder() / "checkpoints");
  EXPECT_EQ(session.said(), whole.said());
}

TEST(TrialSearch, NothingOfTrialsThatAreOverStaysOnDisk) {
  SearchSession session(searched_experiment("", R"j({"pruner": "asha", "rungs": {"eta": 2}})j"));
  session.run(1);
  std::set<std::string> left;
  for (const auto& file : std::filesystem::directory_iterator(session.folder() / "checkpoints"))
    left.insert(file.path().filename());
  EXPECT_EQ(left, std::set{"trial-" + std::to_string(session.results().chosen)});
}

TEST(TrialSearch, ThePointWithTheBestScoreIsChosen) {
  SearchSession session(searched_experiment("", ""));
  session.run(1);
  const SearchResults& results = session.results();
  ASSERT_EQ(results.trials.size(), 6U);
  for (const TrialLine& trial : results.trials)
    EXPECT_GE(trial.score.objectives.at(0),
              results.trials.at(static_cast<std::size_t>(results.chosen)).score.objectives.at(0));
}

TEST(TrialSearch, PointsThatDoNotGoTogetherFailWithTheReason) {
  const Experiment experiment = searched_experiment(
      R"j({"ensemble": {"method": "pasting", "samples": 0.5, "members": 2}})j",
      R"j({"space": {"ensemble.samples": "choice(0.5, 1.0)", "train.lr": "loguniform(1e-3, 1)"}})j");
  SearchSession session(experiment);
  session.run(1);
  std::size_t failed = 0;
  for (const TrialLine& trial : session.results().trials) {
    const bool whole = trial.values.front().second == Config(1.0);
    EXPECT_EQ(trial.state, whole ? "failed" : "complete");
    if (whole) {
      EXPECT_THAT(trial.error, HasSubstr("needs ensemble.samples below 1"));
    }
    failed += whole ? 1U : 0U;
  }
  EXPECT_GT(failed, 0U);
  EXPECT_LT(failed, 6U);
}

TEST(TrialSearch, ASpaceWithoutAValidPointIsRefusedAtOnce) {
  const Experiment experiment =
      searched_experiment(R"j({"ensemble": {"method": "pasting", "samples": 0.5, "members": 2}})j",
                          R"j({"space": {"ensemble.samples": "const(1.0)", "train.lr": "loguniform(1e-3, 1)"}})j");
  const SmallStudy study(experiment);
  EXPECT_THAT([&] { check_search(study.plan); },
              ThrowsMessage<ConfigError>(testing::AllOf(HasSubstr("none of 6 points can be trained"),
                                                        HasSubstr("needs ensemble.samples below 1"))));
}

TEST(TrialSearch, TrialsThatDivergeFailAndAreTheEndOfNothing) {
  const Experiment experiment = searched_experiment(
      R"j({"data": {"generator": "friedman1"}, "train": {"optimizer": "sgd", "epochs": 60}})j",
      R"j({"objective": "mse", "space": {"train.lr": "choice(0.001, 1000000.0)"}, "method": "grid"})j");
  SearchSession session(experiment);
  session.run(1);
  const SearchResults& results = session.results();
  ASSERT_EQ(results.trials.size(), 2U);
  EXPECT_EQ(results.trials[0].state, "complete");
  EXPECT_EQ(results.trials[1].state, "failed");
  EXPECT_THAT(results.trials[1].error, HasSubstr("no member of a fold is complete"));
  EXPECT_EQ(results.chosen, 0);
}

TEST(TrialSearch, WhatRungsCannotCountIsRefused) {
  const auto refused = [](const std::string& settings, const std::string& search) {
    SmallStudy study(searched_experiment(settings, search));
    check_search(study.plan);
  };
  EXPECT_THAT([&] { refused(R"j({"ensemble": {"method": "adaboost"}})j", R"j({"pruner": "asha"})j"); },
              ThrowsMessage<ConfigError>(HasSubstr("ensemble.method")));
  EXPECT_THAT([&] { refused("", R"j({"pruner": "asha", "space": {"train.epochs": "int(1, 4)"}})j"); },
              ThrowsMessage<ConfigError>(HasSubstr("train.epochs in the space")));
  EXPECT_THAT([&] { refused("", R"j({"pruner": "asha", "space": {"model.type": "choice('mlp', 'linear')"}})j"); },
              ThrowsMessage<ConfigError>(HasSubstr("model.type in the space")));
  EXPECT_THAT(
      [&] {
        refused(R"j({"ensemble": {"method": "average"}})j",
                R"j({"pruner": "asha", "space": {"ensemble.members": "choice(2, 'auto')"}})j");
      },
      ThrowsMessage<ConfigError>(HasSubstr("\"auto\" in the space")));
  EXPECT_THAT(
      [&] {
        refused(R"j({"ensemble": {"method": "bagging"}, "cv": false})j",
                R"j({"pruner": "race", "objective": "oob.log_loss"})j");
      },
      ThrowsMessage<ConfigError>(HasSubstr("needs an objective of folds")));
  EXPECT_THAT(
      [&] {
        refused(R"j({"ensemble": {"method": "bagging"}, "final": {"refit": false}})j",
                R"j({"objective": "oob.log_loss"})j");
      },
      ThrowsMessage<ConfigError>(HasSubstr("is of the final ensemble")));
  EXPECT_THAT([&] { refused(R"j({"cv": false})j", ""); }, ThrowsMessage<ConfigError>(HasSubstr("give [cv]")));
}

}  // namespace
}  // namespace jury
