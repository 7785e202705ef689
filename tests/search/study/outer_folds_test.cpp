#include "search/study/outer_folds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "search/study/search_evaluator.hpp"
#include "search/study/search_source.hpp"
#include "support/small_study.hpp"

namespace jury {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// Two outer folds around a search of three points with two inner folds.
Experiment nested_experiment() {
  Experiment e = small_experiment();
  e.bias_variance.reset();
  e.cv->outer_folds = 2;
  e.search.emplace().method = "grid";
  Config space;
  space.set("train.lr", Config("grid(0.01, 0.05, 0.2)"));
  e.search->space = space;
  return e;
}

// A whole run in this process; its results stay valid as long as this lives.
struct NestedRun {
  explicit NestedRun(Experiment given)
      : study(std::move(given)),
        context(trial_context(study.plan, folder.path())),
        blobs(folder / "blobs"),
        source(context, study.plan, blobs) {
    SearchEvaluator evaluator(context);
    for (std::vector<ReadyTask> ready = source.take_ready(); !ready.empty(); ready = source.take_ready()) {
      // The other way round than they were given.
      for (auto task = ready.rbegin(); task != ready.rend(); ++task) {
        Record record = evaluator.evaluate(task->key, StopFlag()).value();
        keys.insert(task->key);
        source.done(record);
      }
    }
  }

  SmallStudy study;
  Scratch folder;
  TrialContext context;
  BlobStore blobs;
  SearchSource source;
  std::set<TaskKey> keys;
};

TEST(OuterFolds, LeaveTheirRowsToNoSearchInThem) {
  Experiment e = nested_experiment();
  e.cv->repeats = 2;
  const SmallStudy study(e);
  const TrialContext context = trial_context(study.plan, "");
  std::set<std::uint32_t> tested;
  for (std::int32_t outer = 0; outer < 2; ++outer) {
    const TrialPlan trial(context, {outer, 0}, {});
    const std::vector<std::uint32_t> left_out = trial.outer_plan().valid_rows(0, outer);
    tested.insert(left_out.begin(), left_out.end());
    for (const TaskKey& key : trial.plan().tasks()) {
      const FitRows rows = trial.plan().rows(key);
      for (const std::vector<std::uint32_t>* part : {&rows.draws, &rows.valid, &rows.oob})
        for (const std::uint32_t row : *part) EXPECT_FALSE(std::ranges::binary_search(left_out, row)) << to_string(key);
    }
  }
  EXPECT_EQ(tested.size(), study.dataset.num_train());
}

TEST(OuterFolds, AreOtherSplitsThanThoseInThemAndThoseOfTheMainSearch) {
  const SmallStudy study(nested_experiment());
  const TrialContext context = trial_context(study.plan, "");
  const TrialPlan first(context, {0, 0}, {}), second(context, {1, 0}, {});
  EXPECT_NE(first.plan().stream(Purpose::init, {.repeat = 0, .fold = 0}),
            second.plan().stream(Purpose::init, {.repeat = 0, .fold = 0}));
  EXPECT_NE(first.plan().stream(Purpose::init, {.repeat = 0, .fold = 0}),
            study.plan.stream(Purpose::init, {.repeat = 0, .fold = 0}));
}

TEST(OuterFolds, ChooseAndAreScoredOnRowsTheirSearchNeverSaw) {
  NestedRun run(nested_experiment());
  EXPECT_TRUE(run.source.is_finished());
  const SearchResults& results = *run.source.state().search;
  ASSERT_EQ(results.outer.size(), 2U);
  EXPECT_EQ(results.trials.size(), 9U) << "three points in the main search and in each outer fold";
  for (const OuterLine& line : results.outer) {
    EXPECT_EQ(line.num_rows, 20U);
    EXPECT_FALSE(std::isnan(line.score.objectives.at(0)));
    const auto trial = std::ranges::find(results.trials, line.id, &TrialLine::id);
    ASSERT_NE(trial, results.trials.end());
    EXPECT_EQ(line.inner_value, trial->score.objectives.at(0));
    for (const TrialLine& other : results.trials)
      if (other.id.outer == line.id.outer) {
        EXPECT_LE(other.score.objectives.at(0), line.inner_value) << "accuracy";
      }
  }
  EXPECT_NEAR(nested_value(results).mean,
              (results.outer[0].score.objectives[0] + results.outer[1].score.objectives[0]) / 2, 1e-12);
}

// With nothing to choose, nested cross-validation is cross-validation by the outer folds.
TEST(OuterFolds, AroundASingleConfigurationAreCrossValidation) {
  Experiment e = nested_experiment();
  e.search->space.set("train.lr", Config("const(0.05)"));
  NestedRun run(e);
  Experiment plain = e;
  plain.search.reset();
  plain.cv->folds = 2;
  plain.cv->outer_folds = 0;
  SmallStudy study(plain);
  const Fits fits = study.all_fits();
  const Stacks stacks;
  const MemberPredictions oof = collect_oof(study.plan, {.fits = fits, .stacks = stacks}, 0);
  const SearchResults& results = *run.source.state().search;
  ASSERT_EQ(results.outer.size(), 2U);
  const TrialScore score = score_trial(study.plan, fits, results.objectives);
  EXPECT_EQ(score.folds.at(0), results.outer[0].score.objectives.at(0));
  EXPECT_EQ(score.folds.at(1), results.outer[1].score.objectives.at(0));
  EXPECT_FALSE(oof.empty());
}

TEST(OuterFolds, NeedASearchAndFoldsThatAreOneDivisionOfTheRows) {
  Experiment e = nested_experiment();
  e.cv->method = "shuffle_split";
  EXPECT_THAT([&] { check_outer_folds(e); },
              ThrowsMessage<ConfigError>(HasSubstr("cv.outer_folds does not go with cv.method = \"shuffle_split\"")));
  e = nested_experiment();
  e.cv->outer_folds = 1;
  EXPECT_THAT([&] { check_outer_folds(e); }, ThrowsMessage<ConfigError>(HasSubstr("leaves nothing to train on")));
  e.search.reset();
  EXPECT_THAT([&] { check_outer_folds(e); }, ThrowsMessage<ConfigError>(HasSubstr("no search to go around")));
}

TEST(HonestSelection, IsOfTheOutOfFoldPredictionsAndSaysWhereItIsNotDefined) {
  NestedRun run(nested_experiment());
  const SearchResults& results = *run.source.state().search;
  ASSERT_TRUE(results.honest.winner.has_value());
  EXPECT_EQ(results.honest.trials.size(), 3U);
  const auto chosen = std::ranges::find(results.trials, TrialId{TaskKey::kNone, results.chosen}, &TrialLine::id);
  EXPECT_NEAR(results.honest.winner->naive, chosen->score.objectives.at(0), 1e-12);

  Experiment timed = nested_experiment();
  timed.cv->method = "time_series";
  timed.cv->outer_folds = 0;
  timed.cv->folds = 3;
  NestedRun series(timed);
  EXPECT_FALSE(series.source.state().search->honest.winner.has_value());
  EXPECT_THAT(series.source.state().search->honest.reason, HasSubstr("not exchangeable"));
}

}  // namespace
}  // namespace jury
